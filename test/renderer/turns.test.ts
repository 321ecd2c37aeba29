import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTurn, turn } from '../../renderer/lib/turns.ts';

it('does each piece in its turn, with other work in between, and not what was taken back', async () => {
  const done: string[] = [];
  const other = async (): Promise<void> => {
    while (done.length < 4) {
      await setImmediate();
      if (done.at(-1) !== 'other') done.push('other');
    }
  };
  const take = [1, 2, 3].map((n) => inTurn(() => void done.push(`piece ${n}`)));
  take[1]?.();
  await Promise.all([other(), turn()]);
  expect(done.filter((one) => one !== 'other')).toEqual(['piece 1', 'piece 3']);
  expect(done.indexOf('other')).toBeLessThan(done.indexOf('piece 3'));
  // The line begins anew after it was empty.
  await turn();
});

import type { Command } from 'commander';
import type { Output } from '../../contract.ts';
import { withApplication } from '../connect.ts';
import { findNamed } from '../find.ts';
import { formatTime } from '../format.ts';
import { print, printJson, table } from '../output.ts';
import { type SharedOptions, shared } from '../shared-options.ts';

/** What was removed and can be taken back. */
export function addTrashCommands(program: Command): void {
  const trash = shared(program.command('trash').description('list what was removed')).action(
    (options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const removed = await application.call('trash.list', {});
        if (options.json) printJson(removed);
        else print(removed.length === 0 ? 'Nothing was removed.' : trashTable(removed));
      }),
  );
  shared(trash.command('restore').description('take it back').argument('<name...>', 'names or ids')).action(
    (names: string[], options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const removed = await application.call('trash.list', {});
        const items = names.map((name) => findNamed(removed, name, 'removed thing', 'midtrain trash'));
        await application.call('trash.restore', { items: items.map(({ what, id }) => ({ what, id })) });
        if (options.json) printJson(items);
        else print(`${items.map(({ name }) => name).join(', ')}: back.`);
      }),
  );
  shared(trash.command('empty').description('delete all of it for good, with its files')).action(
    (options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const { purged } = await application.call('trash.purge', { items: null });
        if (options.json) printJson({ purged });
        else print(`Deleted for good: ${purged}.`);
      }),
  );
}

function trashTable(removed: Output<'trash.list'>): string {
  return table(
    ['id', 'name', 'was a', 'removed', 'deleted after'],
    removed.map(({ id, name, what, removedAtMs, purgeAtMs }) => [
      id,
      name,
      what,
      formatTime(removedAtMs),
      formatTime(purgeAtMs),
    ]),
  );
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moveSlots, placesOf, planSlots } from '../../../trainer/engine/tfjs/slots.ts';

/** Active rows by prompt, numbered through. */
const active = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }).map((counts) => {
  let next = 0;
  return counts.map((count) => Array.from({ length: count }, () => next++));
});

it('every active row has one place, in a line of its prompt, and no line is empty', () => {
  fc.assert(
    fc.property(active, (rows) => {
      const slots = planSlots(rows);
      expect(slots.rows.length).toBe(placesOf(slots));
      expect(slots.rows.filter((row) => row >= 0)).toEqual(rows.flat());
      slots.prompts.forEach((prompt, line) => {
        const members = slots.rows.slice(line * slots.width, (line + 1) * slots.width);
        expect(members[0]).toBeGreaterThanOrEqual(0);
        for (const row of members) if (row >= 0) expect(rows[prompt]).toContain(row);
      });
    }),
    { seed: 1 },
  );
});

it('a rectangle never holds more than the fullest prompt’s width would', () => {
  fc.assert(
    fc.property(active, (rows) => {
      const most = Math.max(...rows.map((r) => r.length));
      const lines = rows.filter((r) => r.length > 0).length;
      expect(placesOf(planSlots(rows))).toBeLessThanOrEqual(most * lines);
    }),
    { seed: 1 },
  );
});

it('moving finds every row and its prompt where they were', () => {
  fc.assert(
    fc.property(active, fc.func(fc.boolean()), (rows, stays) => {
      const before = planSlots(rows);
      const after = planSlots(rows.map((members) => members.filter((row) => stays(row))));
      const { lines, places } = moveSlots(before, after);
      after.rows.forEach((row, place) => {
        if (row >= 0) expect(before.rows[places[place]!]).toBe(row);
        else expect(places[place]).toBe(places[place - (place % after.width)]);
      });
      expect(lines.map((line) => before.prompts[line])).toEqual(after.prompts);
    }),
    { seed: 1 },
  );
});

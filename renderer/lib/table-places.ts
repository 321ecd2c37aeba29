/** What stands below what in the table of runs: runs, or groups with their runs below them where opened. Pure. */
import type { Output } from '../../electron/contract.ts';

type Group = Output<'runs.query'>['groups'][number];

export type Place =
  | { readonly kind: 'group'; readonly key: string; readonly group: Group }
  /** `row` is the run's place in `runIds`. */
  | { readonly kind: 'run'; readonly key: string; readonly row: number };

export function placesOf(
  runIds: readonly string[],
  groups: readonly Group[],
  opened: ReadonlySet<string>,
): Place[] {
  if (groups.length === 0) return runIds.map((id, row) => ({ kind: 'run', key: id, row }));
  let row = 0;
  return groups.flatMap((group): Place[] => {
    const from = row;
    row += group.runIds.length;
    const head: Place = { kind: 'group', key: `group:${group.key}`, group };
    if (!opened.has(group.key)) return [head];
    return [head, ...group.runIds.map((id, i): Place => ({ kind: 'run', key: id, row: from + i }))];
  });
}

/** The runs between two places, both included. */
export function runsBetween(places: readonly Place[], a: number, b: number): string[] {
  return places
    .slice(Math.min(a, b), Math.max(a, b) + 1)
    .flatMap((place) => (place.kind === 'run' ? [place.key] : []));
}

export const RUN_TABLE_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['/', 'Filter'],
  ['↑ ↓ or k j', 'Move'],
  ['Home End', 'To the first, to the last'],
  ['Enter', 'Open the run, or a group'],
  ['x or Space', 'Select'],
  ['Shift ↑ ↓', 'Select on the way'],
  ['Ctrl a', 'Select all'],
  ['Esc', 'Select nothing'],
  ['s', 'Star'],
  ['t', 'Tags'],
  ['n', 'Notes'],
  ['e', 'Archive'],
  ['b', 'Pin as the baseline'],
  ['c', 'Compare the selected'],
  ['d', 'Differences of the selected'],
  ['Alt ↑ ↓', 'Move in the queue'],
  ['Delete', 'Remove'],
  ['z', 'Take the last change back'],
];

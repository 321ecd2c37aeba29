/**
 * Which rows decode side by side: a rectangle of prompts × slots, so that the slots of a prompt attend their shared
 * prefix as one product. Finished rows leave it; a prompt whose rows outlast the others' may take several lines of
 * the rectangle. Pure; no tensors.
 */
export interface Slots {
  /** Per line: which prompt (an index into the wave's prompts). */
  readonly prompts: readonly number[];
  readonly width: number;
  /** Per place, line by line: the row there (an index into the wave's rows), or −1. */
  readonly rows: readonly number[];
}

export const placesOf = (slots: Slots): number => slots.prompts.length * slots.width;

/** A line costs about this many places more, for its copy of the prefix. */
const LINE_COST = 0.25;

/** @param active row indices by prompt; prompts without any get no line */
export function planSlots(active: readonly (readonly number[])[]): Slots {
  const most = Math.max(0, ...active.map((rows) => rows.length));
  const linesAt = (width: number): number =>
    active.reduce((sum, rows) => sum + Math.ceil(rows.length / width), 0);
  let best = most;
  for (let width = 1; width < most; width++) {
    if (linesAt(width) * (width + LINE_COST) < linesAt(best) * (best + LINE_COST)) best = width;
  }
  const prompts: number[] = [];
  const rows: number[] = [];
  active.forEach((members, prompt) => {
    for (let at = 0; at < members.length; at += best) {
      prompts.push(prompt);
      for (let slot = 0; slot < best; slot++) rows.push(members[at + slot] ?? -1);
    }
  });
  return { prompts, width: best, rows };
}

/**
 * Where each place of `to` finds its caches in `from`: lines by line, places by place. An empty place shows its
 * line's first row.
 */
export function moveSlots(from: Slots, to: Slots): { readonly lines: number[]; readonly places: number[] } {
  const placeOfRow = new Map<number, number>();
  from.rows.forEach((row, place) => {
    if (row >= 0) placeOfRow.set(row, place);
  });
  const places = to.rows.map((row, place) => {
    const shown = row >= 0 ? row : to.rows[place - (place % to.width)]!;
    return placeOfRow.get(shown)!;
  });
  const lines = to.prompts.map((prompt) => from.prompts.indexOf(prompt));
  return { lines, places };
}

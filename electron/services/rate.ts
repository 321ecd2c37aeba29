const WINDOW_MS = 60_000;
const MIN_SPAN_MS = 500;
const MARK_EVERY_MS = 250;

/** How fast work gets done, over the last minute of it. */
export interface RateTracker {
  /** Notes that `done` of `label`'s work is done; another label or less work starts over. */
  note(label: string, done: number, atMs: number): void;
  /** Milliseconds until `total` is done at the recent rate; null while that cannot be told. */
  remainingMs(total: number): number | null;
  reset(): void;
}

export function rateTracker(): RateTracker {
  let current = '';
  let marks: { done: number; atMs: number }[] = [];
  return {
    note(label, done, atMs) {
      const last = marks.at(-1);
      if (label !== current || (last && done < last.done)) marks = [];
      current = label;
      const before = marks.at(-2);
      if (last && before && last.atMs - before.atMs < MARK_EVERY_MS) marks.pop();
      marks.push({ done, atMs });
      // One mark older than the window stays, so that slow steps still have a span.
      while (marks.length > 2 && atMs - marks[1]!.atMs > WINDOW_MS) marks.shift();
    },
    remainingMs(total) {
      const first = marks[0];
      const last = marks.at(-1);
      if (!first || !last || last.done <= first.done || last.atMs - first.atMs < MIN_SPAN_MS) return null;
      const msPerUnit = (last.atMs - first.atMs) / (last.done - first.done);
      return Math.max(0, total - last.done) * msPerUnit;
    },
    reset() {
      marks = [];
    },
  };
}

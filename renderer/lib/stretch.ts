/** A stretch of an x axis as an address holds it: `10..250.5`. */
import type { Stretch } from './series.ts';

/** Nine digits: finer than any screen, shorter than the number itself. */
const short = (value: number): string => String(Number(value.toPrecision(9)));

export function stretchText({ from, to }: Stretch): string {
  return `${short(from)}..${short(to)}`;
}

/** Null for anything that is no stretch. */
export function textStretch(text: string | null): Stretch | null {
  const [from, to, ...more] = text?.split('..') ?? [];
  if (!from || !to || more.length > 0) return null;
  const stretch = { from: Number(from), to: Number(to) };
  return Number.isFinite(stretch.from) && Number.isFinite(stretch.to) && stretch.from < stretch.to
    ? stretch
    : null;
}

/** Round numbers along an axis. */

const ROUND = [1, 2, 2.5, 5, 10] as const;

/** The smallest round step that needs at most `count` steps from low to high. */
function roundStep(low: number, high: number, count: number): number {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = ROUND.find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Keeps 0.30000000000000004 off the axis. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** An axis that reaches from a round number to a round number around [low, high], with about `count` ticks. */
export function roundAxis(low: number, high: number, count = 5): Axis {
  if (low === high) {
    // A flat line lies in the middle; at zero, where most things cannot be negative, at the bottom.
    const pad = Math.abs(low) / 2;
    return low === 0 ? roundAxis(0, 1, count) : roundAxis(low - pad, high + pad, count);
  }
  const step = roundStep(low, high, count);
  const from = Math.floor(low / step + 1e-9);
  const to = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => clean((from + index) * step));
  return { domain: [clean(from * step), clean(to * step)], ticks };
}

/** Round numbers within [low, high], for an axis that ends where its values end. */
export function ticksWithin(low: number, high: number, count = 5): number[] {
  if (!(low < high)) return [low];
  const step = roundStep(low, high, count);
  const from = Math.ceil(low / step - 1e-9);
  const to = Math.floor(high / step + 1e-9);
  return Array.from({ length: to - from + 1 }, (_, index) => clean((from + index) * step));
}

/** 1, 2, 5 times powers of ten within [low, high]; only the powers where these are many. @param low above 0 */
export function logTicksWithin(low: number, high: number): number[] {
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const decades = Math.log10(high / low);
  const factors = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
  const every = Math.max(1, Math.ceil(decades / 8));
  const ticks: number[] = [];
  for (let power = from; power <= to; power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) {
      const tick = clean(factor * 10 ** power);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks.length >= 2 ? ticks : ticksWithin(low, high);
}

/** A logarithmic axis around [low, high], both above 0, with a little room at its ends. */
export function logAxis(low: number, high: number): Axis {
  const room = low === high ? 2 : (high / low) ** 0.04;
  const domain = [low / room, high * room] as const;
  return { domain, ticks: logTicksWithin(...domain) };
}

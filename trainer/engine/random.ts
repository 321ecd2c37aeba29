/**
 * Counter-based random numbers: every draw is a pure function of a key and a counter, so results depend neither
 * on batch order nor on thread count, and a resumed run needs no generator state beyond (seed, step).
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the unsigned 32×32 product. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle2 = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(middle2 / 65536)) >>> 0;
}

/** One Philox block: four unsigned 32-bit words into `out`. */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  let x0 = c0 >>> 0;
  let x1 = c1 >>> 0;
  let x2 = c2 >>> 0;
  let x3 = c3 >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, x0);
    const low0 = Math.imul(M0, x0) >>> 0;
    const high1 = mulHigh(M1, x2);
    const low1 = Math.imul(M1, x2) >>> 0;
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/** Domains keep the draws of different purposes apart under one seed. */
export const DOMAIN = {
  sampling: 1,
  init: 2,
  data: 3,
  curriculum: 4,
  masks: 5,
  evaluation: 6,
  corpus: 7,
} as const;

const block = new Uint32Array(4);
const TWO_POW_MINUS_24 = 2 ** -24;

/**
 * The uniform draw in [0, 1), a multiple of 2^-24 (exact in float32), of one sampled token.
 * @param position index of the token in its completion
 */
export function samplingUniform(seed: number, stream: number, generation: number, position: number): number {
  philox(block, position, generation, stream, 0, seed, DOMAIN.sampling);
  return (block[0]! >>> 8) * TWO_POW_MINUS_24;
}

/** `size` normal draws with standard deviation `std` (Box–Muller over Philox). */
export function normalDraws(seed: number, stream: number, size: number, std: number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 4) {
    philox(block, i / 4, 0, stream, 0, seed, DOMAIN.init);
    for (let pair = 0; pair < 2; pair++) {
      const radius = Math.sqrt(-2 * Math.log((block[2 * pair]! + 1) / 4294967296));
      const angle = (2 * Math.PI * block[2 * pair + 1]!) / 4294967296;
      const at = i + 2 * pair;
      if (at < size) values[at] = std * radius * Math.cos(angle);
      if (at + 1 < size) values[at + 1] = std * radius * Math.sin(angle);
    }
  }
  return values;
}

/** A sequence of draws for host-side choices; its whole state is (seed, domain, stream, count). */
export interface Draws {
  /** Uniform in [0, 1) with 32 random bits. */
  uniform(): number;
  /** Uniform whole number in [0, n). */
  below(n: number): number;
  /** Uniform whole number in [low, high]. */
  between(low: number, high: number): number;
  /** Index drawn in proportion to non-negative weights. */
  weighted(weights: readonly number[]): number;
  pick<T>(items: readonly T[]): T;
  /** In place, Fisher–Yates. */
  shuffle<T>(items: T[]): T[];
}

export function drawsFor(seed: number, domain: number, stream: number, substream = 0): Draws {
  const words = new Uint32Array(4);
  let count = 0;
  const next = (): number => {
    if (count % 4 === 0) philox(words, count / 4, substream, stream, 0, seed, domain);
    return words[count++ % 4]!;
  };
  const draws: Draws = {
    uniform: () => next() / 4294967296,
    below: (n) => Math.floor((next() / 4294967296) * n),
    between: (low, high) => low + draws.below(high - low + 1),
    weighted(weights) {
      const total = weights.reduce((sum, w) => sum + w, 0);
      let at = draws.uniform() * total;
      for (let i = 0; i < weights.length; i++) {
        at -= weights[i]!;
        if (at < 0) return i;
      }
      return weights.findLastIndex((w) => w > 0);
    },
    pick: (items) => items[draws.below(items.length)]!,
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = draws.below(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
  };
  return draws;
}

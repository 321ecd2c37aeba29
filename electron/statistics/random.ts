/**
 * Uniform draws for resampling, the same on every machine: xoshiro128** (D. Blackman and S. Vigna, “Scrambled linear
 * pseudorandom number generators”, ACM TOMS 47, 2021), its state filled by splitmix32. A block at a time keeps the
 * state in registers.
 * @returns fills a block with whole numbers from 0 to `below` − 1 (`below` up to 2^32)
 */
export function uniformBlocks(seed: number): (block: Uint32Array, below: number) => void {
  let filled = seed >>> 0;
  const fill = (): number => {
    filled = (filled + 0x9e3779b9) >>> 0;
    let z = filled;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const state = Int32Array.of(fill(), fill(), fill(), fill());
  return (block, below) => {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    const scale = below / 2 ** 32;
    for (let i = 0; i < block.length; i++) {
      const times5 = Math.imul(b, 5);
      const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      // The high bits of result · below: off by at most below / 2^32 from uniform.
      block[i] = result * scale;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  };
}

/** The same numbers one by one. @returns a function giving whole numbers from 0 to `below` − 1 */
export function uniformDraws(seed: number): (below: number) => number {
  const fill = uniformBlocks(seed);
  const one = new Uint32Array(1);
  return (below) => {
    fill(one, below);
    return one[0]!;
  };
}

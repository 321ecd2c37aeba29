/**
 * Uniform draws for resampling, the same on every machine: xoshiro128** (D. Blackman and S. Vigna, “Scrambled linear
 * pseudorandom number generators”, ACM TOMS 47, 2021), its state filled by splitmix32.
 * @returns a function giving whole numbers from 0 to `below` − 1 (`below` up to 2^32)
 */
export function uniformDraws(seed: number): (below: number) => number {
  let filled = seed >>> 0;
  const fill = (): number => {
    filled = (filled + 0x9e3779b9) >>> 0;
    let z = filled;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];
  return (below) => {
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
    return Math.floor(result * (below / 2 ** 32));
  };
}

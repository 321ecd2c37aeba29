import { describe, expect, it } from 'vitest';
import { drawsFor, normalDraws, philox, samplingUniform } from '../../trainer/engine/random.ts';

describe('Philox4x32-10', () => {
  // Known answers published with Random123 (kat_vectors, philox 4x32 10).
  it.each([
    [[0, 0, 0, 0, 0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [Array(6).fill(0xffffffff), '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ])('answers %j as published', (input, expected) => {
    const [c0, c1, c2, c3, k0, k1] = input as [number, number, number, number, number, number];
    const out = new Uint32Array(4);
    philox(out, c0, c1, c2, c3, k0, k1);
    expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected);
  });
});

describe('draws', () => {
  it('of sampling depend on nothing but their coordinates, and are exact in float32', () => {
    const u = samplingUniform(1, 2, 3, 4);
    expect(samplingUniform(1, 2, 3, 4)).toBe(u);
    expect(Math.fround(u)).toBe(u);
    expect(
      new Set([
        samplingUniform(2, 2, 3, 4),
        samplingUniform(1, 3, 3, 4),
        samplingUniform(1, 2, 4, 4),
        samplingUniform(1, 2, 3, 5),
        u,
      ]).size,
    ).toBe(5);
  });

  it('are uniform: 10 equal bins of 100,000 draws pass a χ² test at 0.1%', () => {
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(10 * samplingUniform(0, i, 0, 0))]!++;
    const chi2 = bins.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(27.88); // χ²(9) at 0.999
  });

  it('are normal with the deviation asked for', () => {
    const values = normalDraws(0, 0, 100_000, 2);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 4)).toBeLessThan(0.08);
  });

  it('of a weighted choice follow the weights and never take weight 0', () => {
    const draws = drawsFor(0, 9, 0);
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[draws.weighted([1, 0, 2])]!++;
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[0]! - 10_000)).toBeLessThan(400);
  });
});

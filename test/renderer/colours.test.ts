/**
 * The colours of charts, held to what they promise: apart from each other for every reader, and visible on their card.
 * Colour-blindness by Machado, Oliveira and Fernandes (2009), severity 1; distances in OKLab (Ottosson 2020), times 100;
 * contrast by WCAG 2.2.
 */
import { describe, expect, it } from 'vitest';
import {
  colourVariables,
  SERIES,
  SURFACE,
  seriesColour,
  seriesDash,
  TIERS,
} from '../../renderer/lib/colours.ts';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const SIGHT: Readonly<Record<string, Matrix>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function apply(matrix: Matrix, [r, g, b]: Triple): Triple {
  const row = ([x, y, z]: Triple): number => Math.min(1, Math.max(0, x * r + y * g + z * b));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function closest(colours: readonly string[], sight: Matrix): number {
  const points = colours.map((colour) => oklab(apply(sight, linear(colour))));
  let least = Number.POSITIVE_INFINITY;
  for (const [i, p] of points.entries()) {
    for (const q of points.slice(i + 1))
      least = Math.min(least, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
  }
  return 100 * least;
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  it.each(Object.entries(SIGHT))('keeps the series apart under %s', (_, sight) => {
    expect(closest(SERIES[theme], sight)).toBeGreaterThan(6.5);
  });

  it.each(Object.entries(SIGHT))('keeps the tiers apart under %s', (_, sight) => {
    expect(closest(Object.values(TIERS[theme]), sight)).toBeGreaterThan(10);
  });

  it('stands out from the card by at least 3 to 1', () => {
    for (const colour of [...SERIES[theme], ...Object.values(TIERS[theme])]) {
      expect(contrast(colour, SURFACE[theme])).toBeGreaterThanOrEqual(3);
    }
  });

  it('gives every colour a variable', () => {
    const variables = colourVariables(theme);
    for (const [index, colour] of SERIES[theme].entries()) {
      expect(variables[seriesColour(index).slice(4, -1)]).toBe(colour);
    }
  });
});

describe('more lines than colours', () => {
  it('tells two lines of one colour apart by their dash', () => {
    expect(seriesColour(9)).toBe(seriesColour(1));
    expect(seriesDash(9)).not.toBe(seriesDash(1));
  });
});

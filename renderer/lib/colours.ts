/**
 * Colours of everything drawn, by theme. The eight series colours and the three tiers stay apart under the common kinds
 * of colour-blindness and stand out from the page (test/renderer/colours.test.ts); shapes and dashes back them up.
 */
export const SERIES = {
  light: ['#3969d9', '#f26641', '#23a27d', '#9a166a', '#a35e16', '#4e2fa7', '#937fba', '#475411'],
  dark: ['#8e8fda', '#f95a3f', '#0dcaa9', '#ba3297', '#e2b13d', '#3a5adb', '#e6c3f7', '#b9fea1'],
} as const;

export const TIERS = {
  light: { easy: '#23a27d', medium: '#c07f00', hard: '#9a166a' },
  dark: { easy: '#44c49a', medium: '#f0b83c', hard: '#d86fd8' },
} as const;
export type TierName = keyof (typeof TIERS)['light'];

/** Cards, on which charts are drawn. */
export const SURFACE = { light: '#ffffff', dark: '#16181d' } as const;

/** The colour of the n-th line of a chart; after eight they repeat, with another dash. */
export function seriesColour(index: number): string {
  return `var(--series-${(index % SERIES.light.length) + 1})`;
}

const DASHES = [undefined, '7 4', '2 4', '10 3 2 3'] as const;

export function seriesDash(index: number): string | undefined {
  return DASHES[Math.floor(index / SERIES.light.length) % DASHES.length];
}

export function tierColour(tier: TierName): string {
  return `var(--tier-${tier})`;
}

/** The style sheet that gives the variables above their values in one theme. */
export function colourVariables(theme: 'light' | 'dark'): Record<string, string> {
  return {
    ...Object.fromEntries(SERIES[theme].map((colour, index) => [`--series-${index + 1}`, colour])),
    ...Object.fromEntries(Object.entries(TIERS[theme]).map(([tier, colour]) => [`--tier-${tier}`, colour])),
    '--surface': SURFACE[theme],
  };
}

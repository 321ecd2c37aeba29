/** What the parts of the comparison share: the checkpoints with their marks, what is measured, and how it was decoded. */
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import type { ComparisonGroup } from '../../electron/contract/comparisons.ts';
import { checkpointLabel } from './checkpoint-text.ts';
import { seriesColour } from './colours.ts';
import type { ComparisonFamily, TierChoice } from './comparison.ts';
import { formatCount, formatNumber } from './format.ts';

export interface CompareView {
  readonly checkpoints: readonly Checkpoint[];
  readonly family: ComparisonFamily;
  /** The decoding chosen, where a part speaks of one. */
  readonly group: ComparisonGroup;
  readonly tier: TierChoice;
  /** The address of this comparison with one checkpoint more. */
  readonly addressWith: (checkpointId: string) => string;
}

export type TierQuery = 'easy' | 'medium' | 'hard' | null;

export function tierQuery(tier: TierChoice): TierQuery {
  return tier === 'all' ? null : tier;
}

/** Place among the chosen checkpoints: gives colour and shape, the same in every chart. −1 for others. */
export function placeOf(checkpoints: readonly Checkpoint[], id: string): number {
  return checkpoints.findIndex((checkpoint) => checkpoint.id === id);
}

export function nameOf(checkpoints: readonly Checkpoint[], id: string): string {
  const checkpoint = checkpoints.find((one) => one.id === id);
  return checkpoint ? checkpointLabel(checkpoint) : 'A removed checkpoint';
}

export function keysOf(checkpoints: readonly Checkpoint[]) {
  return checkpoints.map((checkpoint, index) => ({
    key: checkpoint.id,
    label: checkpointLabel(checkpoint),
    colour: seriesColour(index),
  }));
}

/** A p-value as papers print it. */
export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : formatNumber(p, 2);
}

/** +3.1 pp, −12.0 pp: a difference of shares in percentage points. */
export function pointsText(difference: number): string {
  const points = (100 * Math.abs(difference)).toFixed(1);
  return `${points === '0.0' ? '±' : difference > 0 ? '+' : '−'}${points}`;
}

/** A difference with its sign. */
export function signedText(difference: number): string {
  const text = formatNumber(Math.abs(difference), 3);
  return text === '0' ? '±0' : `${difference > 0 ? '+' : '−'}${text}`;
}

/** 12–24, or 7 where a bin holds one length. */
export function binText({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}`;
}

/** Evaluations arranged for comparing: pure functions over what the host found comparable. */
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import type { ComparisonGroup, EvaluationSummary } from '../../electron/contract/comparisons.ts';
import type { Interval } from '../../electron/contract/shapes.ts';
import { groupBy } from './collections.ts';
import { decodingText, familyKey, familyTitle, type Protocol, scoreText } from './protocol-text.ts';

export const TIER_CHOICES = ['all', 'easy', 'medium', 'hard'] as const;
export type TierChoice = (typeof TIER_CHOICES)[number];

/** The same measurement under several decodings: temperature 1 beside greedy. */
export interface ComparisonFamily {
  readonly key: string;
  readonly title: string;
  readonly score: string;
  readonly thinking: boolean;
  /** Sampled before greedy, as the host gave them otherwise. */
  readonly groups: readonly ComparisonGroup[];
}

export function familiesOf(groups: readonly ComparisonGroup[]): ComparisonFamily[] {
  return [...groupBy(groups, (group) => familyKey(group.protocol))].flatMap(([key, members]) => {
    const [first] = members;
    if (!first) return [];
    return [
      {
        key,
        title: familyTitle(first.protocol),
        score: scoreText(first.protocol.task),
        thinking: first.protocol.mode === 'thinking',
        groups: members.sort((a, b) => b.protocol.temperature - a.protocol.temperature),
      },
    ];
  });
}

/** Families worth opening first: with thinking at free length, and with most checkpoints. */
export function rankFamilies(families: readonly ComparisonFamily[]): ComparisonFamily[] {
  const weight = ({ groups, thinking }: ComparisonFamily): number => {
    const free = groups.every(({ protocol }) => protocol.forcedBudget === null);
    const most = Math.max(...groups.map((group) => group.evaluations.length));
    return most * 2 + (thinking && free ? 1 : 0);
  };
  return [...families].sort((a, b) => weight(b) - weight(a));
}

export interface FrontierPoint {
  readonly checkpointId: string;
  readonly label: string;
  /** Place among the chosen checkpoints: gives colour and shape, the same in every chart. */
  readonly index: number;
  readonly length: Interval;
  readonly score: Interval;
}

export function scoreOf(evaluation: EvaluationSummary, tier: TierChoice): Interval | null {
  return evaluation.accuracy[tier];
}

/** One point per checkpoint that thinks and has items in the tier. */
export function frontierPoints(
  group: ComparisonGroup,
  checkpoints: readonly Checkpoint[],
  tier: TierChoice,
): FrontierPoint[] {
  return checkpoints.flatMap((checkpoint, index) => {
    const evaluation = group.evaluations.find((one) => one.checkpointId === checkpoint.id);
    const score = evaluation ? scoreOf(evaluation, tier) : null;
    if (!evaluation?.thinkingLength || !score) return [];
    return [
      {
        checkpointId: checkpoint.id,
        label: checkpoint.name,
        index,
        length: evaluation.thinkingLength,
        score,
      },
    ];
  });
}

/** A checkpoint's evaluation under each decoding of a family, side by side. */
export interface ComparisonRow {
  readonly checkpoint: Checkpoint;
  readonly index: number;
  readonly evaluations: readonly (EvaluationSummary | null)[];
}

export function comparisonRows(
  family: ComparisonFamily,
  checkpoints: readonly Checkpoint[],
): ComparisonRow[] {
  return checkpoints.map((checkpoint, index) => ({
    checkpoint,
    index,
    evaluations: family.groups.map(
      (group) => group.evaluations.find((evaluation) => evaluation.checkpointId === checkpoint.id) ?? null,
    ),
  }));
}

export function decodingLabel(protocol: Protocol): string {
  const text = decodingText(protocol);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

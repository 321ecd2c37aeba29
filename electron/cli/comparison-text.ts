import { type EvaluationSummary, otherScores } from '../contract/comparisons.ts';
import type { Output } from '../contract.ts';
import { formatAccuracy, formatCount, formatMean, formatShare } from './format.ts';
import { table } from './output.ts';

/** A comparison as tables, one for each set of evaluations that may be compared. */
export function comparisonText({ checkpoints, groups, warnings }: Output<'compare.checkpoints'>): string {
  const nameOf = (id: string): string => checkpoints.find((one) => one.id === id)?.name ?? id;
  const parts = groups.map((group) => {
    const missing =
      group.missing.length === 0 ? '' : `\nNot evaluated so: ${group.missing.map(nameOf).join(', ')}.`;
    const scores = otherScores(group.evaluations);
    const rows = group.evaluations.map((one) => [nameOf(one.checkpointId), ...cells(one, scores)]);
    const head = [
      'checkpoint',
      'n',
      'thinking length',
      'truncated',
      'easy',
      'medium',
      'hard',
      'all',
      ...scores,
    ];
    return `${group.title}\n${table(head, rows, ['n', 'truncated'])}${missing}`;
  });
  if (parts.length === 0) return 'None of these checkpoints was evaluated yet: `midtrain eval` does so.';
  return [...parts, ...warnings].join('\n\n');
}

function cells(evaluation: EvaluationSummary, names: readonly string[]): string[] {
  const { accuracy, scores, thinkingLength, truncatedShare, items } = evaluation;
  return [
    formatCount(items),
    formatMean(thinkingLength),
    thinkingLength ? formatShare(truncatedShare) : '–',
    formatAccuracy(accuracy.easy),
    formatAccuracy(accuracy.medium),
    formatAccuracy(accuracy.hard),
    formatAccuracy(accuracy.all),
    ...names.map((name) => formatMean(scores[name] ?? null, 3)),
  ];
}

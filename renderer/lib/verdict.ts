import type { StoredItem } from '../../electron/contract/comparisons.ts';
import { formatShare } from './format.ts';

/** What a score means for one answer: right, wrong, or how near. */
export function answerVerdict({ score }: Pick<StoredItem, 'score'>): { label: string; colour: string } {
  if (score >= 1) return { label: 'right', colour: 'teal' };
  if (score <= 0) return { label: 'wrong', colour: 'red' };
  return { label: `score ${formatShare(score)}`, colour: 'yellow' };
}

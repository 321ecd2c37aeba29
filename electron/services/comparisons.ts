/** Evaluations of checkpoints, grouped by what may be compared, and the same prompts' answers side by side. */

import { type EvaluationProtocol, evaluationProtocol } from '../../trainer/protocol.ts';
import type { ComparisonGroup, EvaluationSummary, StoredItem } from '../contract/comparisons.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import type { CheckpointRow } from '../db/checkpoints.ts';
import { toCheckpoint } from '../db/checkpoints.ts';
import type { EvaluationReads, EvaluationRow, LeanItem } from '../db/evaluations.ts';
import { AppError } from '../errors.ts';
import type { StoredSummary } from './evaluation-summary.ts';

export interface ComparisonSource {
  readonly evaluations: EvaluationReads;
  readonly checkpoint: (id: string) => CheckpointRow | null;
}

export function toSummary(row: EvaluationRow): EvaluationSummary {
  // Both were written by this program from checked values.
  const summary = JSON.parse(row.summary ?? 'null') as StoredSummary;
  const { id, runId, checkpointId, protocolHash, createdAtMs } = row;
  const protocol = evaluationProtocol.parse(JSON.parse(row.protocol));
  return { id, runId, checkpointId, protocol, protocolHash, createdAtMs, ...summary };
}

export function listEvaluations(
  source: ComparisonSource,
  { checkpointIds }: ResolvedInput<'evaluations.list'>,
): Output<'evaluations.list'> {
  const wanted = new Set(checkpointIds);
  return source.evaluations
    .complete()
    .filter((row) => wanted.size === 0 || wanted.has(row.checkpointId))
    .map(toSummary);
}

export function evaluationItems(
  { evaluations }: ComparisonSource,
  { evaluationId, limit, offset }: ResolvedInput<'evaluations.items'>,
): Output<'evaluations.items'> {
  const row = evaluations.byId(evaluationId);
  if (!row) {
    throw new AppError('NotFound', `There is no evaluation ${evaluationId}.`, 'List the evaluations again.');
  }
  return { total: evaluations.countItems(row.key), items: evaluations.items(row.key, limit, offset) };
}

/** The newest evaluation of each checkpoint under each protocol, in the order the checkpoints were asked for. */
function newest(source: ComparisonSource, checkpointIds: readonly string[]): EvaluationRow[] {
  const byPlace = new Map<string, EvaluationRow>();
  for (const row of source.evaluations.complete()) {
    if (checkpointIds.includes(row.checkpointId)) byPlace.set(`${row.checkpointId} ${row.protocolHash}`, row);
  }
  return [...byPlace.values()].sort(
    (a, b) => checkpointIds.indexOf(a.checkpointId) - checkpointIds.indexOf(b.checkpointId),
  );
}

export function compareCheckpoints(
  source: ComparisonSource,
  { checkpointIds }: ResolvedInput<'compare.checkpoints'>,
): Output<'compare.checkpoints'> {
  const checkpoints = checkpointIds.map((id) => {
    const row = source.checkpoint(id);
    if (row) return toCheckpoint(row);
    throw new AppError(
      'NotFound',
      `There is no checkpoint ${id}.`,
      'It may have been removed: choose others.',
    );
  });
  const byHash = Map.groupBy(newest(source, checkpointIds).map(toSummary), (one) => one.protocolHash);
  const groups = [...byHash.values()].map((evaluations): ComparisonGroup => {
    const { protocol, protocolHash } = evaluations[0]!;
    const present = new Set(evaluations.map((evaluation) => evaluation.checkpointId));
    return {
      protocolHash,
      protocol,
      title: protocolTitle(protocol),
      evaluations,
      missing: checkpointIds.filter((id) => !present.has(id)),
    };
  });
  groups.sort((a, b) => a.missing.length - b.missing.length || byProtocol(a.protocol, b.protocol));
  return { checkpoints, groups, warnings: warningsOf(groups) };
}

/** Next tokens before the other tasks, direct before thinking, sampled before greedy, free before forced lengths. */
function byProtocol(a: EvaluationProtocol, b: EvaluationProtocol): number {
  const tasks = Object.keys(TASKS);
  return (
    tasks.indexOf(a.task) - tasks.indexOf(b.task) ||
    Number(a.mode === 'thinking') - Number(b.mode === 'thinking') ||
    b.temperature - a.temperature ||
    (a.forcedBudget ?? -1) - (b.forcedBudget ?? -1) ||
    a.promptBudget - b.promptBudget
  );
}

const TASKS = { 'next-token': 'Next token', restoration: 'Restoration', question: 'Questions' } as const;

/** A protocol in a few words. */
export function protocolTitle(protocol: EvaluationProtocol): string {
  const parts: string[] = [TASKS[protocol.task]];
  if (protocol.mode === 'direct') return `${parts[0]}, direct`;
  parts.push('thinking', protocol.temperature === 0 ? 'greedy' : `T = ${protocol.temperature}`);
  if (protocol.forcedBudget !== null) parts.push(`exactly ${protocol.forcedBudget} tokens`);
  else if (protocol.promptBudget > 0) parts.push(`asked for ${protocol.promptBudget} tokens`);
  return parts.join(', ');
}

const WORDS: Readonly<Record<keyof EvaluationProtocol, string>> = {
  task: 'task',
  mode: 'mode',
  temperature: 'temperature',
  topK: 'top-k',
  topP: 'top-p',
  minP: 'min-p',
  promptBudget: 'budget asked',
  forcedBudget: 'budget forced',
  maxThinkingTokens: 'thinking cap',
  maxAnswerTokens: 'answer cap',
  samplesPerItem: 'samples per item',
  seed: 'seed',
  itemsHash: 'prompts',
};

/** What groups that look alike differ in, so that nobody compares them by mistake. */
function warningsOf(groups: readonly ComparisonGroup[]): string[] {
  const warnings: string[] = [];
  groups.forEach((a, i) => {
    for (const b of groups.slice(i + 1)) {
      if (a.title !== b.title) continue;
      const names = Object.keys(WORDS) as (keyof EvaluationProtocol)[];
      const differing = names
        .filter((name) => a.protocol[name] !== b.protocol[name])
        .map((name) => WORDS[name]);
      warnings.push(`Two sets of “${a.title}” stand apart: they differ in ${differing.join(', ')}.`);
    }
  });
  return warnings;
}

type Cells = readonly (LeanItem | null)[];

export function compareAnswers(
  source: ComparisonSource,
  input: ResolvedInput<'compare.answers'>,
): Output<'compare.answers'> {
  const { evaluations } = source;
  const rows = newest(source, input.checkpointIds).filter((row) => row.protocolHash === input.protocolHash);
  const columns = input.checkpointIds.map((id) => {
    const row = rows.find((candidate) => candidate.checkpointId === id);
    return new Map(row ? evaluations.lean(row.key).map((item) => [item.itemKey, item]) : []);
  });
  const keys = new Set(columns.flatMap((column) => [...column.keys()]));
  const shown = [...keys]
    .sort()
    .map((key): Cells => columns.map((column) => column.get(key) ?? null))
    .filter((cells) => isShown(input.show, cells));
  return {
    total: shown.length,
    rows: shown.slice(input.offset, input.offset + input.limit).map((cells) => {
      const answers = cells.map((cell): StoredItem | null => cell && evaluations.item(cell.id));
      const any = answers.find((answer) => answer !== null)!;
      const { itemKey, tier, promptText, truthText } = any;
      return { itemKey, tier, promptText, truthText, answers };
    }),
  };
}

/** A right answer has a score of 1; the first checkpoint is the one the others are held against. */
function isShown(show: ResolvedInput<'compare.answers'>['show'], cells: Cells): boolean {
  const present = cells.filter((cell) => cell !== null);
  const [first, ...others] = cells;
  switch (show) {
    case 'all':
      return true;
    case 'all-wrong':
      return present.every((cell) => cell.score !== 1);
    case 'flips':
      return present.some((cell) => (cell.score === 1) !== (present[0]!.score === 1));
    case 'shorter-and-wrong':
      return (
        first?.score === 1 &&
        others.some((cell) => cell && cell.score !== 1 && cell.thinkingLength < first.thinkingLength)
      );
    default:
      return show satisfies never;
  }
}

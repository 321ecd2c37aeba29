/** Evaluations of checkpoints, grouped by what may be compared, and the same prompts' answers side by side. */

import { evaluationProtocol } from '../../trainer/protocol.ts';
import type {
  ComparisonGroup,
  EvaluationSummary,
  ProtocolDifference,
  StoredItem,
} from '../contract/comparisons.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import { toCheckpoint } from '../db/checkpoints.ts';
import type { EvaluationRow } from '../db/evaluations.ts';
import { AppError } from '../errors.ts';
import type { Answers } from './analysis/answers.ts';
import { type AnalysisSource, type Chosen, chooseEvaluations, newestEvaluations } from './analysis/chosen.ts';
import { changeOf } from './analysis/flips.ts';
import { byProtocol, differenceText, protocolDifference, protocolTitle } from './analysis/protocols.ts';
import type { StoredSummary } from './evaluation-summary.ts';

export function toSummary(row: EvaluationRow): EvaluationSummary {
  // Both were written by this program from checked values.
  const summary = JSON.parse(row.summary ?? 'null') as StoredSummary;
  const { id, runId, checkpointId, protocolHash, createdAtMs } = row;
  const protocol = evaluationProtocol.parse(JSON.parse(row.protocol));
  return { id, runId, checkpointId, protocol, protocolHash, createdAtMs, ...summary };
}

export function listEvaluations(
  source: Pick<AnalysisSource, 'evaluations' | 'checkpoint'>,
  { checkpointIds }: ResolvedInput<'evaluations.list'>,
): Output<'evaluations.list'> {
  const wanted = new Set(checkpointIds);
  return source.evaluations
    .complete()
    .filter((row) => wanted.size === 0 || wanted.has(row.checkpointId))
    .map(toSummary);
}

export function compareCheckpoints(
  source: Pick<AnalysisSource, 'evaluations' | 'checkpoint'>,
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
  const byHash = Map.groupBy(
    newestEvaluations(source, checkpointIds).map(toSummary),
    (one) => one.protocolHash,
  );
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
  const differences = differencesOf(groups);
  return { checkpoints, groups, warnings: differences.map(warningOf), differences };
}

const MOST_DIFFERENCES = 30;

/**
 * Of sets that look alike; and, for every two checkpoints that were asked about the same but never alike, of the two
 * sets of theirs that come nearest to each other.
 */
function differencesOf(groups: readonly ComparisonGroup[]): ProtocolDifference[] {
  const found = new Map<string, ProtocolDifference>();
  for (const alike of Map.groupBy(groups, ({ protocol }) => `${protocol.task} ${protocol.mode}`).values()) {
    const between = alike.flatMap((a, i) =>
      alike.slice(i + 1).flatMap((b) => {
        const difference = protocolDifference(
          { hash: a.protocolHash, protocol: a.protocol },
          { hash: b.protocolHash, protocol: b.protocol },
        );
        return difference ? [{ a, b, difference }] : [];
      }),
    );
    between.sort((one, other) => one.difference.reasons.length - other.difference.reasons.length);
    const keep = ({ difference }: (typeof between)[number]): void =>
      void found.set(`${difference.a} ${difference.b}`, difference);
    for (const one of between) if (one.a.title === one.b.title) keep(one);
    const ids = [...new Set(alike.flatMap(({ evaluations }) => evaluations.map((own) => own.checkpointId)))];
    const has = ({ evaluations }: ComparisonGroup, id: string): boolean =>
      evaluations.some(({ checkpointId }) => checkpointId === id);
    ids.forEach((x, i) => {
      for (const y of ids.slice(i + 1)) {
        if (alike.some((group) => has(group, x) && has(group, y))) continue;
        const nearest = between.find(({ a, b }) => (has(a, x) && has(b, y)) || (has(a, y) && has(b, x)));
        if (nearest) keep(nearest);
      }
    });
  }
  return [...found.values()].slice(0, MOST_DIFFERENCES);
}

function warningOf(difference: ProtocolDifference): string {
  const { titleA, titleB, verdict } = difference;
  const which =
    titleA === titleB
      ? `Two sets of “${titleA}” stand apart: they differ in ${differenceText(difference)}.`
      : `“${titleA}” and “${titleB}” stand apart: they differ in ${differenceText(difference)}.`;
  return verdict === 'refused' ? which : `${which} They may be looked at together, with that in mind.`;
}

/** What filters look at: the first answer a checkpoint gave to an item. */
interface Cell {
  readonly score: number;
  readonly length: number;
}
type Cells = readonly (Cell | null)[];

interface AnswerColumn {
  readonly evaluationKey: number;
  readonly answers: Answers;
  /** Where its first answer to each item stands. */
  readonly places: ReadonlyMap<string, number>;
}

export function compareAnswers(
  source: AnalysisSource,
  input: ResolvedInput<'compare.answers'>,
): Output<'compare.answers'> {
  const { evaluations } = source;
  const asked = [
    ...new Set([...input.checkpointIds, ...(input.change ? [input.change.a, input.change.b] : [])]),
  ];
  const { chosen } = chooseEvaluations(source, asked, input.protocolHash);
  const columns = answerColumns(asked, chosen, input.tier);
  const holding = input.text === '' ? null : holdingText(source, chosen, input.text);
  const isWanted = changeFilter(asked, input.change);
  const isOfKind = (key: string): boolean => {
    if (holding && !holding.has(key)) return false;
    const cells = columns.map((column) => cellOf(column, key));
    return isWanted(cells) && isShown(input.show, cells.slice(0, input.checkpointIds.length));
  };
  const keys = itemKeysOf(columns.flatMap((column) => (column ? [column.places] : [])));
  const isFiltered = holding !== null || input.change !== null || input.show !== 'all';
  const shown = isFiltered ? keys.filter(isOfKind) : keys;
  return {
    total: shown.length,
    rows: shown.slice(input.offset, input.offset + input.limit).map((itemKey) => {
      const all = columns.map((column): StoredItem | null =>
        column?.places.has(itemKey) ? evaluations.firstAnswer(column.evaluationKey, itemKey) : null,
      );
      const { tier, promptText, truthText } = all.find((answer) => answer !== null)!;
      return { itemKey, tier, promptText, truthText, answers: all.slice(0, input.checkpointIds.length) };
    }),
  };
}

/** One for each checkpoint, null without an evaluation; those that were asked the same share their places. */
function answerColumns(
  checkpointIds: readonly string[],
  chosen: readonly Chosen[],
  tier: ResolvedInput<'compare.answers'>['tier'],
): (AnswerColumn | null)[] {
  const known: AnswerColumn[] = [];
  return checkpointIds.map((id) => {
    const own = chosen.find(({ checkpointId }) => checkpointId === id);
    if (!own) return null;
    const { answers } = own;
    const alike = known.find(
      (one) =>
        one.answers.itemKeys === answers.itemKeys &&
        one.answers.sampleIndices === answers.sampleIndices &&
        one.answers.tiers === answers.tiers,
    );
    const places = alike?.places ?? firstPlaces(answers, tier);
    const column = { evaluationKey: own.evaluation.key, answers, places };
    known.push(column);
    return column;
  });
}

function firstPlaces(
  { itemKeys, sampleIndices, tiers }: Answers,
  tier: ResolvedInput<'compare.answers'>['tier'],
): Map<string, number> {
  const places = new Map<string, number>();
  itemKeys.forEach((key, i) => {
    if (sampleIndices[i] === 0 && (tier === null || tiers[i] === tier)) places.set(key, i);
  });
  return places;
}

function cellOf(column: AnswerColumn | null, itemKey: string): Cell | null {
  const place = column?.places.get(itemKey);
  if (!column || place === undefined) return null;
  return { score: column.answers.scores[place]!, length: column.answers.lengths[place]! };
}

/** Every item that one of them answered, in order. Answers come in the order of their items. */
function itemKeysOf(columns: readonly ReadonlyMap<string, number>[]): readonly string[] {
  const [fullest, ...others] = [...new Set(columns)].sort((a, b) => b.size - a.size);
  if (!fullest) return [];
  const missing = others.flatMap((column) => [...column.keys()].filter((key) => !fullest.has(key)));
  const own = [...fullest.keys()];
  return missing.length === 0 ? own : [...new Set([...own, ...missing])].sort();
}

function holdingText({ evaluations }: AnalysisSource, chosen: readonly Chosen[], text: string): Set<string> {
  return new Set(chosen.flatMap(({ evaluation }) => evaluations.holding(evaluation.key, text)));
}

/** Whether an item's answers changed as asked from one checkpoint to the other. */
function changeFilter(
  checkpointIds: readonly string[],
  change: ResolvedInput<'compare.answers'>['change'],
): (cells: Cells) => boolean {
  if (!change) return () => true;
  const [a, b] = [checkpointIds.indexOf(change.a), checkpointIds.indexOf(change.b)];
  return (cells) => {
    const [before, after] = [cells[a], cells[b]];
    if (!before || !after) return false;
    const { outcome, length } = changeOf(before, after);
    return (
      (change.outcome === null || change.outcome === outcome) &&
      (change.length === null || change.length === length)
    );
  };
}

/** A right answer has a score of 1; the first checkpoint is the one the others are held against. */
function isShown(show: ResolvedInput<'compare.answers'>['show'], cells: Cells): boolean {
  const present = cells.filter((cell) => cell !== null);
  const [first, ...others] = cells;
  switch (show) {
    case 'all':
      return present.length > 0;
    case 'all-wrong':
      return present.every((cell) => cell.score !== 1);
    case 'flips':
      return present.some((cell) => (cell.score === 1) !== (present[0]!.score === 1));
    case 'shorter-and-wrong':
      return (
        first?.score === 1 && others.some((cell) => cell && cell.score !== 1 && cell.length < first.length)
      );
    default:
      return show satisfies never;
  }
}

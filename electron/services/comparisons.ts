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
import { type AnalysisSource, chooseEvaluations, newestEvaluations } from './analysis/chosen.ts';
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
  readonly id: number;
  readonly score: number;
  readonly length: number;
}
type Cells = readonly (Cell | null)[];

export function compareAnswers(
  source: AnalysisSource,
  input: ResolvedInput<'compare.answers'>,
): Output<'compare.answers'> {
  const { evaluations } = source;
  const asked = [
    ...new Set([...input.checkpointIds, ...(input.change ? [input.change.a, input.change.b] : [])]),
  ];
  const { chosen } = chooseEvaluations(source, asked, input.protocolHash);
  const ownOf = (id: string) => chosen.find(({ checkpointId }) => checkpointId === id);
  const columns = asked.map((id) => firstAnswers(ownOf(id)?.answers ?? null, input.tier));
  const holding = input.text === '' ? null : holdingText(source, chosen, input.text);
  const keys = itemKeysOf(columns);
  const isWanted = changeFilter(asked, input.change);
  const shown = keys.flatMap((key) => {
    if (holding && !holding.has(key)) return [];
    const cells = columns.map((column) => column.get(key) ?? null);
    return isWanted(cells) && isShown(input.show, cells.slice(0, input.checkpointIds.length)) ? [cells] : [];
  });
  return {
    total: shown.length,
    rows: shown.slice(input.offset, input.offset + input.limit).map((cells) => {
      const all = cells.map((cell): StoredItem | null => cell && evaluations.item(cell.id));
      const { itemKey, tier, promptText, truthText } = all.find((answer) => answer !== null)!;
      return { itemKey, tier, promptText, truthText, answers: all.slice(0, input.checkpointIds.length) };
    }),
  };
}

/** Every item that one of them answered, in order. Answers come in the order of their items. */
function itemKeysOf(columns: readonly ReadonlyMap<string, Cell>[]): readonly string[] {
  const fullest = columns.toSorted((a, b) => b.size - a.size)[0];
  const others = columns.flatMap((column) => [...column.keys()].filter((key) => !fullest?.has(key)));
  const own = [...(fullest?.keys() ?? [])];
  return others.length === 0 ? own : [...new Set([...own, ...others])].sort();
}

function firstAnswers(
  answers: ReturnType<AnalysisSource['answers']> | null,
  tier: ResolvedInput<'compare.answers'>['tier'],
): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  answers?.itemKeys.forEach((key, i) => {
    if (answers.sampleIndices[i] !== 0 || (tier !== null && answers.tiers[i] !== tier)) return;
    cells.set(key, { id: answers.ids[i]!, score: answers.scores[i]!, length: answers.lengths[i]! });
  });
  return cells;
}

function holdingText(
  { evaluations }: AnalysisSource,
  chosen: ReturnType<typeof chooseEvaluations>['chosen'],
  text: string,
): Set<string> {
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

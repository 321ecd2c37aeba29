/** Which evaluations a comparison speaks of, and why some checkpoints have no part in it. */
import { type EvaluationProtocol, evaluationProtocol } from '../../../trainer/protocol.ts';
import type { CheckpointRow } from '../../db/checkpoints.ts';
import type { EvaluationReads, EvaluationRow } from '../../db/evaluations.ts';
import { AppError } from '../../errors.ts';
import type { Answers, ReadAnswers } from './answers.ts';
import { differenceText, protocolDifference, protocolTitle } from './protocols.ts';

export interface AnalysisSource {
  readonly evaluations: EvaluationReads;
  readonly checkpoint: (id: string) => CheckpointRow | null;
  readonly answers: ReadAnswers;
}

export interface Chosen {
  readonly checkpointId: string;
  readonly evaluation: EvaluationRow;
  readonly answers: Answers;
}

export interface Refused {
  readonly checkpointId: string;
  readonly reason: string;
}

/** The newest evaluation of each checkpoint under each protocol, in the order the checkpoints were asked for. */
export function newestEvaluations(
  { evaluations }: Pick<AnalysisSource, 'evaluations'>,
  checkpointIds: readonly string[],
): EvaluationRow[] {
  return [...new Set(checkpointIds)].flatMap((id) => {
    const byHash = new Map(evaluations.ofCheckpoint(id).map((row) => [row.protocolHash, row]));
    return [...byHash.values()];
  });
}

/** About a tenth of a second's reading. */
const MOST_AHEAD = 100_000;

/** Reads what the questions after a comparison's first are about, unless it is much: the evaluations most checkpoints share. */
export function readAhead(
  source: Pick<AnalysisSource, 'evaluations' | 'answers'>,
  checkpointIds: readonly string[],
): void {
  const shared = [
    ...Map.groupBy(newestEvaluations(source, checkpointIds), (row) => row.protocolHash).values(),
  ];
  const [most = []] = shared.sort((a, b) => b.length - a.length);
  const answers = most.reduce((sum, row) => sum + (JSON.parse(row.summary!) as { items: number }).items, 0);
  if (answers <= MOST_AHEAD) for (const row of most) source.answers(row.key);
}

export const protocolOf = (row: EvaluationRow): EvaluationProtocol =>
  evaluationProtocol.parse(JSON.parse(row.protocol));

/** Under one protocol; checkpoints that were not evaluated so are refused with what they differ in. */
export function chooseEvaluations(
  source: AnalysisSource,
  checkpointIds: readonly string[],
  protocolHash: string,
): { chosen: Chosen[]; refused: Refused[]; protocol: EvaluationProtocol | null } {
  const rows = newestEvaluations(source, checkpointIds);
  const under = rows.filter((row) => row.protocolHash === protocolHash);
  const protocol = under[0] ? protocolOf(under[0]) : null;
  const ids = [...new Set(checkpointIds)];
  return {
    protocol,
    chosen: under.map((evaluation) => ({
      checkpointId: evaluation.checkpointId,
      evaluation,
      answers: source.answers(evaluation.key),
    })),
    refused: ids
      .filter((id) => !under.some((row) => row.checkpointId === id))
      .map((checkpointId) => ({
        checkpointId,
        reason: reasonOf(
          rows.filter((row) => row.checkpointId === checkpointId),
          protocol && { hash: protocolHash, protocol },
        ),
      })),
  };
}

/** What keeps a checkpoint out: the evaluation it has that comes nearest, and how that differs. */
function reasonOf(
  rows: readonly EvaluationRow[],
  wanted: { readonly hash: string; readonly protocol: EvaluationProtocol } | null,
): string {
  if (rows.length === 0) return 'It was not evaluated yet.';
  if (!wanted) return 'It was not evaluated like this.';
  const nearest = rows
    .map((row) => ({ hash: row.protocolHash, protocol: protocolOf(row) }))
    .filter(({ protocol }) => protocol.task === wanted.protocol.task)
    .flatMap((one) => {
      const difference = protocolDifference(wanted, one);
      return difference ? [{ one, difference }] : [];
    })
    .sort((a, b) => a.difference.reasons.length - b.difference.reasons.length)[0];
  if (!nearest) return 'It was not evaluated on this task.';
  const { one, difference } = nearest;
  return `It was not evaluated like this. Its nearest evaluation, “${protocolTitle(one.protocol)}”, differs in ${differenceText(difference)}.`;
}

/** The answers of one checkpoint. @throws AppError Incomparable */
export function requireAnswers(source: AnalysisSource, checkpointId: string, protocolHash: string): Answers {
  const { chosen, refused } = chooseEvaluations(source, [checkpointId], protocolHash);
  if (chosen[0]) return chosen[0].answers;
  throw new AppError(
    'Incomparable',
    `${source.checkpoint(checkpointId)?.name ?? checkpointId} cannot be compared here. ${refused[0]?.reason ?? ''}`,
    'Run the missing evaluation first, or choose checkpoints that were evaluated alike.',
  );
}

/** Runs' ways through training: the base and every checkpoint in order, where each stood. */
import type { Output, ResolvedInput } from '../../contract.ts';
import type { CheckpointQueries, CheckpointRow } from '../../db/checkpoints.ts';
import type { RunQueries } from '../../db/runs.ts';
import { accuracyOf, lengthOf, placesOf } from './answers.ts';
import { type AnalysisSource, newestEvaluations, protocolOf } from './chosen.ts';
import { byProtocol, protocolTitle } from './protocols.ts';

export interface PathSource extends AnalysisSource {
  readonly runs: Pick<RunQueries, 'byId'>;
  readonly checkpointsOfRun: CheckpointQueries['ofRun'];
}

/** Without a protocol, the one that most of these checkpoints were evaluated under; a removed run has no path. */
export function trainingPaths(
  source: PathSource,
  { runIds, protocolHash, tier }: ResolvedInput<'compare.paths'>,
): Output<'compare.paths'> {
  const ways = [...new Set(runIds)].flatMap((runId) => {
    const run = source.runs.byId(runId);
    if (!run) return [];
    const base = run.baseCheckpointId === null ? null : source.checkpoint(run.baseCheckpointId);
    const own = source.checkpointsOfRun(runId).toReversed();
    return [{ runId, name: run.name, base, own }];
  });
  const ids = ways.flatMap(({ base, own }) => [...(base ? [base] : []), ...own].map(({ id }) => id));
  const rows = newestEvaluations(source, ids);
  const protocols = [...Map.groupBy(rows, (row) => row.protocolHash)]
    .map(([hash, members]) => ({
      hash,
      protocol: protocolOf(members[0]!),
      checkpoints: members.length,
    }))
    .filter(({ protocol }) => protocol.mode === 'thinking')
    .sort((a, b) => b.checkpoints - a.checkpoints || byProtocol(a.protocol, b.protocol));
  const hash = protocolHash ?? protocols[0]?.hash ?? null;
  const pointOf = (checkpoint: CheckpointRow, step: number) => {
    const row = rows.find((one) => one.checkpointId === checkpoint.id && one.protocolHash === hash);
    const answers = row && source.answers(row.key);
    const places = answers && placesOf(answers, tier);
    return {
      checkpointId: checkpoint.id,
      name: checkpoint.name,
      step,
      evaluationId: row?.id ?? null,
      accuracy: answers && places ? accuracyOf(answers, places) : null,
      length: answers && places ? lengthOf(answers, places) : null,
    };
  };
  return {
    protocols: protocols.map(({ protocol, ...rest }) => ({ ...rest, title: protocolTitle(protocol) })),
    protocolHash: hash,
    paths: ways.map(({ runId, name, base, own }) => ({
      runId,
      name,
      points: [...(base ? [pointOf(base, 0)] : []), ...own.map((one) => pointOf(one, one.step))],
    })),
  };
}

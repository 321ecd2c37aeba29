/** The evaluations that checkpoints lack, and the runs that ask just these: what the others were asked, nothing beyond. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { EvaluationProtocol } from '../../../trainer/protocol.ts';
import { toCheckpoint } from '../../db/checkpoints.ts';
import type { RunRow } from '../../db/runs.ts';
import type { Context, Handlers } from '../context.ts';
import type { AskedRun, RunMaker } from '../create-run.ts';
import { findCheckpoint } from '../find.ts';
import { baseOf } from '../run-view.ts';
import { newestEvaluations, protocolOf, type Refused } from './chosen.ts';
import { protocolTitle } from './protocols.ts';

type MissingCalls = 'compare.missing' | 'compare.runMissing';

const storedSettings = z.record(z.string(), z.unknown());

/** One run to queue: a checkpoint, and the protocols it will be asked. */
interface PlannedEvaluation {
  readonly checkpointId: string;
  readonly protocols: readonly EvaluationProtocol[];
  readonly asked: AskedRun;
}

/** Protocols that one run of `evaluate` can ask: every task listed at every temperature and budget listed. */
interface Batch {
  readonly protocols: readonly EvaluationProtocol[];
  readonly settings: Readonly<Record<string, unknown>>;
}

const budgetsKey = (protocols: readonly EvaluationProtocol[]): string =>
  protocols
    .map(({ promptBudget, forcedBudget }) => `${promptBudget} ${forcedBudget}`)
    .sort()
    .join(',');

/** Those whose other key is the same, in one. */
function merged(
  groups: readonly EvaluationProtocol[][],
  keyOf: (own: EvaluationProtocol[]) => string,
): EvaluationProtocol[][] {
  return [...Map.groupBy(groups, keyOf).values()].map((alike) => alike.flat());
}

/**
 * Splits protocols into few runs that ask for nothing beyond them: tasks that share temperature and budgets go
 * together, then temperatures that share tasks and budgets.
 */
export function batchesOf(protocols: readonly EvaluationProtocol[]): Batch[] {
  const direct = protocols.filter(({ mode }) => mode === 'direct');
  const thinking = protocols.filter(({ mode }) => mode === 'thinking');
  const byPlace = [...Map.groupBy(thinking, ({ task, temperature }) => `${task} ${temperature}`).values()];
  const byTemperature = merged(byPlace, (own) => `${own[0]!.temperature} ${budgetsKey(own)}`);
  const together = merged(byTemperature, (own) => {
    const tasks = [...new Set(own.map(({ task }) => task))].sort();
    return tasks.map((task) => `${task} ${budgetsKey(own.filter((one) => one.task === task))}`).join('; ');
  });
  const batches = together.length === 0 && direct.length > 0 ? [[]] : together;
  // Direct prediction is asked along with the first batch that thinks about next tokens, or else with the first.
  const host = Math.max(
    0,
    batches.findIndex((own) => own.some(({ task }) => task === 'next-token')),
  );
  return batches.map((own, i) => {
    const withDirect = i === host ? [...own, ...direct] : own;
    const tasks = new Set(own.map(({ task }) => task));
    const numbers = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
    return {
      protocols: withDirect,
      settings: {
        nextTokenDirect: withDirect.some(({ mode }) => mode === 'direct'),
        nextTokenThinking: tasks.has('next-token'),
        restoration: tasks.has('restoration'),
        questions: tasks.has('question'),
        temperatures: numbers(own.map(({ temperature }) => temperature)),
        promptBudgets: numbers(
          own.flatMap(({ forcedBudget, promptBudget }) => (forcedBudget === null ? [promptBudget] : [])),
        ),
        forcedBudgets: numbers(own.flatMap(({ forcedBudget }) => forcedBudget ?? [])),
      },
    };
  });
}

export function missingEvaluations(context: Context, maker: RunMaker): Handlers<MissingCalls> {
  const { queries } = context;

  function planOf(
    checkpointIds: readonly string[],
    protocolHashes: readonly string[],
  ): { plan: PlannedEvaluation[]; skipped: Refused[] } {
    const plan: PlannedEvaluation[] = [];
    const skipped: Refused[] = [];
    const waiting = queries.runs.all().filter(isWaiting);
    for (const checkpointId of new Set(checkpointIds)) {
      const checkpoint = findCheckpoint(context, checkpointId);
      const present = new Set(newestEvaluations(queries, [checkpointId]).map((row) => row.protocolHash));
      const lacked = protocolHashes.filter((hash) => !present.has(hash));
      const bySource = Map.groupBy(lacked, (hash) => queries.evaluations.newestUnder(hash)?.runId ?? null);
      for (const [runId, hashes] of bySource) {
        const source = runId === null ? null : queries.runs.byId(runId);
        const problem = problemOf(source, checkpoint.tokenizerSha256);
        if (!source || problem !== null) {
          skipped.push({ checkpointId, reason: problem ?? 'No evaluation is left to take this from.' });
          continue;
        }
        const protocols = hashes.map((hash) => protocolOf(queries.evaluations.newestUnder(hash)!));
        for (const batch of batchesOf(protocols)) {
          const asked = askedLike(source, checkpointId, batch);
          if (waiting.some((run) => asksAlready(run, asked))) {
            skipped.push({ checkpointId, reason: 'This evaluation of it is queued or under way.' });
          } else plan.push({ checkpointId, protocols: batch.protocols, asked });
        }
      }
    }
    return { plan, skipped };
  }

  function problemOf(source: RunRow | null, tokenizerSha256: string): string | null {
    if (!source) return 'The evaluation to be repeated was removed.';
    const evaluated = source.baseCheckpointId && queries.checkpoints.byId(source.baseCheckpointId);
    if (!evaluated) return 'The checkpoint whose evaluation is to be repeated was removed.';
    if (evaluated.tokenizerSha256 !== tokenizerSha256) {
      return 'It has another tokenizer, so it cannot be asked the same prompts.';
    }
    const gone = [
      source.corpusName !== null && source.corpusId === null ? source.corpusName : null,
      source.questionsName !== null && source.questionsId === null ? source.questionsName : null,
    ].filter((name) => name !== null);
    return gone.length === 0 ? null : `The corpus ${gone.join(' and ')} was removed.`;
  }

  /** The same settings, corpora and tier reference, for these protocols alone. */
  function askedLike(source: RunRow, checkpointId: string, batch: Batch): AskedRun {
    const evaluated = findCheckpoint(context, source.baseCheckpointId!);
    const readsDocuments = batch.protocols.some(({ task }) => task !== 'question');
    const readsQuestions = batch.protocols.some(({ task }) => task === 'question');
    const settings = { ...storedSettings.parse(JSON.parse(source.settings)), ...batch.settings };
    return {
      stage: 'evaluate',
      name: `Evaluate ${findCheckpoint(context, checkpointId).name}`,
      settings,
      corpusId: readsDocuments ? source.corpusId : null,
      questionsId: readsQuestions ? source.questionsId : null,
      base: { kind: 'checkpoint', checkpointId },
      // By default the root of the lineage sets the tiers, and that may be another one here.
      tierReference: baseOf(source.tierCheckpointId, source.tierRunId) ?? {
        kind: 'checkpoint',
        checkpointId: evaluated.rootId,
      },
    };
  }

  return {
    'compare.missing': ({ checkpointIds, protocolHashes }) => {
      const { plan, skipped } = planOf(checkpointIds, protocolHashes);
      return {
        plan: plan.map(({ checkpointId, protocols }) => ({
          checkpoint: toCheckpoint(findCheckpoint(context, checkpointId)),
          titles: protocols.map(protocolTitle),
        })),
        skipped,
      };
    },
    'compare.runMissing': async ({ checkpointIds, protocolHashes }) => {
      const { plan, skipped } = planOf(checkpointIds, protocolHashes);
      const runs = plan.length === 0 ? [] : await maker.create(plan.map(({ asked }) => ({ asked })));
      return { runs, skipped };
    },
  };
}

const WAITING: readonly RunRow['state'][] = ['queued', 'running', 'pausing', 'paused'];
const isWaiting = (run: RunRow): boolean => run.stage === 'evaluate' && WAITING.includes(run.state);

function asksAlready(run: RunRow, asked: AskedRun): boolean {
  if (asked.base?.kind !== 'checkpoint' || run.baseCheckpointId !== asked.base.checkpointId) return false;
  return isDeepStrictEqual(JSON.parse(run.settings), JSON.parse(JSON.stringify(asked.settings)));
}

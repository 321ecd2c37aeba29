import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { engineReport } from '../../trainer/engine-report.ts';
import { estimateRun, modelOf, modelOfBase } from '../../trainer/estimate.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import { engineRequest } from './app.ts';
import type { Context } from './context.ts';
import { findRun } from './find.ts';
import { type CheckedRun, checkRun } from './new-run.ts';
import { latestValues } from './run-view.ts';
import { fromWorkspace } from './workspace-paths.ts';

/** FLOP/s of small models on a few CPU cores, where no run was measured yet: from WASM on one core to native code. */
const GENERAL_RATE = { low: 5e9, high: 100e9 };
/** Stages differ in how well they fill the processor. */
const MEASURED_SPREAD = 1.6;
const MIN_MEASURED_S = 2;

const engineName = z.object({ name: z.string() });

/** @throws AppError as `runs.create` would */
export function estimate(context: Context, asked: ResolvedInput<'runs.estimate'>): Output<'runs.estimate'> {
  const checked = checkRun(context, asked);
  const corpus = checked.documents ?? checked.questions;
  const measured = measuredRate(context);
  const engine = expectedEngine(context);
  const rate = measured
    ? { low: measured.rate / MEASURED_SPREAD, high: measured.rate * MEASURED_SPREAD }
    : GENERAL_RATE;
  return {
    ...estimateRun({
      stage: asked.stage,
      settings: checked.settings,
      base: checked.base && baseModel(context, checked.base),
      corpus: corpus && {
        documents: corpus.trainDocuments + corpus.validationDocuments,
        bytes: corpus.bytes,
      },
      rate,
      machine: {
        threads: context.queries.settings.get('threads', z.number(), 0) || availableParallelism(),
        memoryBytes: totalmem(),
      },
      engine: engine === 'kernels-wasm' ? 'kernels-wasm' : 'kernels-native',
    }),
    memoryNote: engine?.startsWith('kernels-') === false ? notEstimated(engine) : null,
    basis: measured
      ? `measured in “${measured.name}” (${(measured.rate / 1e9).toFixed(1)} GFLOP/s${measured.engine})`
      : 'a general rate of 5 to 100 GFLOP/s: nothing was run here yet',
  };
}

/** The engine that is asked for, or else was last taken; null where none was yet. */
function expectedEngine(context: Context): string | null {
  const { request } = engineRequest(context);
  if (request !== 'auto') return request;
  return context.queries.settings.get('engineReport', engineReport.nullable(), null)?.name ?? null;
}

const notEstimated = (engine: string): string =>
  `The memory is what the CPU kernels would take: ${engine} is not estimated and may take several times as much.`;

/** Sizes of the model a run starts from: its checkpoint's, or those that a run yet to come will make. */
function baseModel(
  context: Context,
  base: NonNullable<CheckedRun['base']>,
): ReturnType<typeof modelOf> | null {
  if (base.checkpoint) {
    const folder = fromWorkspace(context.folder, base.checkpoint.folder);
    return modelOfBase(readFileSync(join(folder, 'config.json'), 'utf8'));
  }
  for (let id = base.runId; id !== null; ) {
    const row = findRun(context, id);
    if (row.stage === 'pretrain')
      return modelOf(z.record(z.string(), z.unknown()).parse(JSON.parse(row.settings)));
    id = row.baseRunId;
  }
  return null;
}

/** What the newest run that trained for a while reached on this machine. */
function measuredRate({ queries }: Context): { rate: number; name: string; engine: string } | null {
  for (const row of queries.runs.all()) {
    const { flops, wall_time: seconds } = latestValues.parse(JSON.parse(row.latest));
    if (flops === undefined || seconds === undefined || seconds < MIN_MEASURED_S) continue;
    const engine = row.engine === null ? '' : ` on ${engineName.parse(JSON.parse(row.engine)).name}`;
    return { rate: flops / seconds, name: row.name, engine };
  }
  return null;
}

/** `runs.diagnose`: why a run learns nothing. */
import { z } from 'zod';
import type { StoredSample } from '../contract/runs.ts';
import { DEFAULT_STALL_THRESHOLDS, type StallThresholds } from '../contract/stall-thresholds.ts';
import { stallOverrides } from '../contract/stalls.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import type { Queries } from '../db/queries.ts';
import type { RunRow } from '../db/runs.ts';
import { decodeChunks } from '../series/chunk.ts';
import { diagnoseRun } from '../stalls/diagnose.ts';
import { windowSize } from '../stalls/evidence.ts';
import type { Context, Handlers } from './context.ts';

const SETTING = 'stallThresholds';
const storedSettings = z.record(z.string(), z.unknown());

/** Steps with samples that are looked at, and rollouts of each. */
const MOST_STEPS = 5;
const MOST_SAMPLES = 1000;

export function thresholdsOf({ settings }: Pick<Queries, 'settings'>): StallThresholds {
  return withOverrides(DEFAULT_STALL_THRESHOLDS, settings.get(SETTING, stallOverrides, {}));
}

function withOverrides(
  thresholds: StallThresholds,
  overrides: z.infer<typeof stallOverrides>,
): StallThresholds {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...thresholds, ...Object.fromEntries(given) };
}

export function readDiagnosis(
  queries: Pick<Queries, 'settings' | 'metrics' | 'samples'>,
  run: RunRow,
  asked: ResolvedInput<'runs.diagnose'>['thresholds'],
): Output<'runs.diagnose'> {
  const thresholds = withOverrides(thresholdsOf(queries), asked);
  const series = new Map(
    queries.metrics
      .seriesOfRun(run.key)
      .filter(({ points }) => points > 0)
      .map(({ id, name }) => [name, decodeChunks(queries.metrics.chunks(id))]),
  );
  const fromStep = run.step - windowSize(run.step, thresholds);
  return diagnoseRun(
    {
      settings: storedSettings.parse(JSON.parse(run.settings)),
      series,
      samples: samplesFrom(queries, run.key, fromStep),
    },
    thresholds,
  );
}

/** Of the newest steps of the window; of the newest step there is, where none was kept in it. */
function samplesFrom(
  { samples }: Pick<Queries, 'samples'>,
  runKey: number,
  fromStep: number,
): StoredSample[] {
  const steps = samples.steps(runKey);
  const within = steps.filter((step) => step >= fromStep);
  const looked = within.length > 0 ? within.slice(-MOST_STEPS) : steps.slice(-1);
  return looked.flatMap((step) => samples.page(runKey, step, MOST_SAMPLES, 0));
}

export function stallHandlers({
  queries,
}: Pick<Context, 'queries'>): Handlers<'stalls.thresholds' | 'stalls.setThresholds'> {
  return {
    'stalls.thresholds': () => thresholdsOf(queries),
    'stalls.setThresholds': ({ thresholds }) => {
      queries.settings.set(SETTING, thresholds ?? {});
      return thresholdsOf(queries);
    },
  };
}

/** Sweeps: one plan, many runs; all of them are queued or none. */
import { resolveStage, type StageName, stageDeclarations } from '../../trainer/config/stages.ts';
import { type Sweep, type SweepPlan, sweepPlan } from '../contract/sweeps.ts';
import type { Output } from '../contract.ts';
import type { SweepRow } from '../db/sweeps.ts';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Combination, combinationText, plannedCount, plannedRuns } from '../sweeps/plan.ts';
import { queueLimit } from './app.ts';
import type { Context, Handlers } from './context.ts';
import type { RunMaker } from './create-run.ts';
import { estimate } from './estimates.ts';

type SweepCalls = 'sweeps.preview' | 'sweeps.create';
type Preview = Output<'sweeps.preview'>;

const SHOWN_RUNS = 100;
/** More than any queue takes: of such plans only the first runs are looked at. */
const TOO_MANY = 10_000;
/** Runs whose time is estimated one by one; the others take their mean. */
const ESTIMATED_RUNS = 20;

interface Checked {
  readonly valid: readonly Combination[];
  readonly invalid: Preview['invalid'];
  /** Combinations × seeds that would run, exact or, for plans that no queue takes, as planned. */
  readonly count: number;
}

export function sweepHandlers(context: Context, maker: RunMaker): Handlers<SweepCalls> {
  const { queries } = context;

  const toSweep = ({ id, name, createdAtMs, plan }: SweepRow): Sweep => ({
    id,
    name,
    createdAtMs,
    plan: sweepPlan.parse(JSON.parse(plan)),
    runIds: queries.sweeps.runIds(id),
  });

  return {
    'sweeps.preview': (plan) => {
      const { valid, invalid, count } = check(plan);
      return {
        count,
        runs: valid
          .slice(0, SHOWN_RUNS)
          .map((settings) => ({ name: combinationText(settings) || nameOfOnly(plan), settings })),
        invalid,
        durationS: duration(context, plan, valid, count),
        queueRoom: Math.max(0, queueLimit(context) - queries.runs.queued().length),
      };
    },
    'sweeps.create': async ({ name, plan }) => {
      const { valid, invalid, count } = check(plan);
      maker.nextPlace(count);
      const first = invalid[0];
      if (first && !plan.skipInvalid) {
        throw new AppError(
          'InvalidSettings',
          `${invalid.length} of the combinations cannot run: ${combinationText(first.settings)}: ${first.message}`,
          `${first.wayOut} Or leave such combinations out.`,
          { settings: Object.keys(first.settings) },
        );
      }
      if (valid.length === 0) {
        throw new AppError('InvalidSettings', 'No combination of the sweep can run.', 'Change its values.');
      }
      const row = { id: newId(), name, createdAtMs: Date.now(), plan: JSON.stringify(plan) };
      const runs = await maker.create(
        valid.map((settings) => ({
          asked: {
            ...plan.shared,
            name: [name, combinationText(settings)].filter(Boolean).join(': ').slice(0, 200),
            settings: { ...plan.shared.settings, ...settings },
          },
          provenance: { sweepId: row.id },
        })),
        () => queries.sweeps.add(row),
      );
      return { sweep: toSweep(row), runs };
    },
  };
}

function nameOfOnly({ shared }: SweepPlan): string {
  return stageDeclarations[shared.stage].label;
}

/** @throws AppError InvalidSettings for axes that mean nothing */
function check(plan: SweepPlan): Checked {
  const valid: Combination[] = [];
  const invalid: Preview['invalid'] = [];
  const planned = plannedCount(plan);
  for (const settings of plannedRuns(plan)) {
    if (planned > TOO_MANY && valid.length + invalid.length === SHOWN_RUNS) {
      return { valid, invalid, count: planned };
    }
    const problem = problemOf(plan.shared.stage, { ...plan.shared.settings, ...settings });
    if (problem) invalid.push({ settings, ...problem });
    else valid.push(settings);
  }
  return { valid, invalid, count: valid.length };
}

function problemOf(
  stage: StageName,
  settings: Record<string, unknown>,
): { message: string; wayOut: string } | null {
  const { problems } = resolveStage(stage, settings);
  const first = problems[0];
  return first ? { message: first.message, wayOut: first.wayOut } : null;
}

/** @throws AppError as `runs.create` where the shared part cannot run */
function duration(
  context: Context,
  plan: SweepPlan,
  valid: readonly Combination[],
  count: number,
): Preview['durationS'] {
  const looked = valid.slice(0, ESTIMATED_RUNS).map((settings) => {
    const asked = { ...plan.shared, settings: { ...plan.shared.settings, ...settings } };
    return estimate(context, asked).durationS;
  });
  const mean = (end: 'low' | 'high'): number =>
    looked.reduce((sum, one) => sum + one[end], 0) / Math.max(1, looked.length);
  return { low: count * mean('low'), high: count * mean('high') };
}

/** What a sweep's plan stands for: settings of one run after another. Pure. */
import type { Setting, Settings } from '../../trainer/config/setting.ts';
import { type StageName, stageSettings } from '../../trainer/config/stages.ts';
import type { RandomAxis, SweepPlan } from '../contract/sweeps.ts';
import { AppError } from '../errors.ts';
import { uniformDraws } from '../statistics/random.ts';

/** Settings that differ from the shared ones. */
export type Combination = Readonly<Record<string, unknown>>;

/** How often a random plan draws again for a combination it has already. */
const TRIES_EACH = 20;

/** Combinations × seeds; random plans may find fewer different ones. */
export function plannedCount({ axes, seeds }: SweepPlan): number {
  const combinations =
    axes.kind === 'grid' ? axes.axes.reduce((product, { values }) => product * values.length, 1) : axes.count;
  return combinations * Math.max(1, seeds.length);
}

/**
 * Every run's own settings: seeds of a combination stand together, the last axis of a grid moves fastest.
 * @throws AppError InvalidSettings for axes that mean nothing
 */
export function* plannedRuns(plan: SweepPlan): Generator<Combination> {
  checkAxes(plan);
  for (const combination of combinations(plan)) {
    if (plan.seeds.length === 0) yield combination;
    for (const seed of plan.seeds) yield { ...combination, seed };
  }
}

function combinations({ axes, shared }: SweepPlan): Iterable<Combination> {
  return axes.kind === 'grid' ? gridOf(axes.axes, 0) : drawsOf(axes, stageSettings[shared.stage]);
}

type GridAxes = Extract<SweepPlan['axes'], { kind: 'grid' }>['axes'];

function* gridOf(axes: GridAxes, from: number): Generator<Combination> {
  const axis = axes[from];
  if (!axis) {
    yield {};
    return;
  }
  for (const value of axis.values) {
    for (const rest of gridOf(axes, from + 1)) yield { [axis.setting]: value, ...rest };
  }
}

function* drawsOf(
  { axes, count, seed }: Extract<SweepPlan['axes'], { kind: 'random' }>,
  settings: Settings,
): Generator<Combination> {
  const below = uniformDraws(seed);
  const seen = new Set<string>();
  for (let tries = 0; seen.size < count && tries < count * TRIES_EACH; tries++) {
    const drawn = Object.fromEntries(
      axes.map((axis) => [axis.setting, draw(axis, settings[axis.setting], below)]),
    );
    const key = JSON.stringify(drawn);
    if (seen.has(key)) continue;
    seen.add(key);
    yield drawn;
  }
}

/** Steps of a draw between two ends: fine enough for any setting, and whole numbers draw exactly. */
const RESOLUTION = 2 ** 30;
const DIGITS = 4;

function draw(
  { draw: how }: RandomAxis,
  setting: Setting | undefined,
  below: (n: number) => number,
): unknown {
  if (how.kind === 'choice') return how.values[below(how.values.length)];
  const whole = setting?.kind === 'number' && setting.integer === true;
  if (how.kind === 'uniform' && whole) {
    const low = Math.ceil(how.low);
    return low + below(Math.floor(how.high) - low + 1);
  }
  const share = below(RESOLUTION) / (RESOLUTION - 1);
  const value =
    how.kind === 'uniform' ? how.low + share * (how.high - how.low) : how.low * (how.high / how.low) ** share;
  return whole ? Math.round(value) : Number(value.toPrecision(DIGITS));
}

function checkAxes({ axes, seeds, shared }: SweepPlan): void {
  const names = axes.axes.map(({ setting }) => setting);
  for (const name of names) checkName(name, shared.stage, names, seeds);
  if (axes.kind === 'random') for (const axis of axes.axes) checkDraw(axis, stageSettings[shared.stage]);
}

const refuse = (message: string, wayOut: string, settings: readonly string[]): never => {
  throw new AppError('InvalidSettings', message, wayOut, { settings });
};

function checkName(name: string, stage: StageName, names: readonly string[], seeds: readonly number[]): void {
  if (!Object.hasOwn(stageSettings[stage], name)) {
    refuse(`${stage} has no setting “${name}”.`, `\`midtrain run ${stage} --help\` lists them.`, [name]);
  }
  if (names.indexOf(name) !== names.lastIndexOf(name)) {
    refuse(`The sweep goes through “${name}” twice.`, 'Put all its values on one axis.', [name]);
  }
  if (name === 'seed' && seeds.length > 0) {
    refuse('The sweep has seeds and an axis of seeds.', 'Keep one of the two.', [name]);
  }
}

function checkDraw({ setting: name, draw: how }: RandomAxis, settings: Settings): void {
  if (how.kind === 'choice') return;
  if (settings[name]?.kind !== 'number') {
    refuse(`“${name}” is not a number, so it has no range.`, 'Give a list of values to choose from.', [name]);
  }
  if (!(how.low <= how.high)) {
    refuse(`The range of “${name}” ends below its start.`, 'Put the lower end first.', [name]);
  }
  if (how.kind === 'log-uniform' && !(how.low > 0)) {
    refuse(`A logarithmic range of “${name}” starts above 0.`, 'Raise its lower end, or draw it uniformly.', [
      name,
    ]);
  }
  const setting = settings[name];
  const whole = setting?.kind === 'number' && setting.integer === true;
  if (how.kind === 'uniform' && whole && Math.floor(how.high) < Math.ceil(how.low)) {
    refuse(`There is no whole number in the range of “${name}”.`, 'Widen it.', [name]);
  }
}

const NAME_PARTS = 4;

/** “learningRate=0.001, seed=2”: what tells a run of a sweep from the others. */
export function combinationText(combination: Combination): string {
  const parts = Object.entries(combination).map(([name, value]) => `${name}=${valueText(value)}`);
  const shown = parts.slice(0, NAME_PARTS).join(', ');
  return parts.length > NAME_PARTS ? `${shown} …` : shown;
}

const valueText = (value: unknown): string => (Array.isArray(value) ? value.join('/') : String(value));

/** A sweep that is being set up: axes as they are typed, and the plan they stand for. Pure. */
import type { RandomAxis } from '../../electron/contract/sweeps.ts';
import type { Input } from '../../electron/contract.ts';
import type { Setting } from '../../trainer/config/setting.ts';
import { newRunOf, type RunDraft, settingsOf, valueFromText } from './run-draft.ts';
import type { SweepDraft } from './sweep-text.ts';

export type SweepPlan = Input<'sweeps.create'>['plan'];
/** What is wrong, by axis; `seeds` for those. */
export type SweepProblems = ReadonlyMap<string, string>;

const listed = (setting: Setting, text: string): unknown[] | null => {
  const isList = setting.kind === 'mix' || setting.kind === 'numbers';
  const parts = text.split(isList ? '|' : ',').map((part) => part.trim());
  const values = parts.filter(Boolean).map((part) => valueFromText(setting, part));
  return values.length > 0 && values.every((value) => value !== null) ? values : null;
};

const RANGE = /^(log\s+)?(\S+)\s*\.\.\s*(\S+)$/;

function drawOf(setting: Setting, text: string): RandomAxis['draw'] | null {
  const range = RANGE.exec(text.trim());
  if (!range) {
    const values = listed(setting, text);
    return values && { kind: 'choice', values };
  }
  const [low, high] = [Number(range[2]), Number(range[3])];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
  return { kind: range[1] ? 'log-uniform' : 'uniform', low, high };
}

/** `0, 1, 2` or `0..4`; empty for none; null for what is no list of seeds. */
export function seedsOf(text: string): number[] | null {
  if (text.trim() === '') return [];
  const range = /^\s*(\d+)\s*\.\.\s*(\d+)\s*$/.exec(text);
  const [from, to] = [Number(range?.[1]), Number(range?.[2])];
  const seeds = range
    ? Array.from({ length: Math.max(0, Math.min(to - from + 1, 1000)) }, (_, i) => from + i)
    : text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return seeds.length > 0 && seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0) ? seeds : null;
}

export function sweepPlanOf(
  draft: RunDraft,
  sweep: SweepDraft,
): { plan: SweepPlan; problems: SweepProblems } {
  const settings = settingsOf(draft.stage);
  const problems = new Map<string, string>();
  const grid: { setting: string; values: unknown[] }[] = [];
  const random: RandomAxis[] = [];
  for (const { setting: name, values: text } of sweep.axes) {
    const setting = settings[name];
    if (!setting) {
      problems.set(name, 'This stage has no such setting.');
    } else if (sweep.kind === 'grid') {
      const values = listed(setting, text);
      if (values) grid.push({ setting: name, values });
      else problems.set(name, 'Values, with commas between them.');
    } else {
      const draw = drawOf(setting, text);
      if (draw) random.push({ setting: name, draw });
      else problems.set(name, 'A range such as 4..16 or log 1e-6..1e-3, or values with commas between them.');
    }
  }
  const seeds = seedsOf(sweep.seeds);
  if (!seeds) problems.set('seeds', 'Whole numbers with commas between them, or a range such as 0..4.');
  const axes: SweepPlan['axes'] =
    sweep.kind === 'grid'
      ? { kind: 'grid', axes: grid }
      : { kind: 'random', axes: random, count: sweep.count };
  return { plan: { axes, seeds: seeds ?? [], shared: newRunOf(draft), skipInvalid: true }, problems };
}

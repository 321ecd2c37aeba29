/** Axes of a sweep as the command line writes them. */
import { InvalidArgumentError } from 'commander';
import type { Setting } from '../../trainer/config/setting.ts';
import { type StageName, stageSettings } from '../../trainer/config/stages.ts';
import type { RandomAxis, SweepPlan } from '../contract/sweeps.ts';
import { parseSetting } from './setting-flags.ts';

type GridAxis = Extract<SweepPlan['axes'], { kind: 'grid' }>['axes'][number];

function split(text: string, flag: string): [name: string, rest: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidArgumentError(`${flag} ${text}: use NAME=VALUES.`);
}

/** Values between commas; between bars where a value is a list itself. */
function valuesOf(setting: Setting | undefined, text: string): unknown[] {
  const isList = setting?.kind === 'mix' || setting?.kind === 'numbers';
  return text.split(isList ? '|' : ',').map((part) => (setting ? parseSetting(setting, part.trim()) : part));
}

/** `learningRate=1e-5,1e-4` */
export function gridAxis(stage: StageName, text: string): GridAxis {
  const [name, rest] = split(text, '--grid');
  const settings: Readonly<Record<string, Setting>> = stageSettings[stage];
  return { setting: name, values: valuesOf(settings[name], rest) };
}

const RANGE = /^(log:)?([^,|]+?)\.\.([^,|]+)$/;

/** `learningRate=log:1e-6..1e-3`, `numGenerations=4..16`, `lossType=grpo,dapo` */
export function randomAxis(stage: StageName, text: string): RandomAxis {
  const [name, rest] = split(text, '--random');
  const range = RANGE.exec(rest);
  if (!range) {
    const settings: Readonly<Record<string, Setting>> = stageSettings[stage];
    return { setting: name, draw: { kind: 'choice', values: valuesOf(settings[name], rest) } };
  }
  const [low, high] = [Number(range[2]), Number(range[3])];
  if (Number.isNaN(low) || Number.isNaN(high)) {
    throw new InvalidArgumentError(`--random ${text}: use NAME=LOW..HIGH with numbers.`);
  }
  return { setting: name, draw: { kind: range[1] ? 'log-uniform' : 'uniform', low, high } };
}

/** `0,1,2` or `0..4`, both ends included. */
export function seedList(text: string): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  const seeds = range
    ? Array.from(
        { length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) },
        (_, i) => Number(range[1]) + i,
      )
    : text.split(',').map(Number);
  if (seeds.length > 0 && seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) return seeds;
  throw new InvalidArgumentError(`“${text}” is no list of seeds: use 0,1,2 or 0..4.`);
}

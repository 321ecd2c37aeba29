/** Findings of a run from its metrics and the rollouts kept of its last steps. Pure. */

import type { StoredSample } from '../contract/runs.ts';
import type { StallThresholds } from '../contract/stall-thresholds.ts';
import type { Finding, StallKind } from '../contract/stalls.ts';
import type { Output } from '../contract.ts';
import type { Points } from '../series/chunk.ts';
import { type Measured, measure } from './evidence.ts';
import type { Facts, Found } from './rule.ts';
import { RULES } from './rules.ts';

export interface Diagnosed {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly series: ReadonlyMap<string, Points>;
  /** Of the last steps that samples were kept of. */
  readonly samples: readonly StoredSample[];
}

/** As many offending rollouts are named, of different prompts. */
const MOST_SAMPLES = 12;

export function diagnoseRun(run: Diagnosed, thresholds: StallThresholds): Output<'runs.diagnose'> {
  const measured = new Map(
    [...run.series].map(([name, points]): [string, Measured] => [name, measure(name, points, thresholds)]),
  );
  const broken = [...measured].flatMap(([name, { brokenSteps }]) =>
    brokenSteps.length === 0 ? [] : [{ name, steps: brokenSteps }],
  );
  const facts: Facts = {
    thresholds,
    settings: run.settings,
    metric: (name) => measured.get(name) ?? null,
    broken,
  };
  const checked = RULES.map(({ kind, needs }) => ({ kind, ...possible(needs, measured, thresholds) }));
  const findings = RULES.filter((_, i) => checked[i]!.possible).flatMap((rule): Finding[] => {
    const found = rule.find(facts);
    return found ? [{ ...found, samples: offending(found, run.samples) }] : [];
  });
  const weight = { problem: 0, notice: 1 };
  return { findings: findings.sort((a, b) => weight[a.severity] - weight[b.severity]), checked, thresholds };
}

function possible(
  needs: readonly string[],
  measured: ReadonlyMap<string, Measured>,
  { minSteps }: StallThresholds,
): { possible: boolean; why: string } {
  const missing = needs.filter((name) => !measured.has(name));
  if (missing.length > 0) return { possible: false, why: `Not recorded: ${missing.join(', ')}.` };
  const short = needs.find((name) => measured.get(name)!.count < minSteps);
  if (short === undefined)
    return { possible: true, why: needs.length === 0 ? 'All metrics.' : needs.join(', ') };
  return {
    possible: false,
    why: `${measured.get(short)!.count} points of ${short} so far; ${minSteps} are needed.`,
  };
}

/** Worst first; one of each prompt. */
function offending({ kind }: Found, samples: readonly StoredSample[]): Finding['samples'] {
  const wanted = worst(kind, samples);
  const seen = new Set<string>();
  return wanted
    .filter(({ step, promptIndex }) => {
      const key = `${step} ${promptIndex}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, MOST_SAMPLES)
    .map(({ id, step, promptIndex }) => ({ id, step, promptIndex }));
}

function worst(kind: StallKind, samples: readonly StoredSample[]): readonly StoredSample[] {
  const newestFirst = samples.toSorted((a, b) => b.step - a.step || a.promptIndex - b.promptIndex);
  switch (kind) {
    case 'truncation':
      return newestFirst
        .filter((sample) => sample.truncated)
        .sort((a, b) => b.step - a.step || b.thinkingLength - a.thinkingLength);
    case 'zero-variance':
      return tiedOf(newestFirst);
    case 'entropy-collapse':
      return tiedOf(
        newestFirst,
        (a, b) => a.thinkingText === b.thinkingText && a.answerText === b.answerText,
      );
    case 'length-hacking':
      return newestFirst
        .filter((sample) => (sample.rewards.match ?? 1) === 0 && sample.budget !== null)
        .sort((a, b) => Math.abs(a.thinkingLength - a.budget!) - Math.abs(b.thinkingLength - b.budget!));
    case 'reward-saturation':
      return newestFirst.toSorted((a, b) => b.reward - a.reward);
    case 'dead-gradients':
      return tiedOf(newestFirst);
    case 'exploding-gradients':
      return newestFirst.toSorted((a, b) => Math.abs(b.advantage) - Math.abs(a.advantage));
    case 'not-finite':
      return [];
    default:
      return kind satisfies never;
  }
}

/** Rollouts of groups that are all alike, lowest reward first. */
function tiedOf(
  samples: readonly StoredSample[],
  alike = (a: StoredSample, b: StoredSample): boolean => Math.abs(a.reward - b.reward) < 1e-9,
): StoredSample[] {
  const groups = new Map<string, StoredSample[]>();
  for (const sample of samples) {
    const key = `${sample.step} ${sample.promptIndex}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1 && group.every((sample) => alike(sample, group[0]!)))
    .flat()
    .sort((a, b) => b.step - a.step || a.reward - b.reward);
}

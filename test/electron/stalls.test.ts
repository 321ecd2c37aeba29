/** Real short runs made to stall, each for one reason; and the rules on numbers made up for them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { diagnosisText } from '../../electron/cli/diagnosis-text.ts';
import type { StoredSample } from '../../electron/contract/runs.ts';
import { DEFAULT_STALL_THRESHOLDS, type StallThresholds } from '../../electron/contract/stall-thresholds.ts';
import type { StallKind } from '../../electron/contract/stalls.ts';
import type { Output } from '../../electron/contract.ts';
import { diagnoseRun } from '../../electron/stalls/diagnose.ts';
import { highestReward } from '../../electron/stalls/rule.ts';
import { openWorkspace, type Workspace } from '../../electron/workspace.ts';
import { sampleRecord } from '../renderer/fixtures.ts';
import { runIn, temporaryFolder } from './support.ts';

type Diagnosis = Output<'runs.diagnose'>;
const kindsOf = ({ findings }: Diagnosis): StallKind[] => findings.map(({ kind }) => kind);
const find = ({ findings }: Diagnosis, kind: StallKind) => findings.find((finding) => finding.kind === kind);

const MINUTE = 60_000;
const SHORT = {
  promptsPerStep: 4,
  numGenerations: 4,
  documentsPerStep: 8,
  maxDocumentTokens: 64,
  maxSteps: 12,
  sampleSteps: 3,
};

describe('real runs that were made to stall', () => {
  const diagnoses = new Map<string, Diagnosis>();
  const runs = new Map<string, string>();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await openWorkspace(temporaryFolder(), { closeGraceMs: 2000 });
    const { corpusId, baseCheckpointId } = await workspace.call('sample.install', {});
    const base = { kind: 'checkpoint', checkpointId: baseCheckpointId! } as const;
    const made = [
      ['truncated', 'rmt', { maxThinkingTokens: 1 }],
      ['rate 0', 'rmt', { learningRate: 0 }],
      ['cold', 'rmt', { temperature: 0.01 }],
      ['healthy', 'rmt', { learningRate: 1e-4, maxThinkingTokens: 48 }],
    ] as const;
    for (const [name, stage, settings] of made) {
      const all = { ...SHORT, ...settings };
      const { id } = await workspace.call('runs.create', { stage, name, corpusId, base, settings: all });
      runs.set(name, id);
    }
    for (const [name, id] of runs) {
      const run = await runIn(workspace, id, 'finished', 'failed');
      expect(run.reason).toBeNull();
      diagnoses.set(name, await workspace.call('runs.diagnose', { runId: id }));
    }
    return () => workspace.close();
  }, 3 * MINUTE);

  it('all rollouts truncated: says so, with the cap, and shows them', async () => {
    const diagnosis = diagnoses.get('truncated')!;
    expect(kindsOf(diagnosis).slice(0, 2)).toEqual(['truncation', 'zero-variance']);
    const finding = find(diagnosis, 'truncation')!;
    expect(finding.severity).toBe('problem');
    expect(finding.text).toContain('thinking cap of 1 token ');
    expect(finding.settings).toContain('maxThinkingTokens');
    expect(finding.evidence[0]).toMatchObject({ metric: 'completions/clipped_ratio', against: 0.3 });
    expect(finding.evidence[0]!.value).toBeGreaterThan(0.9);
    expect(finding.samples.length).toBeGreaterThan(0);
    for (const { id, step, promptIndex } of finding.samples) {
      const runId = runs.get('truncated')!;
      const { samples } = await workspace.call('runs.samples', { runId, step, limit: 1000 });
      expect(samples.find((one) => one.id === id)).toMatchObject({ step, promptIndex, truncated: true });
    }
    // What ties the groups is named where it ties them.
    expect(find(diagnosis, 'zero-variance')?.settings).toEqual(['maxThinkingTokens']);
  });

  it('a learning rate of 0: says so', () => {
    const diagnosis = diagnoses.get('rate 0')!;
    expect(find(diagnosis, 'dead-gradients')).toMatchObject({
      severity: 'problem',
      title: 'The learning rate is 0',
    });
    expect(find(diagnosis, 'truncation')).toBeUndefined();
  });

  it('a temperature near 0: groups without spread, because of it, with the groups', async () => {
    const diagnosis = diagnoses.get('cold')!;
    const finding = find(diagnosis, 'zero-variance')!;
    expect(finding.settings).toEqual(['temperature']);
    expect(finding.evidence[0]!.value).toBeGreaterThan(0.8);
    expect(finding.samples.length).toBeGreaterThan(0);
    const [{ step, promptIndex } = { step: 0, promptIndex: 0 }] = finding.samples;
    const { samples } = await workspace.call('runs.samples', { runId: runs.get('cold')!, step });
    const group = samples.filter((sample) => sample.promptIndex === promptIndex);
    expect(group).toHaveLength(4);
    expect(new Set(group.map(({ reward }) => reward)).size).toBe(1);
  });

  it('in words, for the terminal', () => {
    const text = diagnosisText(diagnoses.get('truncated')!);
    expect(text).toMatch(/^Problem: Rollouts cut off\n/);
    expect(text).toMatch(/What to change: Raise the thinking cap \(maxThinkingTokens\)/);
    expect(text).toMatch(/Truncated .* 0\.3 \(threshold\)/);
    expect(text).toMatch(/Rollouts: step 12, prompt \d/);
    expect(diagnosisText(diagnosed({}, {}))).toContain('Not looked at: truncation. Not recorded');
  });

  it('none of these in a run that works', () => {
    const diagnosis = diagnoses.get('healthy')!;
    expect(diagnosis.findings.filter(({ severity }) => severity === 'problem')).toEqual([]);
    expect(diagnosis.checked.every(({ possible }) => possible)).toBe(true);
  });

  it('by the workspace’s own thresholds, once set, and the declared ones again', async () => {
    const runId = runs.get('healthy')!;
    const own = await workspace.call('stalls.setThresholds', { thresholds: { zeroVarianceShare: 0 } });
    expect(own).toEqual({ ...DEFAULT_STALL_THRESHOLDS, zeroVarianceShare: 0 });
    expect(kindsOf(await workspace.call('runs.diagnose', { runId }))).toContain('zero-variance');
    const asked = { runId, thresholds: { zeroVarianceShare: 0.99 } };
    expect(kindsOf(await workspace.call('runs.diagnose', asked))).not.toContain('zero-variance');
    await workspace.call('stalls.setThresholds', { thresholds: null });
    expect(await workspace.call('stalls.thresholds', {})).toEqual(DEFAULT_STALL_THRESHOLDS);
  });
});

const STEPS = 60;
type Curve = number | ((share: number) => number);

/** A run whose metrics follow these curves over its steps, from share 0 to 1. */
function diagnosed(
  curves: Readonly<Record<string, Curve>>,
  settings: Readonly<Record<string, unknown>> = {},
  samples: readonly StoredSample[] = [],
  steps = STEPS,
  thresholds: Partial<StallThresholds> = {},
): Diagnosis {
  const at = Float64Array.from({ length: steps }, (_, i) => i + 1);
  const series = new Map(
    Object.entries(curves).map(([name, curve]) => [
      name,
      {
        steps: at,
        values: at.map((step) => (typeof curve === 'number' ? curve : curve(step / steps))),
      },
    ]),
  );
  return diagnoseRun({ settings, series, samples }, { ...DEFAULT_STALL_THRESHOLDS, ...thresholds });
}

describe('the rules', () => {
  const WELL = {
    reward: (share: number) => 0.2 + 0.5 * share,
    frac_reward_zero_std: 0.3,
    'completions/clipped_ratio': 0.02,
    entropy: (share: number) => 0.8 - 0.4 * share,
    grad_norm: 0.5,
    learning_rate: 1e-4,
    'rewards/match/mean': (share: number) => 0.3 + 0.5 * share,
    'thinking/mean_length': 12,
    'budget/target': 12,
  };

  const FLAT = { reward: 0.4, 'rewards/match/mean': 0.4 };

  it('find nothing in a run that learns', () => {
    expect(diagnosed(WELL).findings).toEqual([]);
    expect(diagnosed(WELL).checked.map(({ possible }) => possible)).not.toContain(false);
  });

  it('call tied groups a notice while the reward still rises, and a problem once it does not', () => {
    const tied = { ...WELL, frac_reward_zero_std: 0.9 };
    expect(find(diagnosed(tied), 'zero-variance')?.severity).toBe('notice');
    expect(find(diagnosed({ ...tied, ...FLAT }), 'zero-variance')?.severity).toBe('problem');
  });

  it('tell a task too hard from one that is solved', () => {
    const tied = { ...WELL, frac_reward_zero_std: 1 };
    expect(find(diagnosed({ ...tied, reward: 0 }), 'zero-variance')?.text).toContain('too hard');
    const solved = diagnosed({ ...tied, reward: 1 });
    expect(find(solved, 'zero-variance')?.text).toContain('solved');
    expect(find(solved, 'reward-saturation')?.severity).toBe('notice');
  });

  it('know the highest reward of each way to reward a length', () => {
    expect(highestReward({})).toBe(1);
    expect(highestReward({ lengthRewardWeight: 0.2, lengthRewardMax: 0.5 })).toBeCloseTo(0.9, 12);
  });

  it('see entropy that collapsed, and entropy that was never there', () => {
    const fell = diagnosed({ ...WELL, ...FLAT, entropy: (share) => (share < 0.3 ? 0.9 : 0.01) });
    expect(find(fell, 'entropy-collapse')).toMatchObject({ title: 'Entropy collapsed', severity: 'problem' });
    expect(find(fell, 'entropy-collapse')?.evidence[1]).toMatchObject({ against: expect.closeTo(0.9, 9) });
    // The budget shrinks and positions grow harder, so the reward falls; every tier is right more often.
    const better = {
      'match/easy': (share: number) => 0.6 + 0.3 * share,
      'match/hard': (share: number) => 0.4 + 0.4 * share,
    };
    const learned = { ...WELL, ...better, reward: (share: number) => 0.6 - 0.2 * share };
    const narrowed = diagnosed({ ...learned, entropy: (share) => (share < 0.3 ? 0.9 : 0.01) });
    expect(find(narrowed, 'entropy-collapse')?.severity).toBe('notice');
    const never = diagnosed({ ...WELL, entropy: 0.01 }, { temperature: 0.05 });
    expect(find(never, 'entropy-collapse')?.settings).toEqual(['temperature']);
    // A quarter of a low entropy is still above the share; half a nat is above the floor.
    expect(kindsOf(diagnosed({ ...WELL, entropy: (share) => (share < 0.5 ? 3 : 0.4) }))).toEqual([]);
  });

  it('see gradients that are none, and gradients that explode', () => {
    expect(find(diagnosed({ ...WELL, grad_norm: 1e-7 }), 'dead-gradients')?.title).toBe('No gradient');
    let step = 0;
    const spikes = diagnosed({ ...WELL, grad_norm: () => (++step % 5 === 0 ? 50 : 0.5) });
    expect(find(spikes, 'exploding-gradients')?.evidence).toMatchObject([
      { value: expect.closeTo(0.2, 1), against: 0.05 },
      { value: 50, against: 5 },
    ]);
    expect(kindsOf(diagnosed({ ...WELL, grad_norm: (share) => 0.5 + 5 * share }))).toEqual([]);
  });

  it('see a match given up for the length, and how the reward is to be mended', () => {
    const hacked = { ...WELL, 'rewards/match/mean': (share: number) => 0.6 - 0.4 * share };
    expect(find(diagnosed(hacked, { lengthReward: 'additive' }), 'length-hacking')?.settings).toContain(
      'lengthReward',
    );
    expect(kindsOf(diagnosed({ ...hacked, 'thinking/mean_length': 30 }))).toEqual([]);
    // Harder positions, each answered as well as before.
    const harder = { ...hacked, 'match/easy': 0.9, 'match/hard': 0.2 };
    expect(kindsOf(diagnosed(harder))).toEqual([]);
    // A fall that is no more than the steps' own noise.
    let step = 0;
    const noisy = () => (step++ < STEPS / 2 ? 0.6 : 0.53) + (step % 2 === 0 ? 0.3 : -0.3);
    expect(kindsOf(diagnosed({ ...WELL, 'rewards/match/mean': noisy }))).toEqual([]);
  });

  it('name the first number that is none', () => {
    const broken = diagnosed({ ...WELL, loss: (share) => (share > 0.5 ? Number.NaN : 1) });
    expect(find(broken, 'not-finite')).toMatchObject({
      severity: 'problem',
      text: expect.stringContaining('“loss” at step 31'),
    });
    expect(find(broken, 'not-finite')?.evidence[0]).toMatchObject({ value: 30, fromStep: 31, toStep: 60 });
  });

  it('say what could not be looked at', () => {
    const { checked, findings } = diagnosed({ grad_norm: 0.5 }, {}, [], 4);
    expect(findings).toEqual([]);
    expect(checked.find(({ kind }) => kind === 'truncation')).toMatchObject({
      possible: false,
      why: 'Not recorded: completions/clipped_ratio.',
    });
    expect(checked.find(({ kind }) => kind === 'dead-gradients')?.why).toBe(
      '4 points of grad_norm so far; 10 are needed.',
    );
  });

  it('put the worst rollouts first, one of each prompt', () => {
    const samples = [
      sampleRecord({ id: 1, step: 50, promptIndex: 0, truncated: true, thinkingLength: 9 }),
      sampleRecord({ id: 2, step: 60, promptIndex: 0, truncated: true, thinkingLength: 5 }),
      sampleRecord({ id: 3, step: 60, promptIndex: 0, truncated: true, thinkingLength: 8 }),
      sampleRecord({ id: 4, step: 60, promptIndex: 1, truncated: false }),
    ];
    const finding = find(diagnosed({ ...WELL, 'completions/clipped_ratio': 0.7 }, {}, samples), 'truncation');
    expect(finding?.samples.map(({ id }) => id)).toEqual([3, 1]);
  });

  it('order problems before notices', () => {
    const both = diagnosed({ ...WELL, reward: 1, 'completions/clipped_ratio': 0.5 });
    expect(both.findings.map(({ severity }) => severity)).toEqual(['problem', 'notice']);
  });
});

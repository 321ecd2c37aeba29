import { describe, expect, it } from 'vitest';
import { RUN_STATES } from '../../electron/contract/run.ts';
import { actsOf, isActive, isOver, progressOf } from '../../renderer/lib/run-state.ts';
import { filterGroups, groupSamples } from '../../renderer/lib/sample-groups.ts';
import { walkOf } from '../../renderer/lib/sample-walk.ts';
import { runRecord, sampleRecord } from './fixtures.ts';

describe('a run’s state', () => {
  it('is queued, active or over, and never two of these', () => {
    for (const state of RUN_STATES) {
      expect(Number(state === 'queued') + Number(isActive(state)) + Number(isOver(state))).toBe(1);
    }
  });

  it('allows removing only what is over, and resuming what ended early', () => {
    for (const state of RUN_STATES) expect(actsOf(state).includes('remove')).toBe(isOver(state));
    expect(actsOf('interrupted')).toContain('resume');
    expect(actsOf('finished')).not.toContain('resume');
  });

  it('tells how far it is', () => {
    expect(progressOf(runRecord({ state: 'running', step: 25 }))).toEqual({
      share: 0.25,
      text: 'Step 25 of 100',
    });
    expect(
      progressOf(runRecord({ state: 'running', progress: { label: 'Scoring', done: 1, total: 4 } })),
    ).toEqual({ share: 0.25, text: 'Scoring: 1 of 4' });
    expect(progressOf(runRecord({ state: 'running', totalSteps: null })).share).toBeNull();
    expect(progressOf(runRecord({ state: 'finished', step: 3, durationMs: 12_300 }))).toEqual({
      share: 1,
      text: 'Done in 12 s',
    });
    expect(progressOf(runRecord({ state: 'queued' }))).toEqual({ share: null, text: 'Not started' });
  });
});

describe('rollouts of a step', () => {
  const groups = groupSamples([
    sampleRecord({ promptIndex: 1, generationIndex: 1, reward: 0, truncated: true, thinkingLength: 8 }),
    sampleRecord({ promptIndex: 1, generationIndex: 0, reward: 1 }),
    sampleRecord({ promptIndex: 0, generationIndex: 0 }),
    sampleRecord({ promptIndex: 0, generationIndex: 1 }),
  ]);

  it('are gathered by prompt, in order', () => {
    expect(groups.map((group) => group.promptIndex)).toEqual([0, 1]);
    expect(groups[1]?.samples.map((sample) => sample.generationIndex)).toEqual([0, 1]);
    expect(groups[1]).toMatchObject({ meanReward: 0.5, meanThinking: 6, tied: false, truncated: 1 });
  });

  it('are filtered by what a group teaches', () => {
    const prompts = (filter: Parameters<typeof filterGroups>[1]): number[] =>
      filterGroups(groups, filter, '').map((group) => group.promptIndex);
    expect(prompts('tied')).toEqual([0]);
    expect(prompts('spread')).toEqual([1]);
    expect(prompts('truncated')).toEqual([1]);
    expect(prompts('all')).toEqual([0, 1]);
  });

  it('are found by words in prompts, thinking and answers', () => {
    const found = groupSamples([
      sampleRecord({ promptIndex: 0, thinkingText: 'Ann has FOUR' }),
      sampleRecord({ promptIndex: 1, promptText: 'four of them' }),
      sampleRecord({ promptIndex: 2 }),
    ]);
    const prompts = (text: string): number[] =>
      filterGroups(found, 'all', text).map((one) => one.promptIndex);
    expect(prompts(' four ')).toEqual([0, 1]);
    expect(prompts('Ann has')).toEqual([0]);
    expect(prompts('nowhere')).toEqual([]);
  });
});

describe('the sample project', () => {
  const none = {
    installed: false,
    corpusId: null,
    questionsId: null,
    baseCheckpointId: null,
    runIds: [],
    checkpointIds: [],
  };

  it('goes from install over start and the runs to the comparison', () => {
    const installed = { ...none, installed: true, checkpointIds: ['k0'] };
    const running = { ...installed, runIds: ['r2', 'r1'], checkpointIds: ['k0', 'k1'] };
    const half = [runRecord({ id: 'r1', state: 'running' }), runRecord({ id: 'r2' })];
    expect(walkOf(none, []).stage).toBe('install');
    expect(walkOf(installed, [])).toMatchObject({ stage: 'start', compareAddress: null });
    expect(walkOf(running, half)).toMatchObject({ stage: 'running', compareAddress: '/compare?c=k0,k1' });
    expect(walkOf(running, half).runs.map((run) => run.id)).toEqual(['r2', 'r1']);
    expect(
      walkOf(
        running,
        half.map((run) => ({ ...run, state: 'finished' as const })),
      ).stage,
    ).toBe('compare');
  });
});

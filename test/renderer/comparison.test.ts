import { describe, expect, it } from 'vitest';
import { otherScores } from '../../electron/contract/comparisons.ts';
import { binText, pointsText, pText, signedText } from '../../renderer/lib/compare-view.ts';
import {
  comparisonRows,
  decodingLabel,
  familiesOf,
  frontierPoints,
  rankFamilies,
} from '../../renderer/lib/comparison.ts';
import { lengthAxis, scoreAxis } from '../../renderer/lib/domain.ts';
import { stairs } from '../../renderer/lib/path.ts';
import { checkpointRecord, evaluationRecord, groupRecord } from './fixtures.ts';

const [base, tuned] = [checkpointRecord('k0'), checkpointRecord('k1')];
const sampled = groupRecord([evaluationRecord('k0'), evaluationRecord('k1')]);
const greedy = groupRecord([evaluationRecord('k0', { temperature: 0 })], ['k1']);
const direct = groupRecord([evaluationRecord('k0', { mode: 'direct', temperature: 0 })]);
const forced = groupRecord([evaluationRecord('k0', { forcedBudget: 16 })]);

describe('families', () => {
  it('set decodings of one measurement side by side, sampled before greedy', () => {
    const families = familiesOf([greedy, direct, sampled, forced]);
    expect(families.map((family) => family.groups.length)).toEqual([2, 1, 1]);
    expect(families[0]?.groups.map((group) => decodingLabel(group.protocol))).toEqual([
      'Temperature 1',
      'Greedy',
    ]);
  });

  it('open with what most checkpoints share', () => {
    const ranked = rankFamilies(familiesOf([direct, forced, sampled]));
    expect(ranked[0]?.groups[0]).toBe(sampled);
  });
});

describe('points of the frontier', () => {
  it('keep the place of their checkpoint and leave out who does not think or lacks the tier', () => {
    const group = groupRecord([evaluationRecord('k1')]);
    expect(frontierPoints(group, [base, tuned], 'hard')).toMatchObject([{ checkpointId: 'k1', index: 1 }]);
    expect(frontierPoints(group, [base, tuned], 'medium')).toEqual([]);
    expect(frontierPoints(direct, [base], 'all')).toEqual([]);
  });

  it('share axes that hold every interval', () => {
    const points = frontierPoints(sampled, [base, tuned], 'all');
    expect(lengthAxis(points)).toEqual({ domain: [0, 15], ticks: [0, 5, 10, 15] });
    const [low, high] = scoreAxis(points).domain;
    expect(low).toBeLessThanOrEqual(0.4);
    expect(high).toBeGreaterThanOrEqual(0.6);
    expect(lengthAxis([]).domain).toEqual([0, 10]);
    expect(scoreAxis([]).domain).toEqual([0, 1]);
  });
});

describe('the table', () => {
  it('has a place for an evaluation that is missing', () => {
    const [family] = familiesOf([sampled, greedy]);
    if (!family) throw new Error('There is a family.');
    const rows = comparisonRows(family, [base, tuned]);
    expect(rows[1]?.evaluations.map((evaluation) => evaluation?.checkpointId ?? null)).toEqual(['k1', null]);
  });

  it('leaves out scores that only repeat the accuracy', () => {
    const match = { mean: 0.5, low: 0.4, high: 0.6, n: 100 };
    const scores = { match, exact: { ...match, mean: 0.2 } };
    expect(otherScores([evaluationRecord('k0', {}, { scores })])).toEqual(['exact']);
  });
});

describe('figures of comparisons', () => {
  it('have signs, units and readable p-values', () => {
    expect([0.0312, -0.12, 0.0001].map(pointsText)).toEqual(['+3.1', '−12.0', '±0.0']);
    expect([2.345, -0.5, 0].map(signedText)).toEqual(['+2.35', '−0.5', '±0']);
    expect([0.2, 0.0312, 0.00001].map(pText)).toEqual(['0.2', '0.031', '< 0.001']);
    expect(binText({ from: 3, to: 12 })).toBe('3–12');
    expect(binText({ from: 7, to: 7 })).toBe('7');
  });

  it('draw the Pareto set as steps', () => {
    expect(
      stairs([
        { x: 1, y: 2 },
        { x: 3, y: 5 },
      ]),
    ).toEqual({ x: [1, 3, 3], y: [2, 2, 5] });
  });
});

import { describe, expect, it } from 'vitest';
import { canonicalJson, hashOf } from '../../electron/canonical-json.ts';
import { contract } from '../../electron/contract.ts';
import { protocolTitle } from '../../electron/services/analysis/protocols.ts';
import { compareAnswers, compareCheckpoints, listEvaluations } from '../../electron/services/comparisons.ts';
import { summarise } from '../../electron/services/evaluation-summary.ts';
import { PROTOCOL } from '../support/protocol.ts';
import { evaluated, item } from './evaluated.ts';

const A = [item('a', 1, 20), item('b', 1, 20), item('c', 0, 20), item('d', 0, 20)];
const B = [item('a', 1, 10), item('b', 0, 10), item('c', 1, 30), item('d', 0, 10)];

describe('comparing checkpoints', () => {
  it('groups what was evaluated alike, and says what keeps the rest apart', () => {
    const { source, events } = evaluated([
      { checkpoint: 'base', items: A },
      { checkpoint: 'rmt', items: B },
      { checkpoint: 'rlm', items: B, protocol: { maxThinkingTokens: 400, itemsHash: 'others' } },
      { checkpoint: 'base', items: A, protocol: { temperature: 0 } },
    ]);
    const input = contract['compare.checkpoints'].input.parse({ checkpointIds: ['rmt', 'base', 'rlm'] });
    const comparison = contract['compare.checkpoints'].output.parse(compareCheckpoints(source, input));
    expect(
      comparison.groups.map(({ title, evaluations, missing }) => [
        title,
        evaluations.map((one) => one.checkpointId),
        missing,
      ]),
    ).toEqual([
      ['Next token, thinking, T = 1', ['rmt', 'base'], ['rlm']],
      ['Next token, thinking, T = 1', ['rlm'], ['rmt', 'base']],
      ['Next token, thinking, greedy', ['base'], ['rmt', 'rlm']],
    ]);
    expect(comparison.warnings).toEqual([
      'Two sets of “Next token, thinking, T = 1” stand apart: they differ in prompts, thinking cap.',
    ]);
    expect(events.filter((event) => event.kind === 'evaluation').length).toBe(4);
    expect(() => compareCheckpoints(source, { checkpointIds: ['none'] })).toThrow(/no checkpoint none/);
  });

  it('takes the newest of several evaluations, and none that is not whole', () => {
    const { source, queries } = evaluated([
      { checkpoint: 'base', items: A },
      { checkpoint: 'base', items: [item('a', 1, 1)] },
    ]);
    const { groups } = compareCheckpoints(source, { checkpointIds: ['base'] });
    expect(groups[0]?.evaluations).toMatchObject([{ items: 1, accuracy: { all: { mean: 1 } } }]);
    const key = queries.evaluations.add({
      id: 'half',
      runId: 'r0',
      checkpointId: 'base',
      protocol: '{}',
      protocolHash: 'half',
      createdAtMs: 0,
    });
    queries.evaluations.addItem(key, item('a', 1, 1));
    expect(listEvaluations(source, { checkpointIds: [] }).length).toBe(2);
  });

  it('shows the same prompts’ answers, and finds flips and what got shorter and wrong', () => {
    const { source } = evaluated([
      { checkpoint: 'base', items: A },
      { checkpoint: 'rmt', items: B.slice(0, 3) },
    ]);
    const ask = (show: string) =>
      contract['compare.answers'].output.parse(
        compareAnswers(
          source,
          contract['compare.answers'].input.parse({
            protocolHash: hashOf(PROTOCOL),
            checkpointIds: ['base', 'rmt'],
            show,
          }),
        ),
      );
    expect(ask('all').rows.map((row) => row.itemKey)).toEqual(['a', 'b', 'c', 'd']);
    expect(ask('all').rows[3]?.answers.map((answer) => answer?.answerText)).toEqual(['wrong', undefined]);
    expect(ask('flips').rows.map((row) => row.itemKey)).toEqual(['b', 'c']);
    expect(ask('shorter-and-wrong').rows.map((row) => row.itemKey)).toEqual(['b']);
    expect(ask('all-wrong').rows.map((row) => row.itemKey)).toEqual(['d']);
    expect(ask('flips')).toMatchObject({
      total: 2,
      rows: [{ promptText: 'prompt of b', truthText: 'right' }, {}],
    });
  });
});

describe('an evaluation in numbers', () => {
  it('gives accuracy by tier, lengths with median, and shares', () => {
    const summary = summarise(PROTOCOL, [
      item('a', 1, 10, { tier: 'easy' }),
      item('b', 0, 30, { truncated: true }),
      item('c', 1, 11, { documentKey: 'b' }),
    ]);
    expect(summary).toMatchObject({
      items: 3,
      documents: 2,
      accuracy: { easy: { mean: 1, n: 1 }, medium: null, hard: { mean: 0.5, n: 2 }, all: { n: 3 } },
      thinkingLength: { mean: 17, median: 11, n: 3 },
      truncatedShare: 1 / 3,
    });
    expect(summary.accuracy.all.mean).toBeCloseTo(2 / 3);
    expect(summarise({ ...PROTOCOL, mode: 'direct' }, [item('a', 1, 0)]).thinkingLength).toBeNull();
  });

  it('counts a restored span as right only when it is exact', () => {
    const restored = [0.5, 1, 0.99].map((edit, i) => item(`${i}`, edit, 5, { tier: null, scores: { edit } }));
    const summary = summarise({ ...PROTOCOL, task: 'restoration' }, restored);
    expect(summary.accuracy.all.mean).toBeCloseTo(1 / 3);
    expect(summary.scores.edit?.mean).toBeCloseTo(0.83);
  });
});

describe('protocols', () => {
  it('have hashes that do not depend on the order of their fields', () => {
    const reversed = Object.fromEntries(Object.entries(PROTOCOL).reverse());
    expect(hashOf(reversed)).toBe(hashOf(PROTOCOL));
    expect(hashOf({ ...PROTOCOL, maxThinkingTokens: 73 })).not.toBe(hashOf(PROTOCOL));
    expect(canonicalJson({ b: [1, null, 'ü'], a: { d: true, c: 1e21 } })).toBe(
      '{"a":{"c":1e+21,"d":true},"b":[1,null,"ü"]}',
    );
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(/no JSON form/);
  });

  it('have titles', () => {
    expect(protocolTitle({ ...PROTOCOL, mode: 'direct' })).toBe('Next token, direct');
    expect(protocolTitle({ ...PROTOCOL, task: 'question', forcedBudget: 8, temperature: 0 })).toBe(
      'Questions, thinking, greedy, exactly 8 tokens',
    );
  });
});

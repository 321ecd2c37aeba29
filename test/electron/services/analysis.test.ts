/** Comparisons in numbers, over evaluations recorded as the trainer sends them and read as the reader's thread does. */
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../../electron/canonical-json.ts';
import type { ContractName } from '../../../electron/contract.ts';
import { contract, type Input, type Output, type ResolvedInput } from '../../../electron/contract.ts';
import { budgetCurves } from '../../../electron/services/analysis/budget-curves.ts';
import { readAhead } from '../../../electron/services/analysis/chosen.ts';
import { compareFlips } from '../../../electron/services/analysis/flips.ts';
import { frontier } from '../../../electron/services/analysis/frontier.ts';
import { lengthBins } from '../../../electron/services/analysis/length-bins.ts';
import { batchesOf } from '../../../electron/services/analysis/missing.ts';
import { compareTests } from '../../../electron/services/analysis/paired-tests.ts';
import { comparePassAtK } from '../../../electron/services/analysis/pass-at-k.ts';
import { protocolDifference } from '../../../electron/services/analysis/protocols.ts';
import { aroundMask, compareRestorations } from '../../../electron/services/analysis/restorations.ts';
import { compareAnswers, compareCheckpoints } from '../../../electron/services/comparisons.ts';
import { mcnemarExact } from '../../../electron/statistics/mcnemar.ts';
import type { EvaluationItem, EvaluationProtocol } from '../../../trainer/protocol.ts';
import { PROTOCOL } from '../../support/protocol.ts';
import { evaluated, item } from '../evaluated.ts';

const HASH = hashOf(PROTOCOL);

/** Asks as hosts do: defaults filled in, the answer held to the contract. */
function ask<S, N extends ContractName>(
  name: N,
  answer: (source: S, input: ResolvedInput<N>) => Output<N>,
  source: S,
  input: Input<N>,
): Output<N> {
  const value = answer(source, contract[name].input.parse(input) as ResolvedInput<N>);
  return contract[name].output.parse(JSON.parse(JSON.stringify(value))) as Output<N>;
}

/** `right` of 40 items, from the first on, each thought about for `length` tokens and the item's own number more. */
function answersOf(right: number, length: number, more: Partial<EvaluationItem> = {}): EvaluationItem[] {
  return Array.from({ length: 40 }, (_, i) =>
    item(`k${String(i).padStart(2, '0')}`, Number(i < right), length + i, more),
  );
}

describe('answers', () => {
  it('come as they were stored, in the order of their items, and lists that are equal are one', () => {
    const items = [
      item('b', 1 / 3, 5, { sampleIndex: 1, tier: null, maskFraction: 0.1, scores: { edit: 1 / 3 } }),
      item('b', 2 / 7, 4, { truncated: true }),
      item('a "quoted"\n', 0.1 + 0.2, 3),
    ];
    const { source } = evaluated([
      { checkpoint: 'base', items },
      { checkpoint: 'rmt', items: items.map((one) => ({ ...one, score: 1 })) },
    ]);
    const [base, rmt] = source.evaluations.complete().map(({ key }) => source.answers(key));
    expect(base).toMatchObject({
      itemKeys: ['a "quoted"\n', 'b', 'b'],
      sampleIndices: [0, 0, 1],
      tiers: ['hard', 'hard', null],
      truncated: [0, 1, 0],
      scores: [0.1 + 0.2, 2 / 7, 1 / 3],
      lengths: [3, 4, 5],
    });
    expect(base!.maskFractions()).toEqual([null, null, 0.1]);
    expect(base!.scoreTexts()[2]).toBe(JSON.stringify({ edit: 1 / 3 }));
    expect(base!.ids()).toEqual([3, 2, 1]);
    expect(rmt!.itemKeys).toBe(base!.itemKeys);
    expect(rmt!.scores).toEqual([1, 1, 1]);
  });

  it('are read ahead where most checkpoints share them', () => {
    const { source } = evaluated([
      { checkpoint: 'base', items: answersOf(10, 20), protocol: { temperature: 0.5 } },
      { checkpoint: 'base', items: answersOf(10, 20) },
      { checkpoint: 'rmt', items: answersOf(24, 10) },
    ]);
    const read: number[] = [];
    const answers: typeof source.answers = (key) => {
      read.push(key);
      return source.answers(key);
    };
    readAhead({ ...source, answers }, ['base', 'rmt', 'none']);
    const shared = source.evaluations.complete().filter(({ protocolHash }) => protocolHash === HASH);
    expect(read).toEqual(shared.map(({ key }) => key));
  });
});

describe('paired tests', () => {
  it('are McNemar’s where every item has a document of its own, corrected by Holm over what is shown', () => {
    const { source } = evaluated([
      { checkpoint: 'base', items: answersOf(10, 20) },
      { checkpoint: 'rmt', items: answersOf(24, 10) },
      { checkpoint: 'rlm', items: answersOf(12, 30) },
    ]);
    const checkpointIds = ['base', 'rmt', 'rlm'];
    const { tests, family, refused } = ask('compare.tests', compareTests, source, {
      checkpointIds,
      protocolHash: HASH,
    });
    expect(refused).toEqual([]);
    expect(family).toBe(2);
    expect(tests.map(({ a, b }) => [a, b])).toEqual([
      ['base', 'rmt'],
      ['base', 'rlm'],
    ]);
    expect(tests[0]).toMatchObject({
      test: 'mcnemar-exact',
      items: 40,
      documents: 40,
      meanA: 0.25,
      meanB: 0.6,
      counts: { bothRight: 10, onlyA: 0, onlyB: 14, bothWrong: 16 },
      p: mcnemarExact(0, 14),
      pHolm: 2 * mcnemarExact(0, 14),
      significant: true,
      difference: { mean: 0.35 },
    });
    expect(tests[0]!.difference.low).toBeGreaterThan(0.15);
    expect(tests[0]!.minimumDetectable).toBeGreaterThan(0.15);
    expect(tests[1]).toMatchObject({ counts: { onlyA: 0, onlyB: 2 }, significant: false });
    expect(tests[1]!.pHolm).toBeCloseTo(0.5, 12);

    const all = ask('compare.tests', compareTests, source, {
      checkpointIds,
      protocolHash: HASH,
      pairs: 'all',
    });
    expect(all.family).toBe(3);
    const lengths = ask('compare.tests', compareTests, source, {
      checkpointIds,
      protocolHash: HASH,
      outcome: 'thinkingLength',
    });
    expect(lengths.tests[0]).toMatchObject({
      test: 'paired-cluster-bootstrap',
      counts: null,
      pMcnemar: null,
      difference: { mean: -10 },
      significant: true,
      // Every answer is exactly ten tokens shorter: nothing to tell a spread from.
      minimumDetectable: null,
    });
  });

  it('say how much was cut at the cap', () => {
    const cut = answersOf(10, 20).map((one, i) => ({ ...one, truncated: i >= 30 }));
    const { source } = evaluated([
      { checkpoint: 'base', items: answersOf(10, 20) },
      { checkpoint: 'sft', items: cut },
    ]);
    const { tests } = ask('compare.tests', compareTests, source, {
      checkpointIds: ['base', 'sft'],
      protocolHash: HASH,
    });
    expect(tests[0]!.notes).toEqual(['SFT: 25% of its answers were cut at the cap and count as wrong.']);
  });

  it('draw documents where items share them, and say so', () => {
    const shared = answersOf(10, 20).map((one, i) => ({ ...one, documentKey: `d${i % 5}` }));
    const other = answersOf(24, 10).map((one, i) => ({ ...one, documentKey: `d${i % 5}` }));
    const { source } = evaluated([
      { checkpoint: 'base', items: shared },
      { checkpoint: 'rmt', items: other },
    ]);
    const { tests } = ask('compare.tests', compareTests, source, {
      checkpointIds: ['base', 'rmt'],
      protocolHash: HASH,
    });
    expect(tests[0]).toMatchObject({ test: 'paired-cluster-bootstrap', documents: 5 });
    expect(tests[0]!.p).toBe(tests[0]!.pClustered);
    expect(tests[0]!.pMcnemar).toBe(mcnemarExact(0, 14));
    expect(tests[0]!.notes.join(' ')).toMatch(/Only 5 documents.*Items share documents/s);
  });

  it('take the mean over an item’s samples, a tier alone, and any score by name', () => {
    const protocol = { samplesPerItem: 2 };
    const twice = (right: number): EvaluationItem[] =>
      answersOf(right, 20).flatMap((one, i) => [
        { ...one, tier: i % 2 === 0 ? 'easy' : 'hard', scores: { chrf: i / 40 } } as const,
        {
          ...one,
          tier: i % 2 === 0 ? 'easy' : 'hard',
          sampleIndex: 1,
          score: 0,
          scores: { chrf: 0 },
        } as const,
      ]);
    const { source } = evaluated([
      { checkpoint: 'base', protocol, items: twice(10) },
      { checkpoint: 'rmt', protocol, items: twice(20) },
    ]);
    const input = { checkpointIds: ['base', 'rmt'], protocolHash: hashOf({ ...PROTOCOL, ...protocol }) };
    const { tests } = ask('compare.tests', compareTests, source, { ...input, tier: 'hard' });
    expect(tests[0]).toMatchObject({ items: 20, meanA: 0.125, meanB: 0.25, counts: null });
    expect(tests[0]!.notes).toContain('Each item counts with the mean over its samples.');
    const scored = ask('compare.tests', compareTests, source, { ...input, outcome: 'score:chrf' });
    expect(scored.tests[0]!.meanA).toBeCloseTo(39 / 160);
    expect(ask('compare.tests', compareTests, source, { ...input, outcome: 'score:none' }).tests).toEqual([]);
  });

  it('refuse what was not asked the same, and name the difference', () => {
    const { source } = evaluated([
      { checkpoint: 'base', items: answersOf(10, 20) },
      { checkpoint: 'rmt', items: answersOf(24, 10), protocol: { maxThinkingTokens: 400, temperature: 0.5 } },
      { checkpoint: 'rlm', items: answersOf(24, 10), protocol: { task: 'restoration', itemsHash: 'spans' } },
    ]);
    const checkpointIds = ['base', 'rmt', 'rlm'];
    const { tests, refused } = ask('compare.tests', compareTests, source, {
      checkpointIds,
      protocolHash: HASH,
    });
    expect(tests).toEqual([]);
    expect(refused).toEqual([
      {
        checkpointId: 'rmt',
        reason:
          'It was not evaluated like this. Its nearest evaluation, “Next token, thinking, T = 0.5”, differs in temperature, thinking cap.',
      },
      { checkpointId: 'rlm', reason: 'It was not evaluated on this task.' },
    ]);
    const { differences } = ask('compare.checkpoints', compareCheckpoints, source, { checkpointIds });
    expect(differences).toMatchObject([
      {
        verdict: 'refused',
        reasons: [
          { label: 'temperature', a: '1', b: '0.5' },
          { label: 'thinking cap', a: '72', b: '400' },
        ],
      },
    ]);
  });
});

describe('protocols', () => {
  it('are refused for prompts, decoding and caps, and marked for budgets, mode, seed and samples', () => {
    const verdict = (changes: Partial<EvaluationProtocol>) =>
      protocolDifference(
        { hash: 'a', protocol: PROTOCOL },
        { hash: 'b', protocol: { ...PROTOCOL, ...changes } },
      )?.verdict;
    for (const changes of [
      { itemsHash: 'x' },
      { temperature: 0 },
      { topP: 0.9 },
      { maxThinkingTokens: 8 },
      { maxAnswerTokens: 8 },
      { task: 'question' },
      { seed: 1, maxAnswerTokens: 8 },
    ] satisfies Partial<EvaluationProtocol>[]) {
      expect(verdict(changes), JSON.stringify(changes)).toBe('refused');
    }
    for (const changes of [
      { forcedBudget: 8, promptBudget: 8, maxThinkingTokens: 8 },
      { promptBudget: 12 },
      { seed: 3 },
      { samplesPerItem: 4 },
      { mode: 'direct', temperature: 0, maxThinkingTokens: 0 },
    ] satisfies Partial<EvaluationProtocol>[]) {
      expect(verdict(changes), JSON.stringify(changes)).toBe('marked');
    }
    expect(verdict({})).toBeUndefined();
  });
});

describe('the frontier', () => {
  it('marks the Pareto set, how sure it is, and what beats the others', () => {
    const { source } = evaluated([
      { checkpoint: 'base', items: answersOf(10, 20) },
      { checkpoint: 'rmt', items: answersOf(24, 10) },
      { checkpoint: 'long', items: answersOf(30, 40) },
      { checkpoint: 'none', items: answersOf(1, 1), protocol: { temperature: 0 } },
    ]);
    const { points, refused } = ask('compare.frontier', frontier, source, {
      checkpointIds: ['base', 'rmt', 'long', 'none'],
      protocolHash: HASH,
    });
    expect(points.map(({ checkpointId, pareto }) => [checkpointId, pareto])).toEqual([
      ['base', false],
      ['rmt', true],
      ['long', true],
    ]);
    expect(points[0]!.dominatedBy).toEqual([{ checkpointId: 'rmt', significant: 'both' }]);
    expect(points[0]!.paretoShare).toBeLessThan(0.01);
    expect(points[1]).toMatchObject({ paretoShare: 1, length: { mean: 29.5 }, accuracy: { mean: 0.6 } });
    expect(refused.map(({ checkpointId }) => checkpointId)).toEqual(['none']);
  });
});

describe('budget curves', () => {
  const forced = (budget: number) => ({
    forcedBudget: budget,
    promptBudget: budget,
    maxThinkingTokens: budget,
  });
  it('have areas over the budgets that all share, and say what is missing', () => {
    const at = (checkpoint: string, budget: number, right: number) => ({
      checkpoint,
      protocol: forced(budget),
      items: answersOf(right, 0).map((one) => ({ ...one, thinkingLength: budget })),
    });
    const { source } = evaluated([
      at('base', 2, 10),
      at('base', 4, 20),
      at('base', 8, 20),
      at('rmt', 2, 20),
      at('rmt', 4, 30),
      at('rmt', 8, 40),
      at('rmt', 16, 40),
      at('rlm', 8, 40),
      { checkpoint: 'base', items: answersOf(10, 20) },
    ]);
    const [family, ...rest] = ask('compare.budgetCurves', budgetCurves, source, {
      checkpointIds: ['base', 'rmt', 'rlm'],
    });
    expect(rest).toEqual([]);
    expect(family).toMatchObject({
      title: 'Next token, T = 1',
      budgets: [2, 4, 8, 16],
      sharedBudgets: [2, 4, 8],
      missing: [
        { checkpointId: 'base', budgets: [16] },
        { checkpointId: 'rlm', budgets: [2, 4, 16] },
      ],
    });
    expect(family!.missing[0]!.protocolHashes).toEqual([hashOf({ ...PROTOCOL, ...forced(16) })]);
    // (2·(.25+.5)/2 + 4·(.5+.5)/2) / 6
    expect(family!.curves[0]!.auc!.mean).toBeCloseTo((0.75 + 2) / 6, 12);
    expect(family!.curves[1]!.auc!.mean).toBeCloseTo((1.25 + 3.5) / 6, 12);
    expect(family!.curves[2]!.auc).toBeNull();
    expect(family!.differences).toMatchObject([{ a: 'base', b: 'rmt', significant: true }]);
    const log = ask('compare.budgetCurves', budgetCurves, source, { checkpointIds: ['base'], scale: 'log2' });
    const x = [2, 4, 8].map((budget) => Math.log2(1 + budget));
    const area = ((x[1]! - x[0]!) * 0.75) / 2 + (x[2]! - x[1]!) * 0.5;
    expect(log[0]!.curves[0]!.auc!.mean).toBeCloseTo(area / (x[2]! - x[0]!), 12);
  });
});

describe('length bins', () => {
  it('keep what was cut apart', () => {
    const items = answersOf(20, 0).map((one, i) => ({ ...one, truncated: i >= 36 }));
    const { source } = evaluated([{ checkpoint: 'base', items }]);
    const { bins, checkpoints } = ask('compare.lengthBins', lengthBins, source, {
      checkpointIds: ['base'],
      protocolHash: HASH,
      count: 3,
    });
    expect(bins).toEqual([
      { from: 0, to: 11 },
      { from: 12, to: 23 },
      { from: 24, to: 35 },
    ]);
    expect(checkpoints[0]!.cells.map(({ n, accuracy }) => [n, accuracy!.mean])).toEqual([
      [12, 1],
      [12, 8 / 12],
      [12, 0],
    ]);
    expect(checkpoints[0]!.truncated).toMatchObject({ n: 4, share: 0.1, accuracy: { mean: 0 } });
    const own = ask('compare.lengthBins', lengthBins, source, {
      checkpointIds: ['base'],
      protocolHash: HASH,
      edges: [30],
    });
    expect(own.checkpoints[0]!.cells.map(({ n }) => n)).toEqual([30, 6]);
  });
});

describe('pass@k', () => {
  it('is estimated without bias from an item’s samples', () => {
    const protocol = { samplesPerItem: 4 };
    const items = ['a', 'b'].flatMap((key, i) =>
      [0, 1, 2, 3].map((sampleIndex) => item(key, Number(sampleIndex < i * 2), 5, { sampleIndex })),
    );
    const { source } = evaluated([{ checkpoint: 'base', protocol, items }]);
    const { curves, samplesPerItem } = ask('compare.passAtK', comparePassAtK, source, {
      checkpointIds: ['base'],
      protocolHash: hashOf({ ...PROTOCOL, ...protocol }),
    });
    expect(samplesPerItem).toBe(4);
    // Of the second item 2 of 4 are right: ½, 1 − 1/6, 1; of the first none.
    expect(curves[0]!.points.map(({ k, share }) => [k, Number(share.mean.toFixed(9))])).toEqual([
      [1, 0.25],
      [2, Number((5 / 12).toFixed(9))],
      [4, 0.5],
    ]);
  });
});

describe('flips', () => {
  const sets = [
    { checkpoint: 'base', items: answersOf(20, 20) },
    { checkpoint: 'rmt', items: answersOf(20, 0).map((one, i) => ({ ...one, score: Number(i % 2 === 0) })) },
  ];
  it('are counted by outcome and length, and their prompts can be read', () => {
    const { source } = evaluated(sets);
    const { items, cells } = ask('compare.flips', compareFlips, source, {
      protocolHash: HASH,
      a: 'base',
      b: 'rmt',
    });
    expect(items).toBe(40);
    expect(cells.filter(({ n }) => n > 0)).toEqual([
      { outcome: 'right-right', length: 'shorter', n: 10, meanLengthChange: -20 },
      { outcome: 'right-wrong', length: 'shorter', n: 10, meanLengthChange: -20 },
      { outcome: 'wrong-right', length: 'shorter', n: 10, meanLengthChange: -20 },
      { outcome: 'wrong-wrong', length: 'shorter', n: 10, meanLengthChange: -20 },
    ]);
    const read = (change: NonNullable<Input<'compare.answers'>['change']>, text = '') =>
      ask('compare.answers', compareAnswers, source, {
        protocolHash: HASH,
        checkpointIds: ['rmt'],
        change,
        text,
      });
    const broken = read({ a: 'base', b: 'rmt', outcome: 'right-wrong', length: 'shorter' });
    expect(broken.total).toBe(10);
    expect(broken.rows[0]).toMatchObject({ itemKey: 'k01', answers: [{ score: 0 }] });
    expect(read({ a: 'base', b: 'rmt', length: 'longer' }).total).toBe(0);
    expect(read({ a: 'base', b: 'rmt' }, 'PROMPT of k01').rows.map((row) => row.itemKey)).toEqual(['k01']);
    expect(read({ a: 'base', b: 'rmt' }, '%').total).toBe(0);
    expect(() =>
      ask('compare.flips', compareFlips, source, { protocolHash: HASH, a: 'base', b: 'nobody' }),
    ).toThrow(/cannot be compared here/);
  });
});

describe('restorations', () => {
  it('find the document around the mask', () => {
    expect(aroundMask('<bos> a b <mask> c <fill> <b?> <think>')).toEqual({
      before: 'a b',
      after: 'c',
      shortened: false,
    });
    expect(aroundMask('b <mask> c <fill> <b?> <think>')).toMatchObject({ before: 'b', shortened: true });
    expect(aroundMask('left of it <fill> <b?> <think>')).toEqual({
      before: '',
      after: 'left of it',
      shortened: true,
    });
  });

  it('lay candidates side by side, sorted, with scores by masked share', () => {
    const protocol = { task: 'restoration' } as const;
    const spans = (edit: (i: number) => number) =>
      [0.05, 0.15, 0.25].map((maskFraction, i) =>
        item(`k${i}`, edit(i), 10, {
          maskFraction,
          tier: null,
          promptText: '<bos> one <mask> two <fill> <b?> <think>',
          scores: { edit: edit(i), exact: Number(edit(i) === 1) },
        }),
      );
    const { source } = evaluated([
      { checkpoint: 'base', protocol, items: spans((i) => i / 2) },
      { checkpoint: 'rlm', protocol, items: spans(() => 1) },
    ]);
    const { total, rows, byMaskFraction } = ask('compare.restorations', compareRestorations, source, {
      protocolHash: hashOf({ ...PROTOCOL, ...protocol }),
      checkpointIds: ['base', 'rlm'],
      sort: 'worst',
      limit: 2,
    });
    expect(total).toBe(3);
    expect(rows.map(({ key }) => key)).toEqual(['k0', 'k1']);
    expect(rows[0]).toMatchObject({
      before: 'one',
      after: 'two',
      candidates: [
        { checkpointId: 'base', reward: 0, parts: { edit: 0, exact: 0 } },
        { checkpointId: 'rlm', reward: 1 },
      ],
    });
    expect(byMaskFraction.map(({ from, to, groups }) => [from, to, groups.map(({ n }) => n)])).toEqual([
      [0, 0.1, [1, 1]],
      [0.1, 0.2, [1, 1]],
      [0.2, 0.3, [1, 1]],
    ]);
    expect(byMaskFraction[1]!.groups[0]!.scores.edit!.mean).toBe(0.5);
    const found = (text: string) =>
      ask('compare.restorations', compareRestorations, source, {
        protocolHash: hashOf({ ...PROTOCOL, ...protocol }),
        checkpointIds: ['base', 'rlm'],
        text,
      }).total;
    expect([found('ONE'), found('nowhere')]).toEqual([3, 0]);
  });
});

describe('missing evaluations', () => {
  it('go into runs that ask just what is missing', () => {
    const at = (changes: Partial<EvaluationProtocol>): EvaluationProtocol => ({ ...PROTOCOL, ...changes });
    const direct = at({ mode: 'direct', temperature: 0, maxThinkingTokens: 0 });
    const batches = batchesOf([
      at({}),
      at({ task: 'restoration' }),
      at({ temperature: 0 }),
      at({ forcedBudget: 4, promptBudget: 4 }),
      direct,
    ]);
    expect(batches.map(({ protocols, settings }) => [protocols.length, settings])).toEqual([
      [
        3,
        {
          nextTokenDirect: true,
          nextTokenThinking: true,
          restoration: false,
          questions: false,
          temperatures: [1],
          promptBudgets: [0],
          forcedBudgets: [4],
        },
      ],
      [1, expect.objectContaining({ restoration: true, nextTokenThinking: false, forcedBudgets: [] })],
      [1, expect.objectContaining({ nextTokenThinking: true, temperatures: [0], nextTokenDirect: false })],
    ]);
    const product = (['next-token', 'restoration'] as const).flatMap((task) =>
      [1, 0].map((temperature) => at({ task, temperature })),
    );
    expect(batchesOf([...product, direct]).map(({ settings }) => settings)).toMatchObject([
      {
        nextTokenDirect: true,
        restoration: true,
        temperatures: [0, 1],
        promptBudgets: [0],
        forcedBudgets: [],
      },
    ]);
    expect(batchesOf([direct]).map(({ settings }) => settings)).toMatchObject([
      { nextTokenDirect: true, nextTokenThinking: false, temperatures: [] },
    ]);
  });
});

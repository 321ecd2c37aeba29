/** RLM's rewards, each on a restoration worked by hand; the gain in log-probability against the engine's own scores. */
import { afterAll, describe, expect, it } from 'vitest';
import { resolveStage, type StageSettings } from '../../../trainer/config/stages.ts';
import { END_THINK, EOS, THINK } from '../../../trainer/data/special-tokens.ts';
import { trainTokenizer } from '../../../trainer/data/train-tokenizer.ts';
import type { Completion } from '../../../trainer/engine/engine.ts';
import { initialWeights } from '../../../trainer/engine/model.ts';
import { selectEngine } from '../../../trainer/engine/select.ts';
import { scoreRestorations } from '../../../trainer/methods/rlm.ts';
import { ROLLOUT_BANNED, type Task } from '../../../trainer/rl/rollouts.ts';

const tokenizer = trainTokenizer('words', ['one two three four five six'], 0);
const words = (text: string): number[] => [...tokenizer.encode(text)];

const { engine } = await selectEngine('kernels-wasm', { threads: 1, cacheFolder: '' });
const config = {
  vocabSize: tokenizer.vocabSize,
  hiddenSize: 16,
  intermediateSize: 24,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 8,
  ropeTheta: 10000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  maxPositionEmbeddings: 64,
};
const policy = await engine.createPolicy({ config, weights: initialWeights(config, 2), optimizer: null });
afterAll(() => engine.dispose());

const task = (budget: number | null): Task => ({
  prompt: Int32Array.from([...words('one two'), THINK]),
  stream: 0,
  documentKey: 'd',
  tier: null,
  maskFraction: 0.3,
  budget,
  truth: Int32Array.from(words('three four five')),
});

/** Thinks these words, then answers those; no answer where null. */
function completion(thinking: string, answer: string | null): Completion {
  const thought = words(thinking);
  const tokens = Int32Array.from(answer === null ? thought : [...thought, END_THINK, ...words(answer), EOS]);
  return {
    tokens,
    logps: new Float32Array(tokens.length),
    entropies: new Float32Array(tokens.length),
    forced: new Uint8Array(tokens.length),
    thinkingLength: thought.length,
    answerStart: answer === null ? -1 : thought.length + 1,
    finish: answer === null ? 'thinking-limit' : 'eos',
  };
}

const RIGHT = completion('six six', 'three four five');
/** One of three tokens is wrong. */
const NEAR = completion('six six', 'three four six');
const CUT = completion('six six six six', null);

async function rewards(given: Partial<StageSettings<'rlm'>>, budget: number | null = null) {
  const { values, problems } = resolveStage('rlm', { editWeight: 0, ...given });
  expect(problems).toEqual([]);
  const [group] = await scoreRestorations(policy, tokenizer, [task(budget)], [[RIGHT, NEAR, CUT]], values);
  return group!.map(({ reward }) => reward!);
}

describe('RLM’s rewards', () => {
  it('edit, exact and mixes', async () => {
    expect(await rewards({ editWeight: 1 })).toEqual([1, expect.closeTo(2 / 3, 12), 0]);
    expect(await rewards({ exactWeight: 1 })).toEqual([1, 0, 0]);
    // (0.3·2/3 + 0.7·0) / 1; weights need not sum to 1.
    const mixed = [1, expect.closeTo(0.2, 12), 0];
    expect(await rewards({ editWeight: 0.3, exactWeight: 0.7 })).toEqual(mixed);
    expect(await rewards({ editWeight: 0.15, exactWeight: 0.35 })).toEqual(mixed);
  });

  it('chrF, on characters', async () => {
    const [right, near, cut] = await rewards({ chrfWeight: 1 });
    expect(right).toBeCloseTo(1, 12);
    // “threefoursix” for “threefourfive”: nine characters in front and the “i” after them are shared.
    expect(near).toBeGreaterThan(0.6);
    expect(near).toBeLessThan(0.8);
    expect(cut).toBe(0);
  });

  it('log-probability: the true span’s mean log-probability after the thinking, less that without any', async () => {
    const { prompt, truth } = task(null);
    const sequenceAfter = (thinking: readonly number[]): Int32Array =>
      Int32Array.from([...prompt, ...thinking, END_THINK, ...truth, EOS]);
    const sequences = [sequenceAfter(words('six six')), sequenceAfter([])];
    const scored = await policy.score({
      sequences,
      starts: sequences.map(({ length }) => length - truth.length - 1),
      logits: { temperature: 1, bannedTokens: ROLLOUT_BANNED },
    });
    const mean = (i: number): number => {
      const targets = [...scored[i]!.logps].slice(-truth.length - 1);
      return targets.reduce((sum, logp) => sum + logp, 0) / targets.length;
    };
    const gain = mean(0) - mean(1);
    expect(Math.abs(gain)).toBeGreaterThan(1e-6);
    const [right, near, cut] = await rewards({ logprobWeight: 1 });
    expect(right).toBeCloseTo(gain, 5);
    // It is of the thinking alone: what was answered does not matter, having answered does.
    expect(near).toBeCloseTo(gain, 5);
    expect(cut).toBe(0);
  });

  it('with a budget, length counts as in RMT', async () => {
    const shaped = {
      editWeight: 1,
      budgetSchedule: 'fixed',
      budgetInitial: 4,
      lengthRewardWeight: 0.5,
    } as const;
    // Two of four tokens: r_len = 2/4. Gated: r·(0.5 + 0.5·0.5); additive: 0.5·r + 0.5·0.5, and nothing when cut.
    expect(await rewards({ ...shaped, lengthReward: 'gated' }, 4)).toEqual([
      0.75,
      expect.closeTo(0.5, 12),
      0,
    ]);
    expect(await rewards({ ...shaped, lengthReward: 'additive' }, 4)).toEqual([
      0.75,
      expect.closeTo(0.5 * (2 / 3) + 0.25, 12),
      0,
    ]);
    // Without a budget the weight means nothing.
    expect(await rewards({ ...shaped, lengthReward: 'additive' })).toEqual([1, expect.closeTo(2 / 3, 12), 0]);
  });
});

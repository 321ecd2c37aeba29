/**
 * A thousand steps of sampling and training with lengths that vary, on a tiny model, and what grew meanwhile:
 * `node --expose-gc bench/steady-worker.ts ENGINE` writes one line of JSON.
 */
import { engineCacheFolder } from '../electron/paths.ts';
import type { EngineName } from '../trainer/engine/engine.ts';
import { initialWeights, type ModelConfig } from '../trainer/engine/model.ts';
import { drawsFor } from '../trainer/engine/random.ts';
import { selectEngine } from '../trainer/engine/select.ts';

const STEPS = 1000;
/** By then buffers have met the longest lengths and the compiler has seen all code. */
const SETTLED = 300;
const THREADS = 2;
const LONGEST_PROMPT = 12;
const LONGEST_COMPLETION = 8;
const EOS = 1;

const CONFIG: ModelConfig = {
  vocabSize: 48,
  hiddenSize: 32,
  intermediateSize: 64,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 16,
  ropeTheta: 10000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  maxPositionEmbeddings: 64,
};

const { gc } = globalThis;
if (!gc) throw new Error('run with --expose-gc');
const { engine } = await selectEngine(process.argv[2] as EngineName, {
  threads: THREADS,
  cacheFolder: engineCacheFolder,
});
const policy = await engine.createPolicy({
  config: CONFIG,
  weights: initialWeights(CONFIG, 1),
  optimizer: null,
});

async function step(number: number): Promise<void> {
  const draws = drawsFor(1, 1, number);
  const tokens = (longest: number): Int32Array =>
    Int32Array.from({ length: 2 + draws.below(longest - 1) }, () => draws.below(CONFIG.vocabSize));
  const prompts = [tokens(LONGEST_PROMPT), tokens(LONGEST_PROMPT)];
  const logits = { temperature: 1, bannedTokens: [] };
  const completions = await policy.sample({
    prompts,
    streams: [2 * number, 2 * number + 1],
    numGenerations: 2,
    decoding: { ...logits, topK: 0, topP: 1, minP: 0 },
    thinking: null,
    maxAnswerTokens: LONGEST_COMPLETION,
    eosToken: EOS,
    seed: 1,
  });
  const document = tokens(LONGEST_PROMPT);
  await policy.update({
    groups: completions.map((group, i) => ({
      prompt: prompts[i]!,
      completions: group.map((c, j) => ({
        tokens: c.tokens,
        completionMask: new Uint8Array(c.tokens.length).fill(1),
        advantage: j - 0.5,
        oldPerTokenLogps: c.logps,
        refPerTokenLogps: null,
      })),
    })),
    documents: [{ tokens: document, weights: new Float32Array(document.length).fill(1) }],
    logits,
    loss: {
      lossType: 'dapo',
      epsilon: 0.2,
      epsilonHigh: 0.2,
      beta: 0,
      importanceSamplingLevel: 'token',
      maxCompletionLength: LONGEST_COMPLETION,
    },
    ntpCoefficient: 0.1,
    optimizer: {
      learningRate: 1e-4,
      adamBeta1: 0.9,
      adamBeta2: 0.95,
      adamEpsilon: 1e-8,
      weightDecay: 0,
      maxGradNorm: 1,
    },
    maxTokensPerMicroBatch: 64,
    recomputeActivations: number % 2 === 0,
  });
}

interface Held {
  readonly residentBytes: number;
  readonly engineBytes: number;
  /** WebAssembly memories and array buffers. */
  readonly bufferBytes: number;
  readonly tensors: number | null;
}

async function held(): Promise<Held> {
  await gc!({ type: 'major', execution: 'async' });
  const { rss, arrayBuffers, external } = process.memoryUsage();
  return { residentBytes: rss, bufferBytes: arrayBuffers + external, ...engine.memory() };
}

for (let number = 0; number < SETTLED; number++) await step(number);
const before = await held();
for (let number = SETTLED; number < STEPS; number++) await step(number);
const after = await held();
process.stdout.write(`${JSON.stringify({ before, after })}\n`);
engine.dispose();
process.exit(0);

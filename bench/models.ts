/** The models that engines are measured at, and how many operations their work takes at least. */
import { type ModelConfig, parameterCount } from '../trainer/engine/model.ts';

function model(hiddenSize: number, intermediateSize: number, numHiddenLayers: number): ModelConfig {
  const headDim = 32;
  return {
    vocabSize: 512,
    hiddenSize,
    intermediateSize,
    numHiddenLayers,
    numAttentionHeads: hiddenSize / headDim,
    numKeyValueHeads: hiddenSize / headDim,
    headDim,
    ropeTheta: 10000,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 512,
  };
}

export interface BenchModel {
  readonly name: string;
  readonly config: ModelConfig;
  /** Rounds of a contest: fewer where one takes long. */
  readonly repeats: number;
}

export const MODELS: readonly BenchModel[] = [
  { name: '0.8M', config: model(128, 320, 4), repeats: 3 },
  { name: 'M (3.5M)', config: model(256, 768, 4), repeats: 5 },
  { name: '15M', config: model(384, 1152, 8), repeats: 1 },
];

export interface RolloutSize {
  readonly prompts: number;
  readonly numGenerations: number;
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** Forward operations of attention for one token that sees `keys` keys. */
const attention = (config: ModelConfig, keys: number): number =>
  4 * config.numHiddenLayers * config.numAttentionHeads * config.headDim * keys;

/** Multiplications and additions of a train step: 6 a parameter and token, attention over half the square. */
export function trainFlops(config: ModelConfig, sequences: number, tokens: number): number {
  return 3 * sequences * tokens * (2 * parameterCount(config) + attention(config, tokens / 2));
}

/** Of sampling, each prompt computed once for its group. */
export function rolloutFlops(config: ModelConfig, size: RolloutSize): number {
  const { prompts, numGenerations, promptTokens, newTokens } = size;
  const head = config.vocabSize * config.hiddenSize;
  const prefill = promptTokens * (2 * (parameterCount(config) - head) + attention(config, promptTokens / 2));
  const decoded = newTokens * (2 * parameterCount(config) + attention(config, promptTokens + newTokens / 2));
  return prompts * (prefill + numGenerations * decoded);
}

/** Of sampling and one update on what was sampled, each prompt once for its group. */
export function grpoFlops(config: ModelConfig, size: RolloutSize): number {
  const { prompts, numGenerations, promptTokens, newTokens } = size;
  const own = 2 * parameterCount(config) + attention(config, promptTokens + newTokens / 2);
  const prompt = 2 * parameterCount(config) + attention(config, promptTokens / 2);
  const update = 3 * prompts * (promptTokens * prompt + numGenerations * newTokens * own);
  return rolloutFlops(config, size) + update;
}

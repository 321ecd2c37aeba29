/**
 * What a model and its work need in memory, computed before anything is allocated. Pure: no engine, no addon.
 * The formulas mirror the layouts of c/model.h, c/batch.h and c/sampler.h.
 */
import type { ModelConfig } from '../model.ts';

/** Every dimension in the library is padded to this. */
const PAD = 16;
const padded = (n: number): number => Math.ceil(n / PAD) * PAD;

interface Widths {
  readonly vocab: number;
  readonly stream: number;
  readonly mlp: number;
  readonly queries: number;
  readonly keys: number;
}

function widthsOf(config: ModelConfig): Widths {
  const head = padded(config.headDim);
  return {
    vocab: padded(config.vocabSize),
    stream: padded(config.hiddenSize),
    mlp: padded(config.intermediateSize),
    queries: config.numAttentionHeads * head,
    keys: config.numKeyValueHeads * head,
  };
}

export interface RolloutShape {
  readonly prompts: number;
  readonly numGenerations: number;
  readonly maxPromptTokens: number;
  readonly maxNewTokens: number;
}

/** Rows in flight beyond this add memory but no speed. */
const MOST_SLOTS = 128;
const FEWEST_SLOTS = 8;
/** Keys and values of rows in flight stay within this where FEWEST_SLOTS allows. */
const CACHE_BYTES = 512 * 1024 * 1024;

/** How many rows and how many prompts are in flight at a time. */
export function slotPlan(config: ModelConfig, shape: RolloutShape): { slots: number; prefixes: number } {
  const { keys } = widthsOf(config);
  const bytesPerToken = 4 * 2 * config.numHiddenLayers * keys;
  const bytesPerRow =
    bytesPerToken * (padded(shape.maxNewTokens) + padded(shape.maxPromptTokens) / shape.numGenerations);
  const affordable = Math.max(FEWEST_SLOTS, Math.floor(CACHE_BYTES / bytesPerRow));
  const slots = Math.min(MOST_SLOTS, affordable, shape.prompts * shape.numGenerations);
  const groups = Math.ceil(slots / shape.numGenerations);
  return { slots, prefixes: Math.min(shape.prompts, slots, 2 * groups) };
}

/**
 * Floating-point operations counted from shapes; a multiply-add is two. Matrix products and attention are counted;
 * norms, rotations, softmax and the optimizer (well under 2% at any size used here) are not.
 */
import type { ModelConfig } from './engine/model.ts';

export interface Work {
  /** Tokens passed through the layers. */
  readonly tokens: number;
  /** Sum over those tokens of the tokens each attends to, itself included. */
  readonly attended: number;
  /** Tokens whose logits are computed. */
  readonly logits: number;
}

/** FLOPs of one forward pass. */
export function forwardFlops(config: ModelConfig, work: Work): number {
  const d = config.hiddenSize;
  const q = config.numAttentionHeads * config.headDim;
  const kv = config.numKeyValueHeads * config.headDim;
  const perToken = 2 * d * (q + 2 * kv) + 2 * q * d + 6 * d * config.intermediateSize;
  const perAttended = 4 * q; // scores and weighted values
  return (
    config.numHiddenLayers * (work.tokens * perToken + work.attended * perAttended) +
    work.logits * 2 * d * config.vocabSize
  );
}

/** Forward and backward: the backward pass computes two products for each of the forward's. */
export function trainFlops(config: ModelConfig, work: Work): number {
  return 3 * forwardFlops(config, work);
}

/** The work of a sequence of `length` tokens after `context` tokens that are already computed. */
export function sequenceWork(length: number, context = 0): Work {
  return { tokens: length, attended: length * context + (length * (length + 1)) / 2, logits: length };
}

export function addWork(a: Work, b: Work): Work {
  return { tokens: a.tokens + b.tokens, attended: a.attended + b.attended, logits: a.logits + b.logits };
}

export const NO_WORK: Work = { tokens: 0, attended: 0, logits: 0 };

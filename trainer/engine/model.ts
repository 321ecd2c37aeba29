/**
 * The model: Qwen3's architecture at any size. Names, shapes, counts, initial values. No tensors.
 *
 * RMSNorm before attention and before the MLP, per-head RMSNorm on queries and keys, rotary embedding
 * (rotate-half), grouped-query attention, SwiGLU, optionally tied input and output embeddings. Parameter names and
 * [out, in] layouts are Hugging Face's, so that a checkpoint folder loads elsewhere.
 */
import { normalDraws } from './random.ts';

export interface ModelConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly rmsNormEps: number;
  readonly tieWordEmbeddings: boolean;
  readonly maxPositionEmbeddings: number;
}

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the initial normal values, or 'ones' for norm gains. */
  readonly init: number | 'ones';
}

/** Every trainable parameter in storage order. */
export function parametersOf(config: ModelConfig): Parameter[] {
  const { hiddenSize: d, intermediateSize: f, headDim, numHiddenLayers } = config;
  const q = config.numAttentionHeads * headDim;
  const kv = config.numKeyValueHeads * headDim;
  // Residual branches are scaled down with depth as in GPT-2, so that the stream's variance stays put.
  const residual = 1 / Math.sqrt(2 * numHiddenLayers);
  const parameters: Parameter[] = [
    { name: 'model.embed_tokens.weight', shape: [config.vocabSize, d], init: 0.02 },
  ];
  for (let layer = 0; layer < numHiddenLayers; layer++) {
    const at = `model.layers.${layer}`;
    parameters.push(
      { name: `${at}.input_layernorm.weight`, shape: [d], init: 'ones' },
      { name: `${at}.self_attn.q_proj.weight`, shape: [q, d], init: 1 / Math.sqrt(d) },
      { name: `${at}.self_attn.k_proj.weight`, shape: [kv, d], init: 1 / Math.sqrt(d) },
      { name: `${at}.self_attn.v_proj.weight`, shape: [kv, d], init: 1 / Math.sqrt(d) },
      { name: `${at}.self_attn.q_norm.weight`, shape: [headDim], init: 'ones' },
      { name: `${at}.self_attn.k_norm.weight`, shape: [headDim], init: 'ones' },
      { name: `${at}.self_attn.o_proj.weight`, shape: [d, q], init: residual / Math.sqrt(q) },
      { name: `${at}.post_attention_layernorm.weight`, shape: [d], init: 'ones' },
      { name: `${at}.mlp.gate_proj.weight`, shape: [f, d], init: 1 / Math.sqrt(d) },
      { name: `${at}.mlp.up_proj.weight`, shape: [f, d], init: 1 / Math.sqrt(d) },
      { name: `${at}.mlp.down_proj.weight`, shape: [d, f], init: residual / Math.sqrt(f) },
    );
  }
  parameters.push({ name: 'model.norm.weight', shape: [d], init: 'ones' });
  if (!config.tieWordEmbeddings) {
    parameters.push({ name: 'lm_head.weight', shape: [config.vocabSize, d], init: 0.02 });
  }
  return parameters;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function parameterCount(config: ModelConfig): number {
  return parametersOf(config).reduce((sum, p) => sum + sizeOf(p.shape), 0);
}

/** Fresh weights: a pure function of config and seed, whatever the engine. */
export function initialWeights(config: ModelConfig, seed: number): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  parametersOf(config).forEach((parameter, index) => {
    const size = sizeOf(parameter.shape);
    weights.set(
      parameter.name,
      parameter.init === 'ones'
        ? new Float32Array(size).fill(1)
        : normalDraws(seed, index, size, parameter.init),
    );
  });
  return weights;
}

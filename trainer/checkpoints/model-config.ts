/** A model's sizes as Hugging Face's config.json has them. Pure. */
import { z } from 'zod';
import type { ModelConfig } from '../engine/model.ts';

const huggingFaceConfig = z.object({
  model_type: z.literal('qwen3'),
  vocab_size: z.number(),
  hidden_size: z.number(),
  intermediate_size: z.number(),
  num_hidden_layers: z.number(),
  num_attention_heads: z.number(),
  num_key_value_heads: z.number(),
  head_dim: z.number(),
  rope_theta: z.number().default(10000),
  rms_norm_eps: z.number(),
  tie_word_embeddings: z.boolean().default(false),
  max_position_embeddings: z.number(),
});

/** @throws if the text is not the config.json of a Qwen3 model */
export function modelConfigOf(text: string): ModelConfig {
  const file = huggingFaceConfig.parse(JSON.parse(text));
  return {
    vocabSize: file.vocab_size,
    hiddenSize: file.hidden_size,
    intermediateSize: file.intermediate_size,
    numHiddenLayers: file.num_hidden_layers,
    numAttentionHeads: file.num_attention_heads,
    numKeyValueHeads: file.num_key_value_heads,
    headDim: file.head_dim,
    ropeTheta: file.rope_theta,
    rmsNormEps: file.rms_norm_eps,
    tieWordEmbeddings: file.tie_word_embeddings,
    maxPositionEmbeddings: file.max_position_embeddings,
  };
}

export function configJson(config: ModelConfig): Record<string, unknown> {
  return {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.numHiddenLayers,
    num_attention_heads: config.numAttentionHeads,
    num_key_value_heads: config.numKeyValueHeads,
    head_dim: config.headDim,
    rope_theta: config.ropeTheta,
    rms_norm_eps: config.rmsNormEps,
    tie_word_embeddings: config.tieWordEmbeddings,
    max_position_embeddings: config.maxPositionEmbeddings,
    hidden_act: 'silu',
    attention_bias: false,
    bos_token_id: 1,
    eos_token_id: 2,
    pad_token_id: 0,
    torch_dtype: 'float32',
  };
}

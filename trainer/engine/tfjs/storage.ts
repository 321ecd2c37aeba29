/**
 * How parameters are stored on the device: Hugging Face's matrices that read the same input are stacked by rows
 * (q, k, v; gate, up), so that each pair of layers costs one product instead of three or two.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { TensorMap } from '../engine.ts';
import { type ModelConfig, parametersOf, sizeOf } from '../model.ts';

export interface StoredParameter {
  readonly key: string;
  readonly shape: readonly number[];
  /** Hugging Face names, stacked by rows in this order. */
  readonly parts: readonly string[];
}

/** Device tensors by stored key: weights, gradients or moments. */
export type Stored = Map<string, tf.Tensor>;

const STACKS: readonly { readonly key: string; readonly parts: readonly string[] }[] = [
  { key: 'qkv', parts: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'] },
  { key: 'gateUp', parts: ['mlp.gate_proj', 'mlp.up_proj'] },
  { key: 'o', parts: ['self_attn.o_proj'] },
  { key: 'down', parts: ['mlp.down_proj'] },
  { key: 'attentionNorm', parts: ['input_layernorm'] },
  { key: 'mlpNorm', parts: ['post_attention_layernorm'] },
  { key: 'qNorm', parts: ['self_attn.q_norm'] },
  { key: 'kNorm', parts: ['self_attn.k_norm'] },
];

export const EMBED = 'embed';
export const FINAL_NORM = 'norm';
export const HEAD = 'head';

/** Key of a layer's stored parameter. */
export const layerKey = (layer: number, name: string): string => `${layer}.${name}`;

/** The stored key that multiplies the last hidden state. */
export const headKey = (config: ModelConfig): string => (config.tieWordEmbeddings ? EMBED : HEAD);

export function storedParametersOf(config: ModelConfig): StoredParameter[] {
  const shapes = new Map(parametersOf(config).map((p) => [p.name, p.shape]));
  const stack = (key: string, parts: readonly string[]): StoredParameter => {
    const [first, ...rest] = parts.map((name) => shapes.get(name)!);
    const rows = rest.reduce((sum, shape) => sum + shape[0]!, first![0]!);
    return { key, shape: [rows, ...first!.slice(1)], parts };
  };
  const stored = [stack(EMBED, ['model.embed_tokens.weight'])];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    for (const { key, parts } of STACKS) {
      stored.push(
        stack(
          layerKey(layer, key),
          parts.map((part) => `model.layers.${layer}.${part}.weight`),
        ),
      );
    }
  }
  stored.push(stack(FINAL_NORM, ['model.norm.weight']));
  if (!config.tieWordEmbeddings) stored.push(stack(HEAD, ['lm_head.weight']));
  return stored;
}

/**
 * Uploads parameters (copied: some backends share memory with the array they are given).
 * @throws if one is missing or has another size
 */
export function upload(config: ModelConfig, values: TensorMap): Stored {
  const sizes = new Map(parametersOf(config).map((p) => [p.name, sizeOf(p.shape)]));
  const parameters = storedParametersOf(config);
  for (const name of parameters.flatMap((p) => p.parts)) {
    const value = values.get(name);
    if (!value) throw new Error(`The state has no parameter ${name}`);
    if (value.length !== sizes.get(name)) {
      throw new Error(
        `Parameter ${name} has ${value.length} values where the model needs ${sizes.get(name)}`,
      );
    }
  }
  const stored: Stored = new Map();
  for (const { key, shape, parts } of parameters) {
    const flat = new Float32Array(sizeOf(shape));
    let at = 0;
    for (const name of parts) {
      flat.set(values.get(name)!, at);
      at += sizes.get(name)!;
    }
    stored.set(key, tf.keep(tf.tensor(flat, [...shape], 'float32')));
  }
  return stored;
}

export function zeros(config: ModelConfig): Stored {
  return new Map(
    storedParametersOf(config).map(({ key, shape }) => [
      key,
      tf.keep(tf.tensor(new Float32Array(sizeOf(shape)), [...shape], 'float32')),
    ]),
  );
}

/** Reads stored tensors back under Hugging Face's names. */
export async function download(config: ModelConfig, stored: Stored): Promise<Map<string, Float32Array>> {
  const sizes = new Map(parametersOf(config).map((p) => [p.name, sizeOf(p.shape)]));
  const values = new Map<string, Float32Array>();
  for (const { key, parts } of storedParametersOf(config)) {
    const flat = await stored.get(key)!.data<'float32'>();
    let at = 0;
    for (const name of parts) {
      const size = sizes.get(name)!;
      values.set(name, flat.slice(at, at + size));
      at += size;
    }
  }
  return new Map(parametersOf(config).map((p) => [p.name, values.get(p.name)!]));
}

export function disposeStored(stored: Stored): void {
  for (const tensor of stored.values()) tensor.dispose();
  stored.clear();
}

/**
 * The sampler: a prompt runs once and is shared by its completions; completions decode side by side, finished ones
 * leave. Every draw is a function of (seed, stream, generation, position), so results do not depend on the batch.
 */
import type { Completion, SampleRequest } from '../engine.ts';
import type { ModelConfig } from '../model.ts';
import { samplingUniform } from '../random.ts';
import {
  accept,
  completionOf,
  forcedToken,
  longestCompletion,
  mustThinkOn,
  newRow,
  type Row,
} from './completion-rows.ts';
import { decodeStep, firstLogits, prefill, ropeTable } from './decode-step.ts';
import type { StepChoice } from './decoding.ts';
import { createKvCache, type KvCache } from './kv-cache.ts';
import { createOwner, nextTurn, tidy } from './ownership.ts';
import { placesOf, planSlots, type Slots } from './slots.ts';
import { headShape, type LayerWeights } from './transformer.ts';
import { allLayerWeights, type Model } from './trunk.ts';

/** What one wave of prompts may hold, besides its cache. */
const WAVE_PROMPT_TOKENS = 16384;
const WAVE_ROWS = 1024;

/** Rows move together when this share of places would do. */
const MOVE_BELOW = 0.8;

/** Prompts that run at the same time, of similar length; one that is too large for a wave runs alone. */
function wavesOf(request: SampleRequest, config: ModelConfig, cacheBytes: number): number[][] {
  const tokenBytes = 8 * config.numHiddenLayers * config.numKeyValueHeads * config.headDim;
  const rowTokens = request.numGenerations * longestCompletion(request);
  const order = request.prompts.map((_, index) => index);
  order.sort((a, b) => request.prompts[a]!.length - request.prompts[b]!.length || a - b);
  const waves: number[][] = [];
  for (const index of order) {
    const wave = waves.at(-1);
    const count = (wave?.length ?? 0) + 1;
    const promptTokens = count * request.prompts[index]!.length;
    const fits =
      promptTokens <= WAVE_PROMPT_TOKENS &&
      count * request.numGenerations <= WAVE_ROWS &&
      (promptTokens + count * rowTokens) * tokenBytes <= cacheBytes;
    if (wave && fits) wave.push(index);
    else waves.push([index]);
  }
  return waves;
}

export async function runSample(
  model: Model,
  request: SampleRequest,
  cacheBytes: number,
): Promise<Completion[][]> {
  const rows = request.prompts.map((_, prompt) =>
    Array.from({ length: request.numGenerations }, (_, generation) => newRow(prompt, generation, request)),
  );
  const waves = wavesOf(request, model.config, cacheBytes);
  const owner = createOwner();
  try {
    const layers = allLayerWeights(model, owner);
    for (const [index, wave] of waves.entries()) {
      const members = wave.flatMap((prompt) => rows[prompt]!);
      await runWave(model, layers, request, wave, members, (done) =>
        request.onProgress?.((index + done) / waves.length),
      );
    }
    request.onProgress?.(1);
  } finally {
    owner.dispose();
  }
  return rows.map((members) => members.map(completionOf));
}

/** What the next step needs to know of the rows at their places; empty places draw anything. */
function stepChoice(request: SampleRequest, slots: Slots, rows: readonly Row[]): StepChoice {
  const { decoding, thinking, eosToken } = request;
  const places = slots.rows.map((row) => (row >= 0 && rows[row]!.finish === null ? rows[row]! : null));
  const uniforms = new Float32Array(places.length);
  const restricted = new Float32Array(places.length);
  const forced = new Int32Array(places.length).fill(-1);
  places.forEach((row, place) => {
    if (!row) return;
    if (mustThinkOn(row, request)) restricted[place] = 1;
    forced[place] = forcedToken(row, request);
    if (decoding.temperature === 0) return;
    uniforms[place] = samplingUniform(
      request.seed,
      request.streams[row.prompt]!,
      row.generation,
      row.tokens.length,
    );
  });
  const tokens = thinking ? [thinking.endToken, eosToken] : [];
  return {
    decoding,
    uniforms,
    restriction: restricted.includes(1) ? { tokens, restricted } : null,
    forced: forced.some((token) => token >= 0) ? forced : null,
  };
}

/** Unfinished rows by prompt of the wave. */
function activeRows(rows: readonly Row[], prompts: number, generations: number): number[][] {
  return Array.from({ length: prompts }, (_, prompt) =>
    Array.from({ length: generations }, (_, g) => prompt * generations + g).filter(
      (row) => rows[row]!.finish === null,
    ),
  );
}

async function runWave(
  model: Model,
  layers: readonly LayerWeights[],
  request: SampleRequest,
  wave: readonly number[],
  rows: readonly Row[],
  onProgress: (done: number) => void,
): Promise<void> {
  const active = (): number[][] => activeRows(rows, wave.length, request.numGenerations);
  let slots = planSlots(active());
  if (slots.rows.length === 0) return;
  const prompts = wave.map((prompt) => request.prompts[prompt]!);
  const longest = longestCompletion(request);
  const owner = createOwner();
  let cache: KvCache | null = null;
  try {
    const rope = owner.tidy(() => ropeTable(model.config, prompts.at(-1)!.length + longest));
    const { last, prefixes } = owner.own(await prefill(model, layers, prompts));
    const lengths = prompts.map((p) => p.length);
    const kv = createKvCache(prefixes, lengths, slots, headShape(model.config), model.ops);
    cache = kv;
    let z = owner.tidy(() => firstLogits(model, last, slots, request.decoding));
    for (let step = 1; ; step++) {
      const packed = tidy(() => model.ops.chooseTokens(z, stepChoice(request, slots, rows)));
      owner.release(z);
      const values = await packed.data<'float32'>();
      packed.dispose();
      const tokens = Int32Array.from(values.subarray(0, slots.rows.length));
      slots.rows.forEach((index, place) => {
        const row = rows[index];
        if (!row || row.finish !== null) return;
        const at = slots.rows.length + place;
        accept(row, tokens[place]!, values[at]!, values[at + slots.rows.length]!, request);
      });
      const fewer = planSlots(active());
      if (fewer.rows.length === 0) return;
      onProgress(step / longest);
      await nextTurn();
      let fed = tokens;
      if (placesOf(fewer) <= MOVE_BELOW * placesOf(slots)) {
        fed = Int32Array.from(kv.move(fewer), (place) => tokens[place]!);
        slots = fewer;
      }
      z = owner.tidy(() => decodeStep(model, layers, kv, rope, fed, request.decoding));
    }
  } finally {
    cache?.dispose();
    owner.dispose();
  }
}

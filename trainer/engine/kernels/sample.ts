/**
 * Sampling: admits rows into a bounded number of slots, computes prompts once per group, and steps until all ended.
 * The arithmetic, the draws and the limits are in c/sampler.h and c/draw.h.
 */
import type { Completion, FinishReason, SampleRequest } from '../engine.ts';
import { createBreath } from './breath.ts';
import { checkSequence, effectiveTemperature, type KernelModel, restoreInfinities } from './kernel-model.ts';
import { type Address, need } from './library.ts';
import { PREFILL_ROWS, slotPlan } from './memory.ts';
import { BatchBuilder, KEEP, splitBySize } from './packing.ts';

/** By the numbers of `Finish` in c/sampler.h. */
const FINISH: readonly (FinishReason | null)[] = [
  null,
  'eos',
  'answer-limit',
  'thinking-limit',
  'thinking-eos',
];

/** Tokens a completion can have at most. */
export function maxCompletionTokens(request: Pick<SampleRequest, 'thinking' | 'maxAnswerTokens'>): number {
  return (request.thinking ? request.thinking.maxTokens + 1 : 0) + request.maxAnswerTokens;
}

interface Waiting {
  readonly prompt: number;
  readonly generation: number;
}

export async function sample(
  model: KernelModel,
  sampler: Address,
  request: SampleRequest,
): Promise<Completion[][]> {
  const { library, config } = model;
  const { functions } = library;
  const { prompts, numGenerations, decoding, thinking } = request;
  const maxNew = maxCompletionTokens(request);
  const outputs = prompts.length * numGenerations;
  if (outputs === 0) return prompts.map(() => []);
  for (const prompt of prompts) {
    if (prompt.length === 0) throw new RangeError('A prompt must have at least one token.');
    checkSequence(config, prompt, prompt.length + maxNew - 1);
  }
  const maxPrompt = Math.max(...prompts.map((p) => p.length));
  const { slots, prefixes } = slotPlan(config, {
    prompts: prompts.length,
    numGenerations,
    maxPromptTokens: maxPrompt,
    maxNewTokens: maxNew,
  });

  configure();
  const promptSlot = new Int32Array(prompts.length).fill(-1);
  const freePromptSlots = Array.from({ length: prefixes }, (_, i) => prefixes - 1 - i);
  const promptInSlot = new Int32Array(prefixes).fill(-1);
  const waiting: Waiting[] = prompts.flatMap((_, prompt) =>
    Array.from({ length: numGenerations }, (_, generation) => ({ prompt, generation })),
  );
  const breath = createBreath();
  let next = 0;
  let active = 0;
  let steps = 0;
  const expectedSteps = Math.ceil(outputs / slots) * Math.max(1, maxNew);
  while (next < outputs || active > 0) {
    request.onProgress?.(Math.min(0.999, Math.max(steps / expectedSteps, (next - active) / outputs)));
    const enough = Math.min(numGenerations, outputs - next, slots);
    if (next < outputs && slots - active >= enough) await admit();
    active = functions.sampler_next(sampler);
    steps++;
    await breath();
  }
  request.onProgress?.(1);
  return collect();

  function configure(): void {
    const ints = Int32Array.of(
      slots,
      prefixes,
      maxPrompt,
      maxNew,
      outputs,
      decoding.topK,
      request.eosToken,
      thinking ? 1 : 0,
      thinking?.endToken ?? -1,
      thinking?.minTokens ?? 0,
      thinking?.maxTokens ?? 0,
      thinking?.atLimit === 'close' ? 1 : 0,
      request.maxAnswerTokens,
      request.seed | 0,
      decoding.bannedTokens.length,
      ...decoding.bannedTokens,
    );
    const reals = model.numbers.reserve(64);
    library.write(reals, Float64Array.of(decoding.temperature, decoding.topP, decoding.minP));
    const at = model.description.reserve(ints.byteLength);
    library.write(at, ints);
    need(functions.sampler_configure(sampler, at, reals), `sampling ${slots} completions at a time`);
  }

  /** Starts as many waiting rows as there are slots for, in order. */
  async function admit(): Promise<void> {
    releasePrompts();
    const starting: Waiting[] = [];
    const fresh: number[] = [];
    while (next < outputs && starting.length < slots - active) {
      const row = waiting[next]!;
      if (promptSlot[row.prompt] === -1) {
        const slot = freePromptSlots.pop();
        if (slot === undefined) break;
        promptSlot[row.prompt] = slot;
        promptInSlot[slot] = row.prompt;
        fresh.push(row.prompt);
      }
      starting.push(row);
      next++;
    }
    for (const run of splitBySize(fresh, (p) => prompts[p]!.length, PREFILL_ROWS)) await prefill(run);
    if (starting.length === 0) return;
    const starts = new Int32Array(5 * starting.length);
    starting.forEach(({ prompt, generation }, i) => {
      starts.set(
        [
          promptSlot[prompt]!,
          prompts[prompt]!.length,
          prompt * numGenerations + generation,
          request.streams[prompt]!,
          generation,
        ],
        5 * i,
      );
    });
    const at = model.description.reserve(starts.byteLength);
    library.write(at, starts);
    active = functions.sampler_start_rows(sampler, at, starting.length);
  }

  /** Prompts with no row in flight and none waiting give their place back. */
  function releasePrompts(): void {
    const rows = new Int32Array(prefixes);
    library.read(functions.sampler_prompt_rows(sampler), rows);
    const nextPrompt = waiting[next]?.prompt ?? prompts.length;
    for (let slot = 0; slot < prefixes; slot++) {
      const prompt = promptInSlot[slot]!;
      if (prompt === -1 || rows[slot]! > 0 || prompt >= nextPrompt) continue;
      promptInSlot[slot] = -1;
      freePromptSlots.push(slot);
    }
  }

  async function prefill(run: readonly number[]): Promise<void> {
    const builder = new BatchBuilder();
    for (const prompt of run) {
      builder.family(promptSlot[prompt]!);
      const row = builder.segment(prompts[prompt]!);
      builder.query(row + prompts[prompt]!.length - 1, false);
    }
    const packed = builder.finish(KEEP.nothing, decoding.bannedTokens);
    await model.forward(packed, effectiveTemperature(decoding.temperature), sampler);
    functions.sampler_keep_prompts(sampler, model.batch);
  }

  function collect(): Completion[][] {
    const cells = outputs * maxNew;
    const tokens = new Int32Array(cells);
    const forced = new Int32Array(cells);
    const logps = new Float32Array(cells);
    const entropies = new Float32Array(cells);
    const outcomes = new Int32Array(4 * outputs);
    library.read(functions.sampler_tokens(sampler), tokens);
    library.read(functions.sampler_forced(sampler), forced);
    library.read(functions.sampler_logps(sampler), logps);
    library.read(functions.sampler_entropies(sampler), entropies);
    library.read(functions.sampler_outcomes(sampler), outcomes);
    return prompts.map((_, prompt) =>
      Array.from({ length: numGenerations }, (_, generation): Completion => {
        const output = prompt * numGenerations + generation;
        const from = output * maxNew;
        const to = from + outcomes[4 * output]!;
        return {
          tokens: tokens.slice(from, to),
          logps: restoreInfinities(logps.slice(from, to)),
          entropies: entropies.slice(from, to),
          forced: Uint8Array.from(forced.subarray(from, to)),
          thinkingLength: outcomes[4 * output + 1]!,
          answerStart: outcomes[4 * output + 2]!,
          finish: FINISH[outcomes[4 * output + 3]!]!,
        };
      }),
    );
  }
}

/**
 * Scoring: log-probabilities, entropies and most likely tokens of given sequences, packed into batches.
 */
import type { ScoreRequest, SequenceScore } from '../engine.ts';
import { checkSequence, effectiveTemperature, type KernelModel } from './kernel-model.ts';
import { SCORED_ROWS } from './memory.ts';
import { addDocument, BatchBuilder, KEEP, splitBySize } from './packing.ts';

interface Item {
  readonly index: number;
  readonly tokens: Int32Array;
  readonly positions: readonly number[];
}

export async function score(model: KernelModel, request: ScoreRequest): Promise<SequenceScore[]> {
  const { library, batch } = model;
  const scores = request.sequences.map((tokens) => ({
    logps: new Float32Array(tokens.length),
    entropies: new Float32Array(tokens.length),
    greedyTokens: new Int32Array(tokens.length).fill(-1),
  }));
  const items = request.sequences.flatMap((tokens, index): Item[] => {
    checkSequence(model.config, tokens, tokens.length);
    const start = Math.max(1, request.starts?.[index] ?? 1);
    if (start >= tokens.length) return [];
    return [{ index, tokens, positions: Array.from({ length: tokens.length - start }, (_, i) => start + i) }];
  });
  let done = 0;
  for (const run of splitBySize(items, (item) => item.tokens.length, SCORED_ROWS)) {
    request.onProgress?.(done / items.length);
    const builder = new BatchBuilder();
    for (const item of run) addDocument(builder, item.tokens, item.positions, false);
    const packed = builder.finish(KEEP.nothing, request.logits.bannedTokens);
    await model.forward(packed, effectiveTemperature(request.logits.temperature), 0);
    const logps = model.readLogps(packed.targets);
    const entropies = new Float32Array(packed.queries);
    library.read(library.functions.batch_entropies(batch), entropies);
    const greedy = new Int32Array(packed.queries);
    library.read(library.functions.batch_greedy(batch), greedy);
    // One query per target, in the same order.
    let at = 0;
    for (const item of run) {
      const start = item.positions[0]!;
      const count = item.positions.length;
      const result = scores[item.index]!;
      result.logps.set(logps.subarray(at, at + count), start);
      result.entropies.set(entropies.subarray(at, at + count), start);
      result.greedyTokens.set(greedy.subarray(at, at + count), start);
      at += count;
    }
    done += run.length;
  }
  request.onProgress?.(1);
  return scores;
}

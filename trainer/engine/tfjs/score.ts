/** Log-probabilities, entropies and argmax of whole sequences. */
import type { ScoreRequest, SequenceScore } from '../engine.ts';
import { scoreTargets } from './head.ts';
import { layoutOf, microBatches, type Sequence } from './layout.ts';
import { createOwner, nextTurn } from './ownership.ts';
import { place } from './placement.ts';
import { sequenceTargets, withoutLast } from './targets.ts';
import { allLayerWeights, type Model, runTrunk } from './trunk.ts';

/** Tokens in flight; no activations are kept. */
const TOKENS_AT_ONCE = 8192;

export async function runScore(model: Model, request: ScoreRequest): Promise<SequenceScore[]> {
  const { config } = model;
  const { sequences } = request;
  const inputs = sequences.map((tokens): Sequence => ({ prompt: withoutLast(tokens), completions: [] }));
  const scores = sequences.map(({ length }) => ({
    logps: new Float32Array(length),
    entropies: new Float32Array(length),
    greedyTokens: new Int32Array(length).fill(-1),
  }));
  const startOf = (index: number): number => Math.max(1, request.starts?.[index] ?? 1);
  const scored = sequences
    .map((_, index) => index)
    .filter((index) => startOf(index) < sequences[index]!.length);
  const batches = microBatches(
    scored.map((index) => inputs[index]!),
    TOKENS_AT_ONCE,
  ).map((batch) => batch.map((at) => scored[at]!));
  const owner = createOwner();
  try {
    const layers = allLayerWeights(model, owner);
    for (const [done, batch] of batches.entries()) {
      request.onProgress?.(done / batches.length);
      const starts = batch.map(startOf);
      const layout = layoutOf(batch.map((index) => inputs[index]!));
      const placement = owner.tidy(() => place(layout, config.headDim, config.ropeTheta));
      const x = owner.own(await runTrunk(model, placement, layers));
      const targets = sequenceTargets(
        layout,
        batch.map((index) => sequences[index]!),
        starts,
      );
      const values = await scoreTargets(x, targets, request.logits, model, true);
      owner.release([x, placement]);
      let at = 0;
      batch.forEach((index, member) => {
        const start = starts[member]!;
        const end = at + sequences[index]!.length - start;
        scores[index]!.logps.set(values.logps.subarray(at, end), start);
        scores[index]!.entropies.set(values.entropies.subarray(at, end), start);
        scores[index]!.greedyTokens.set(values.greedyTokens.subarray(at, end), start);
        at = end;
      });
      await nextTurn();
    }
    request.onProgress?.(1);
    return scores;
  } finally {
    owner.dispose();
  }
}

/**
 * One optimizer step: micro-batches forward and backward, gradients summed, AdamW.
 *
 * The policy loss lives in policy-loss.ts as numbers. Where its derivative does not depend on the current
 * log-probabilities (no old ones and no KL term) it is known before the forward pass and nothing is read back inside
 * the step; otherwise each micro-batch reads its log-probabilities back once.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { PolicyGroup, UpdateRequest, UpdateResult, WeightedDocument } from '../engine.ts';
import { policyLoss } from '../policy-loss.ts';
import { PLAIN_LOGITS, scoreTargets, targetGradients } from './head.ts';
import { layoutOf, microBatches, type Sequence, tokensOf } from './layout.ts';
import { applyAdamW, globalNorm, type OptimizerState } from './optimizer.ts';
import { createOwner, nextTurn } from './ownership.ts';
import { place } from './placement.ts';
import { disposeStored, type Stored } from './storage.ts';
import { documentTargets, groupTargets, withoutLast } from './targets.ts';
import type { LayerWeights } from './transformer.ts';
import { allLayerWeights, type GradientSum, type Model, traceTrunk } from './trunk.ts';

/** One sequence of a micro-batch, by its index in the request. */
type Member = { readonly kind: 'group' | 'document'; readonly index: number; readonly sequence: Sequence };

/** Sums gradients over micro-batches. */
interface Sum extends GradientSum {
  readonly stored: Stored;
}

function createSum(): Sum {
  const stored: Stored = new Map();
  return {
    stored,
    add(key, gradient) {
      const before = stored.get(key);
      stored.set(key, before ? tf.add(before, gradient) : gradient);
      if (!before) return;
      before.dispose();
      gradient.dispose();
    },
  };
}

/** What the micro-batches found, as the request is ordered. */
interface Found {
  readonly logps: Float32Array[][];
  readonly entropies: Float32Array[][];
  /** Σ w · (−log π) over documents. */
  ntpSum: number;
}

const emptyPerCompletion = (groups: readonly PolicyGroup[]): Float32Array[][] =>
  groups.map((group) => group.completions.map((c) => new Float32Array(c.tokens.length)));

/** Cuts a run of values, one per completion token of the groups at `indices`, into `into`. */
function scatter(values: Float32Array, indices: readonly number[], into: Float32Array[][]): void {
  let at = 0;
  for (const index of indices) {
    for (const run of into[index]!) {
      run.set(values.subarray(at, at + run.length));
      at += run.length;
    }
  }
}

function gather(parts: readonly (readonly Float32Array[])[], indices: readonly number[]): Float32Array {
  const runs = indices.flatMap((index) => parts[index]!);
  const flat = new Float32Array(runs.reduce((sum, run) => sum + run.length, 0));
  let at = 0;
  for (const run of runs) {
    flat.set(run, at);
    at += run.length;
  }
  return flat;
}

const totalWeight = (documents: readonly WeightedDocument[]): number =>
  documents.reduce((sum, d) => d.weights.reduce((all, w) => all + w, sum), 0);

/** Whether ∂loss/∂logp needs the current log-probabilities. */
const derivativeNeedsLogps = ({ groups, loss }: UpdateRequest): boolean =>
  loss.beta !== 0 || groups.some((g) => g.completions.some((c) => c.oldPerTokenLogps));

/** Sequences that can carry loss. */
function membersOf({ groups, documents }: UpdateRequest): Member[] {
  const members: Member[] = [];
  groups.forEach(({ prompt, completions }, index) => {
    if (completions.every((c) => c.tokens.length === 0)) return;
    members.push({
      kind: 'group',
      index,
      sequence: { prompt, completions: completions.map((c) => withoutLast(c.tokens)) },
    });
  });
  documents.forEach(({ tokens, weights }, index) => {
    if (!weights.some((w, i) => i > 0 && w !== 0)) return;
    members.push({ kind: 'document', index, sequence: { prompt: withoutLast(tokens), completions: [] } });
  });
  return members;
}

interface Pass {
  readonly model: Model;
  readonly request: UpdateRequest;
  readonly layers: readonly LayerWeights[];
  readonly sum: Sum;
  readonly found: Found;
  /** Known before the forward pass, or null. */
  readonly dLogps: readonly (readonly Float32Array[])[] | null;
  readonly ntpScale: number;
}

async function microBatch(pass: Pass, members: readonly Member[]): Promise<void> {
  const { model, request, found, sum } = pass;
  const { config } = model;
  const owner = createOwner();
  const sequences = members.map((m) => m.sequence);
  const layout = layoutOf(sequences);
  const placement = owner.tidy(() => place(layout, config.headDim, config.ropeTheta));
  const trace = await traceTrunk(model, placement, pass.layers, request.recomputeActivations);
  try {
    const indices = members.flatMap((m) => (m.kind === 'group' ? [m.index] : []));
    const groups = groupTargets(
      layout,
      members.flatMap((m, place) => (m.kind === 'group' ? [{ place, ...request.groups[m.index]! }] : [])),
    );
    const parts: tf.Tensor[] = [];
    // Scores are read when the backward pass is on its way: nothing inside the micro-batch waits for them.
    const pending: (() => Promise<void>)[] = [];
    if (groups.rows.length > 0) {
      let dLogps = pass.dLogps;
      if (!dLogps) {
        const { logps } = await scoreTargets(trace.y, groups, request.logits, model, false);
        scatter(logps, indices, found.logps);
        dLogps = policyLoss(request.groups, found.logps, request.loss).dLogps;
      }
      const head = targetGradients(trace.y, groups, gather(dLogps, indices), request.logits, model, sum);
      parts.push(owner.own(head.dx));
      pending.push(async () => {
        const values = await head.scores.data<'float32'>();
        head.scores.dispose();
        scatter(values.subarray(0, groups.rows.length), indices, found.logps);
        scatter(values.subarray(groups.rows.length), indices, found.entropies);
      });
    }
    const documents = members.flatMap((m, at) =>
      m.kind === 'document' ? [{ place: at, document: request.documents[m.index]! }] : [],
    );
    const targets = documentTargets(layout, documents);
    if (targets.rows.length > 0) {
      const dLogps = targets.weights.map((w) => -w * pass.ntpScale);
      const head = targetGradients(trace.y, targets, dLogps, PLAIN_LOGITS, model, sum);
      parts.push(owner.own(head.dx));
      pending.push(async () => {
        const values = await head.scores.data<'float32'>();
        head.scores.dispose();
        targets.weights.forEach((w, i) => {
          found.ntpSum -= w * values[i]!;
        });
      });
    }
    const dy = parts.length === 1 ? parts[0]! : owner.tidy(() => tf.addN(parts));
    await trace.backward(dy, sum);
    for (const read of pending) await read();
  } finally {
    trace.dispose();
    owner.dispose();
  }
}

export interface Update {
  readonly result: UpdateResult;
  /** Of the whole loss, before clipping; owned by the caller. */
  readonly gradients: Stored;
}

/** @throws if the request is to be applied while `optimizer` is null, or beta ≠ 0 lacks reference values */
export async function runUpdate(
  model: Model,
  optimizer: OptimizerState | null,
  request: UpdateRequest,
): Promise<Update> {
  const { groups, documents } = request;
  if (request.apply !== false && !optimizer) {
    throw new Error('This policy was made without an optimizer: it can only sample and score');
  }
  const found: Found = {
    logps: emptyPerCompletion(groups),
    entropies: emptyPerCompletion(groups),
    ntpSum: 0,
  };
  const weight = totalWeight(documents);
  const owner = createOwner();
  const pass: Pass = {
    model,
    request,
    found,
    layers: allLayerWeights(model, owner),
    sum: createSum(),
    dLogps: derivativeNeedsLogps(request) ? null : policyLoss(groups, found.logps, request.loss).dLogps,
    ntpScale: weight === 0 ? 0 : request.ntpCoefficient / weight,
  };
  try {
    const members = membersOf(request);
    const sequences = members.map((m) => m.sequence);
    for (const batch of microBatches(sequences, request.maxTokensPerMicroBatch)) {
      await microBatch(
        pass,
        batch.map((index) => members[index]!),
      );
      await nextTurn();
    }
    const gradients = pass.sum.stored;
    let gradNorm = 0;
    if (gradients.size > 0) {
      const norm = owner.own(globalNorm(gradients));
      if (optimizer && request.apply !== false) {
        applyAdamW(model.stored, optimizer, gradients, norm, request.optimizer, model.ops);
      }
      gradNorm = (await norm.data<'float32'>())[0]!;
    }
    const numTokens = sequences.reduce((sum, sequence) => sum + tokensOf(sequence), 0);
    return { result: resultOf(request, found, weight, gradNorm, numTokens), gradients };
  } catch (error) {
    disposeStored(pass.sum.stored);
    throw error;
  } finally {
    owner.dispose();
  }
}

function resultOf(
  request: UpdateRequest,
  found: Found,
  weight: number,
  gradNorm: number,
  numTokens: number,
): UpdateResult {
  const { groups } = request;
  const policy = policyLoss(groups, found.logps, request.loss);
  const ntpLoss = weight === 0 ? 0 : found.ntpSum / weight;
  let entropy = 0;
  let tokens = 0;
  groups.forEach((group, g) => {
    group.completions.forEach(({ completionMask }, c) => {
      completionMask.forEach((carries, i) => {
        if (!carries) return;
        entropy += found.entropies[g]![c]![i]!;
        tokens++;
      });
    });
  });
  return {
    loss: policy.loss + request.ntpCoefficient * ntpLoss,
    policyLoss: policy.loss,
    ntpLoss,
    kl: policy.kl,
    entropy: tokens === 0 ? 0 : entropy / tokens,
    clipRatio: policy.clipRatio,
    gradNorm,
    numTokens,
    perTokenLogps: found.logps,
  };
}

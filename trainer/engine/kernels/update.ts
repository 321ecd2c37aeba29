/**
 * One optimizer step: groups and documents packed into micro-batches, gradients summed over them, then AdamW.
 *
 * The policy loss is a sum over completions whose terms need only that completion's log-probabilities and the lengths
 * of all (policy-loss.ts), so its derivative is asked for after each micro-batch, with earlier values standing in for
 * completions not yet seen. Groups that cannot move the policy (no advantage, no KL) run forward only.
 */
import type { PolicyGroup, UpdateRequest, UpdateResult, WeightedDocument } from '../engine.ts';
import { policyLoss } from '../policy-loss.ts';
import { createBreath } from './breath.ts';
import { checkSequence, effectiveTemperature, type KernelModel } from './kernel-model.ts';
import { ROWS_PER_MICRO_BATCH } from './memory.ts';
import {
  addDocument,
  addGroup,
  BatchBuilder,
  type CompletionTargets,
  KEEP,
  type Keep,
  splitBySize,
} from './packing.ts';

type Unit =
  | { readonly kind: 'group'; readonly index: number; readonly group: PolicyGroup; readonly rows: number }
  | {
      readonly kind: 'document';
      readonly document: WeightedDocument;
      readonly positions: readonly number[];
      readonly rows: number;
    };

function groupUnit(group: PolicyGroup, index: number): Unit {
  const completions = group.completions.reduce((sum, c) => sum + Math.max(0, c.tokens.length - 1), 0);
  return { kind: 'group', index, group, rows: group.prompt.length + completions };
}

function documentUnits(document: WeightedDocument): Unit[] {
  const positions: number[] = [];
  for (let i = 1; i < document.tokens.length; i++) if (document.weights[i] !== 0) positions.push(i);
  const last = positions.at(-1);
  return last === undefined ? [] : [{ kind: 'document', document, positions, rows: last }];
}

/** Whether any of the group's tokens can have a gradient. */
function movesPolicy(group: PolicyGroup, beta: number): boolean {
  return group.completions.some((c) => (c.advantage !== 0 || beta !== 0) && c.completionMask.includes(1));
}

/** Copies a completion's values out of (or into) a batch's target order. */
function gather(targets: CompletionTargets, from: Float32Array, into: Float32Array): void {
  if (into.length > 0) into[0] = from[targets.first]!;
  if (into.length > 1) into.set(from.subarray(targets.rest, targets.rest + into.length - 1), 1);
}
function scatter(targets: CompletionTargets, from: Float32Array, into: Float32Array): void {
  if (from.length > 0) into[targets.first] = from[0]!;
  if (from.length > 1) into.set(from.subarray(1), targets.rest);
}

/** AdamW's step count is the caller's to keep: `step` is the number of this one, from 1. */
export async function update(
  model: KernelModel,
  request: UpdateRequest,
  step: number,
): Promise<UpdateResult> {
  const { library, batch, config } = model;
  const { functions } = library;
  const { groups, documents, loss: settings, logits, optimizer } = request;
  for (const group of groups) {
    checkSequence(config, group.prompt, group.prompt.length);
    for (const c of group.completions) {
      checkSequence(config, c.tokens, group.prompt.length + c.tokens.length - 1);
    }
  }
  for (const document of documents) checkSequence(config, document.tokens, document.tokens.length);

  const temperature = effectiveTemperature(logits.temperature);
  const limit = Math.max(1, Math.min(request.maxTokensPerMicroBatch, ROWS_PER_MICRO_BATCH));
  const weightSum = documents.reduce((sum, d) => sum + d.weights.subarray(1).reduce((s, w) => s + w, 0), 0);
  const perTokenLogps = groups.map((group) =>
    group.completions.map((c) => Float32Array.from(c.oldPerTokenLogps ?? new Float32Array(c.tokens.length))),
  );
  const moving = (unit: Unit): boolean => unit.kind === 'document' || movesPolicy(unit.group, settings.beta);
  const units: Unit[] = [...groups.map(groupUnit), ...documents.flatMap(documentUnits)];
  const kept: Keep = request.recomputeActivations ? KEEP.inputs : KEEP.all;
  const runs = [
    ...splitBySize(units.filter(moving), (u) => u.rows, limit).map((run) => ({ run, keep: kept })),
    ...splitBySize(
      units.filter((u) => !moving(u)),
      (u) => u.rows,
      limit,
    ).map((run) => ({ run, keep: KEEP.nothing as Keep })),
  ];

  functions.model_zero_gradients(model.address);
  const breath = createBreath();
  let ntpSum = 0;
  let entropySum = 0;
  let entropyTokens = 0;
  let numTokens = 0;
  for (const { run, keep } of runs) {
    await breath();
    const builder = new BatchBuilder();
    const placed = run.map((unit) =>
      unit.kind === 'group'
        ? addGroup(
            builder,
            unit.group.prompt,
            unit.group.completions.map((c) => c.tokens),
          )
        : addDocument(builder, unit.document.tokens, unit.positions, true),
    );
    const packed = builder.finish(keep, logits.bannedTokens);
    numTokens += packed.rows;
    await model.forward(packed, temperature, 0);
    const logps = model.readLogps(packed.targets);
    const entropies = new Float32Array(packed.queries);
    library.read(functions.batch_entropies(batch), entropies);
    const dLogps = new Float32Array(packed.targets);

    const queryOf = queriesOfTargets(packed.description, packed);
    run.forEach((unit, index) => {
      if (unit.kind === 'document') {
        const first = placed[index] as number;
        unit.positions.forEach((position, i) => {
          const weight = unit.document.weights[position]!;
          ntpSum -= weight * logps[first + i]!;
          dLogps[first + i] = (-request.ntpCoefficient * weight) / weightSum;
        });
        return;
      }
      const targets = placed[index] as CompletionTargets[];
      unit.group.completions.forEach((completion, c) => {
        gather(targets[c]!, logps, perTokenLogps[unit.index]![c]!);
        completion.tokens.forEach((_, t) => {
          if (!completion.completionMask[t]) return;
          const target = t === 0 ? targets[c]!.first : targets[c]!.rest + t - 1;
          entropySum += entropies[queryOf[target]!]!;
          entropyTokens++;
        });
      });
    });
    if (keep === KEEP.nothing) continue;

    if (run.some((unit) => unit.kind === 'group')) {
      const { dLogps: byGroup } = policyLoss(groups, perTokenLogps, settings);
      run.forEach((unit, index) => {
        if (unit.kind !== 'group') return;
        const targets = placed[index] as CompletionTargets[];
        for (const [c, t] of targets.entries()) scatter(t, byGroup[unit.index]![c]!, dLogps);
      });
    }
    library.write(functions.batch_d_logps(batch), dLogps);
    functions.batch_backward_head(batch);
    for (let layer = config.numHiddenLayers - 1; layer >= 0; layer--) {
      await breath();
      functions.batch_backward_layer(batch, layer);
    }
    functions.batch_backward_embedding(batch);
  }

  const policy = policyLoss(groups, perTokenLogps, settings);
  const ntpLoss = weightSum === 0 ? 0 : ntpSum / weightSum;
  const gradNorm = gradientNorm(model);
  if (request.apply !== false) {
    const clip = optimizer.maxGradNorm > 0 ? Math.min(1, optimizer.maxGradNorm / (gradNorm + 1e-6)) : 1;
    const at = model.numbers.reserve(64);
    library.write(
      at,
      Float64Array.of(
        optimizer.learningRate,
        optimizer.adamBeta1,
        optimizer.adamBeta2,
        optimizer.adamEpsilon,
        optimizer.weightDecay,
        clip,
        1 - optimizer.adamBeta1 ** step,
        Math.sqrt(1 - optimizer.adamBeta2 ** step),
      ),
    );
    functions.model_adamw(model.address, at);
  }
  return {
    loss: policy.loss + request.ntpCoefficient * ntpLoss,
    policyLoss: policy.loss,
    ntpLoss,
    kl: policy.kl,
    entropy: entropyTokens === 0 ? 0 : entropySum / entropyTokens,
    clipRatio: policy.clipRatio,
    gradNorm,
    numTokens,
    perTokenLogps,
  };
}

/** Each target's query. */
function queriesOfTargets(
  description: Int32Array,
  packed: { readonly queries: number; readonly targets: number },
): Int32Array {
  const banned = description[5]!;
  const targetsAt = description.length - banned - packed.targets;
  const startsAt = targetsAt - (packed.queries + 1);
  const query = new Int32Array(packed.targets);
  for (let q = 0; q < packed.queries; q++) {
    query.fill(q, description[startsAt + q]!, description[startsAt + q + 1]!);
  }
  return query;
}

function gradientNorm(model: KernelModel): number {
  const { functions } = model.library;
  const at = model.numbers.reserve(64);
  functions.model_gradient_norm(model.address, at);
  const norm = new Float64Array(1);
  model.library.read(at, norm);
  return norm[0]!;
}

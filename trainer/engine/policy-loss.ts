/**
 * The GRPO policy loss on per-token log-probabilities, and its derivative, as plain arithmetic: engines run the
 * model forward, call this, and run the model backward from `dLogps`. So every loss option exists once.
 *
 * GRPO: Shao et al. 2024 (arXiv 2402.03300); DAPO's token-mean and clip-higher: arXiv 2503.14476; Dr. GRPO:
 * 2503.20783; sequence-level ratios (GSPO): 2507.18071. Names and defaults are TRL's.
 */
import type { PolicyGroup } from './engine.ts';

export interface PolicyLossSettings {
  readonly lossType: 'dapo' | 'grpo' | 'dr_grpo' | 'bnpo';
  /** Lower and upper clip distances of the ratio. */
  readonly epsilon: number;
  readonly epsilonHigh: number;
  /** Weight of the KL penalty to the reference policy. */
  readonly beta: number;
  readonly importanceSamplingLevel: 'token' | 'sequence';
  /** L_max of dr_grpo's constant normaliser. */
  readonly maxCompletionLength: number;
}

export interface PolicyLoss {
  readonly loss: number;
  /** ∂loss/∂logp of every completion token, as groups and completions are ordered. */
  readonly dLogps: Float32Array[][];
  readonly kl: number;
  readonly clipRatio: { readonly low: number; readonly high: number; readonly region: number };
}

/** What one token of a completion weighs in the loss before advantages: the loss type's normalisation. */
export function tokenWeights(groups: readonly PolicyGroup[], settings: PolicyLossSettings): number[][] {
  const completions = groups.flatMap((g) => g.completions);
  const lengths = completions.map((c) => c.completionMask.reduce((sum, m) => sum + m, 0));
  const total = lengths.reduce((sum, n) => sum + n, 0);
  const weightOf = (length: number): number => {
    switch (settings.lossType) {
      case 'grpo':
        return length === 0 ? 0 : 1 / (length * completions.length);
      case 'dr_grpo':
        return 1 / (settings.maxCompletionLength * completions.length);
      // Per update these two coincide: bnpo's "local batch" is the whole request here, so that micro-batching
      // cannot change the result.
      case 'bnpo':
      case 'dapo':
        return total === 0 ? 0 : 1 / total;
      default:
        return settings.lossType satisfies never;
    }
  };
  let at = 0;
  return groups.map((group) => group.completions.map(() => weightOf(lengths[at++]!)));
}

/**
 * @param logps current log-probabilities, one array per completion
 * @throws if beta ≠ 0 and a completion has no reference log-probabilities
 */
export function policyLoss(
  groups: readonly PolicyGroup[],
  logps: readonly (readonly Float32Array[])[],
  settings: PolicyLossSettings,
): PolicyLoss {
  const weights = tokenWeights(groups, settings);
  const sequenceLevel = settings.importanceSamplingLevel === 'sequence';
  let loss = 0;
  let klSum = 0;
  let tokens = 0;
  let low = 0;
  let high = 0;
  const dLogps = groups.map((group, g) =>
    group.completions.map((completion, c) => {
      const { completionMask: mask, advantage, oldPerTokenLogps: old, refPerTokenLogps: ref } = completion;
      if (settings.beta !== 0 && !ref) throw new Error('beta ≠ 0 needs reference log-probabilities');
      const current = logps[g]![c]!;
      const weight = weights[g]![c]!;
      const length = mask.reduce((sum, m) => sum + m, 0);
      const d = new Float32Array(current.length);
      let sequenceRatio = 1;
      if (sequenceLevel && old) {
        let sum = 0;
        for (let t = 0; t < current.length; t++) if (mask[t]) sum += current[t]! - old[t]!;
        sequenceRatio = Math.exp(sum / Math.max(1, length));
      }
      for (let t = 0; t < current.length; t++) {
        if (!mask[t]) continue;
        tokens++;
        const ratio = sequenceLevel ? sequenceRatio : old ? Math.exp(current[t]! - old[t]!) : 1;
        const clipped = Math.min(Math.max(ratio, 1 - settings.epsilon), 1 + settings.epsilonHigh);
        const unclippedIsSmaller = ratio * advantage <= clipped * advantage;
        loss -= weight * (unclippedIsSmaller ? ratio * advantage : clipped * advantage);
        if (ratio < 1 - settings.epsilon && advantage < 0) low++;
        if (ratio > 1 + settings.epsilonHigh && advantage > 0) high++;
        // Sequence level: each of the `length` equal terms depends on every token through the mean, so the
        // derivative by one token sums to length · (1/length) = 1 times the token-level form.
        if (unclippedIsSmaller) d[t] = -weight * ratio * advantage;
        if (settings.beta !== 0 && ref) {
          const delta = ref[t]! - current[t]!;
          const kl = Math.exp(delta) - delta - 1;
          klSum += kl;
          loss += weight * settings.beta * kl;
          d[t] = d[t]! + weight * settings.beta * (1 - Math.exp(delta));
        }
      }
      return d;
    }),
  );
  const share = (n: number): number => (tokens === 0 ? 0 : n / tokens);
  return {
    loss,
    dLogps,
    kl: share(klSum),
    clipRatio: { low: share(low), high: share(high), region: share(low + high) },
  };
}

/** Gradients that vanish, explode or are no numbers. Pure. */
import { evidenceOf, median, percent, short } from './evidence.ts';
import { last, type Rule } from './rule.ts';

export const deadGradients: Rule = {
  kind: 'dead-gradients',
  needs: ['grad_norm'],
  find(facts) {
    const norms = last(facts, 'grad_norm');
    if (!norms) return null;
    const { deadGradNorm } = facts.thresholds;
    const norm = median(norms.values);
    const rate = last(facts, 'learning_rate');
    if (rate && Math.max(...rate.values) === 0) {
      return {
        kind: 'dead-gradients',
        severity: 'problem',
        title: 'The learning rate is 0',
        text: `From step ${rate.fromStep} to ${rate.toStep} the learning rate was 0: gradients were worked out and nothing was changed.`,
        advice:
          'Set a learning rate above 0 (learningRate), and a schedule that does not end there (minLearningRateRatio).',
        settings: ['learningRate', 'lrSchedulerType', 'minLearningRateRatio'],
        evidence: [
          evidenceOf(rate, 0, null),
          evidenceOf(norms, norm, { value: deadGradNorm, label: 'threshold' }, 'Gradient norm, median'),
        ],
      };
    }
    if (norm >= deadGradNorm) return null;
    return {
      kind: 'dead-gradients',
      severity: 'problem',
      title: 'No gradient',
      text:
        `The gradient’s norm had a median of ${short(norm)} over steps ${norms.fromStep} to ${norms.toStep}: nothing ` +
        'is left to learn from. Where groups have no spread and no next-token loss is trained, this is why.',
      advice: 'Mend what ties the groups, or train next-token prediction beside it (ntpWeight).',
      settings: ['ntpWeight', 'numGenerations'],
      evidence: [
        evidenceOf(norms, norm, { value: deadGradNorm, label: 'threshold' }, 'Gradient norm, median'),
      ],
    };
  },
};

export const explodingGradients: Rule = {
  kind: 'exploding-gradients',
  needs: ['grad_norm'],
  find(facts) {
    const measured = facts.metric('grad_norm');
    if (!measured || measured.atLast.values.length === 0) return null;
    const { explodingFactor, explodingShare } = facts.thresholds;
    const usual = median(measured.all.values);
    const limit = usual * explodingFactor;
    const { values, fromStep, toStep } = measured.atLast;
    const share = values.filter((value) => value > limit).length / values.length;
    if (usual === 0 || share < explodingShare) return null;
    const highest = Math.max(...values);
    return {
      kind: 'exploding-gradients',
      severity: 'problem',
      title: 'Gradients explode',
      text:
        `In ${percent(share)} of steps ${fromStep} to ${toStep} the gradient’s norm was more than ` +
        `${short(explodingFactor)} times its median of ${short(usual)}; the highest was ${short(highest)}.`,
      advice:
        'Lower the learning rate (learningRate), warm up longer (warmupSteps), or clip harder (maxGradNorm).',
      settings: ['learningRate', 'warmupSteps', 'maxGradNorm'],
      evidence: [
        evidenceOf(
          measured.atLast,
          share,
          { value: explodingShare, label: 'threshold' },
          'Steps above the limit',
        ),
        evidenceOf(measured.atLast, highest, { value: limit, label: 'limit' }, 'Highest gradient norm'),
      ],
    };
  },
};

export const notFinite: Rule = {
  kind: 'not-finite',
  needs: [],
  find({ broken }) {
    const [worst] = broken.toSorted((a, b) => a.steps[0]! - b.steps[0]!);
    if (!worst) return null;
    const first = worst.steps[0]!;
    return {
      kind: 'not-finite',
      severity: 'problem',
      title: 'Numbers that are none',
      text:
        `${broken.length === 1 ? 'A metric was' : `${broken.length} metrics were`} NaN or infinite, first ` +
        `“${worst.name}” at step ${first}. What was trained after that is lost.`,
      advice:
        'Resume from a checkpoint before that step with a lower learning rate (learningRate) or harder clipping (maxGradNorm).',
      settings: ['learningRate', 'maxGradNorm'],
      evidence: broken.map(({ name, steps }) =>
        evidenceOf(
          { metric: name, fromStep: steps[0]!, toStep: steps.at(-1)!, values: [] },
          steps.length,
          null,
          `${name}: values that are none`,
        ),
      ),
    };
  },
};

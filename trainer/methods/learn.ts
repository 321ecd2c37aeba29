/** From scored rollouts to optimizer steps and the metrics TRL's users know. Shared by every RL stage. */
import type { StageSettings } from '../config/stages.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Completion, Policy, PolicyGroup, UpdateResult, WeightedDocument } from '../engine/engine.ts';
import { addWork, forwardFlops, NO_WORK, sequenceWork, trainFlops, type Work } from '../flops.ts';
import { groupAdvantages, topEntropyMasks } from '../rl/grpo.ts';
import {
  inWords,
  isTruncated,
  ROLLOUT_BANNED,
  type RolloutSettings,
  rollOut,
  samplingFlops,
  type Task,
} from '../rl/rollouts.ts';
import { optimizerOf, type StepOutcome } from './run.ts';
import type { Scored } from './scoring.ts';
import { JobImpossible } from './setup.ts';

type GrpoSettings = Pick<
  StageSettings<'rmt'>,
  | 'beta'
  | 'numIterations'
  | 'epsilon'
  | 'epsilonHigh'
  | 'lossType'
  | 'scaleRewards'
  | 'maskTruncatedCompletions'
  | 'importanceSamplingLevel'
  | 'topEntropyQuantile'
  | 'temperature'
  | 'maxThinkingTokens'
  | 'maxAnswerTokens'
  | 'adamBeta1'
  | 'adamBeta2'
  | 'adamEpsilon'
  | 'weightDecay'
  | 'maxGradNorm'
  | 'maxTokensPerMicroBatch'
  | 'recomputeActivations'
>;

interface Learned {
  readonly advantages: readonly (readonly number[])[];
  readonly metrics: Record<string, number>;
  readonly numTokens: number;
  readonly flops: number;
}

/** One RL step, whatever the task: roll out, score, learn, tell. */
export interface RlStep {
  readonly policy: Policy;
  /** Frozen base policy; needed when beta ≠ 0. */
  readonly reference: Policy | null;
  readonly tokenizer: Tokenizer;
  readonly tasks: readonly Task[];
  readonly score: (completions: readonly (readonly Completion[])[]) => Promise<Scored[][]>;
  /** For next-token prediction beside the RL loss, weighed by `ntpCoefficient`. */
  readonly documents: readonly WeightedDocument[];
  readonly ntpCoefficient: number;
  readonly settings: GrpoSettings & RolloutSettings & { readonly seed: number };
  readonly learningRate: number;
  readonly keepSamples: boolean;
  /** The stage's own metrics. */
  readonly metrics: (
    completions: readonly (readonly Completion[])[],
    scored: readonly (readonly Scored[])[],
  ) => Readonly<Record<string, number>>;
}

export async function rlStep(step: RlStep): Promise<StepOutcome> {
  const { policy, tokenizer, tasks } = step;
  if (tasks.length === 0) {
    throw new JobImpossible(
      'NothingToAsk',
      'None of the step’s documents offers anything to think about under these settings.',
      'Take more documents per step, lower the entropy floor or thresholds, or choose spans uniformly.',
    );
  }
  const completions = await rollOut(policy, tasks, step.settings, step.settings.seed);
  const scored = await step.score(completions);
  const learned = await learn(step, completions, scored);
  const sampledTokens = completions.flat().reduce((sum, completion) => sum + completion.tokens.length, 0);
  return {
    metrics: { ...learned.metrics, ...step.metrics(completions, scored) },
    tokens: learned.numTokens + sampledTokens,
    flops: learned.flops + samplingFlops(policy, tasks, completions),
    samples: step.keepSamples
      ? tasks.flatMap((task, g) =>
          completions[g]!.map((completion, c) => ({
            ...inWords(tokenizer, task, completion),
            promptIndex: g,
            generationIndex: c,
            reward: scored[g]![c]!.reward ?? 0,
            rewards: { ...scored[g]![c]!.parts },
            advantage: learned.advantages[g]![c]!,
          })),
        )
      : [],
  };
}

/** One batch of groups through `numIterations` optimizer steps, with next-token prediction beside it. */
async function learn(
  step: RlStep,
  completions: readonly (readonly Completion[])[],
  scored: readonly (readonly Scored[])[],
): Promise<Learned> {
  const { policy, reference, tasks, documents, ntpCoefficient, settings, learningRate } = step;
  const logits = { temperature: settings.temperature, bannedTokens: ROLLOUT_BANNED };
  const result = groupAdvantages(
    scored.map((group) => group.map((one) => one.reward)),
    settings.scaleRewards,
  );
  const flat = completions.flat();
  const masks = topEntropyMasks(
    flat.map((completion) =>
      completion.tokens.length > 0 && settings.maskTruncatedCompletions && isTruncated(completion)
        ? new Uint8Array(completion.tokens.length)
        : completion.forced.map((forced) => (forced ? 0 : 1)),
    ),
    flat.map((completion) => completion.entropies),
    settings.topEntropyQuantile,
  );
  const refLogps = reference ? await referenceLogps(reference, tasks, completions, logits) : null;
  let at = 0;
  const groups: PolicyGroup[] = tasks.map((task, g) => ({
    prompt: task.prompt,
    completions: completions[g]!.map((completion, c) => ({
      tokens: completion.tokens,
      completionMask: masks[at++]!,
      advantage: result.advantages[g]![c]!,
      // With one update per batch the rollouts are the current policy's own: the ratio is exactly 1, as in TRL.
      oldPerTokenLogps: settings.numIterations === 1 ? null : completion.logps,
      refPerTokenLogps: refLogps ? refLogps[g]![c]! : null,
    })),
  }));
  let update: UpdateResult | null = null;
  let numTokens = 0;
  let flops = refLogps ? forwardFlops(policy.config, groupWork(groups)) : 0;
  for (let iteration = 0; iteration < settings.numIterations; iteration++) {
    update = await policy.update({
      groups,
      documents,
      logits,
      loss: {
        lossType: settings.lossType,
        epsilon: settings.epsilon,
        epsilonHigh: settings.epsilonHigh,
        beta: settings.beta,
        importanceSamplingLevel: settings.importanceSamplingLevel,
        maxCompletionLength: settings.maxThinkingTokens + 1 + settings.maxAnswerTokens,
      },
      ntpCoefficient,
      optimizer: optimizerOf(settings, learningRate),
      maxTokensPerMicroBatch: settings.maxTokensPerMicroBatch,
      recomputeActivations: settings.recomputeActivations,
    });
    numTokens += update.numTokens;
    const work = documents.reduce((sum, d) => addWork(sum, sequenceWork(d.tokens.length)), groupWork(groups));
    flops += trainFlops(policy.config, work);
  }
  return {
    advantages: result.advantages,
    metrics: {
      reward: result.reward,
      reward_std: result.rewardStd,
      frac_reward_zero_std: result.fracRewardZeroStd,
      ...rewardParts(scored),
      ...lengths(flat),
      ...(update ? updateMetrics(update, settings.beta !== 0, documents.length > 0) : {}),
    },
    numTokens,
    flops,
  };
}

function updateMetrics(
  update: UpdateResult,
  withKl: boolean,
  withDocuments: boolean,
): Record<string, number> {
  return {
    loss: update.loss,
    policy_loss: update.policyLoss,
    ...(withDocuments ? { ntp_loss: update.ntpLoss } : {}),
    ...(withKl ? { kl: update.kl } : {}),
    entropy: update.entropy,
    'clip_ratio/low_mean': update.clipRatio.low,
    'clip_ratio/high_mean': update.clipRatio.high,
    'clip_ratio/region_mean': update.clipRatio.region,
    grad_norm: update.gradNorm,
  };
}

function groupWork(groups: readonly PolicyGroup[]): Work {
  return groups.reduce((sum, { prompt, completions }) => {
    const p = prompt.length;
    // The prompt runs once per group; its logits matter only where the first completion token is predicted.
    const withPrompt = addWork(sum, { tokens: p, attended: (p * (p + 1)) / 2, logits: 1 });
    return completions.reduce(
      (inner, { tokens }) => addWork(inner, sequenceWork(tokens.length, p)),
      withPrompt,
    );
  }, NO_WORK);
}

async function referenceLogps(
  reference: Policy,
  tasks: readonly Task[],
  completions: readonly (readonly Completion[])[],
  logits: { readonly temperature: number; readonly bannedTokens: readonly number[] },
): Promise<Float32Array[][]> {
  const sequences = tasks.flatMap((task, g) =>
    completions[g]!.map((completion) => Int32Array.from([...task.prompt, ...completion.tokens])),
  );
  const starts = tasks.flatMap((task, g) => completions[g]!.map(() => task.prompt.length));
  const scores = await reference.score({ sequences, logits, starts });
  let at = 0;
  return tasks.map((task, g) => completions[g]!.map(() => scores[at++]!.logps.slice(task.prompt.length)));
}

/** `rewards/<name>/mean` of every part that any rollout has. */
function rewardParts(scored: readonly (readonly Scored[])[]): Record<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  for (const { parts } of scored.flat()) {
    for (const [name, value] of Object.entries(parts)) {
      const entry = sums.get(name) ?? { sum: 0, n: 0 };
      sums.set(name, { sum: entry.sum + value, n: entry.n + 1 });
    }
  }
  return Object.fromEntries([...sums].map(([name, { sum, n }]) => [`rewards/${name}/mean`, sum / n]));
}

function lengths(completions: readonly Completion[]): Record<string, number> {
  const tokens = completions.map((completion) => completion.tokens.length);
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  return {
    'completions/mean_length': mean(tokens),
    'completions/min_length': Math.min(...tokens),
    'completions/max_length': Math.max(...tokens),
    'completions/clipped_ratio': mean(completions.map((completion) => (isTruncated(completion) ? 1 : 0))),
    'thinking/mean_length': mean(completions.map((completion) => completion.thinkingLength)),
  };
}

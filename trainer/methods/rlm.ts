/**
 * RLM: reinforcement learning mid-training on unstructured documents (Ahmed, Sims, Foster, Rocktäschel, Foerster).
 *
 * A step: take documents; mask one contiguous span of up to 30% of each; the policy sees the rest, thinks and writes
 * the span, G times; reward how well the original is restored; learn by GRPO.
 *
 * The paper leaves the reward, the prompt, the mask's length and the choice of spans open. Here: one `<mask>`
 * sentinel; length uniform in [mask_min, mask_max] of the tokens, start uniform (or only spans that can be worked
 * out); the reward a weighted mean of edit similarity, exact match, chrF and the gain in log-probability of the true
 * span given the thinking (arXiv 2510.01265, 2503.22828); optionally RMT's budget and length reward.
 */
import type { StageSettings } from '../config/stages.ts';
import { stepOrder } from '../data/documents.ts';
import { hardSpan, type Span, uniformSpan } from '../data/masks.ts';
import { type BudgetWriter, budgetWriter, restorationPrompt } from '../data/prompts.ts';
import { END_THINK, EOS } from '../data/special-tokens.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Completion, Policy } from '../engine/engine.ts';
import { DOMAIN, type Draws, drawsFor } from '../engine/random.ts';
import { budgetSchedule } from '../rl/budget.ts';
import { type TierThresholds, tierOf } from '../rl/curriculum.ts';
import { chrf, editSimilarity, exactMatch } from '../rl/rewards.ts';
import { answerOf, ROLLOUT_BANNED, type Task } from '../rl/rollouts.ts';
import { rlStep } from './learn.ts';
import { type Method, type Surroundings, train } from './run.ts';
import { budgetMetrics, lengthShaped, type Scored } from './scoring.ts';
import {
  corpusOf,
  type OpenedFromBase,
  openCorpus,
  openFromBase,
  openValidation,
  validationLoss,
} from './setup.ts';
import { openTiers, representatives } from './tiers.ts';

type RlmSettings = StageSettings<'rlm'>;

/** The text of a sequence: without `<bos>` and `<eos>`. */
export function textOf(sequence: Int32Array): Int32Array {
  return sequence.subarray(1, sequence[sequence.length - 1] === EOS ? -1 : undefined);
}

/**
 * The span masked in a sequence, or null where the choice finds none.
 * @param entropies aligned with the sequence; needed for `hard` spans
 */
export function drawSpan(
  draws: Draws,
  sequence: Int32Array,
  settings: Pick<RlmSettings, 'spanChoice' | 'maskMin' | 'maskMax' | 'maxMaskTokens'>,
  entropies: Float32Array | null,
  thresholds: TierThresholds | null,
): Span | null {
  const text = textOf(sequence);
  if (settings.spanChoice === 'uniform') return uniformSpan(draws, text.length, settings);
  if (!entropies || !thresholds) throw new Error('hard spans need entropies');
  const tiers = Array.from(text, (_, i) => tierOf(entropies[i + 1]!, thresholds));
  return hardSpan(draws, tiers, settings);
}

export function restorationTask(
  sequence: Int32Array,
  span: Span,
  documentKey: string,
  budget: number | null,
  writeBudget: BudgetWriter,
  stream: number,
): Task {
  const text = textOf(sequence);
  return {
    prompt: restorationPrompt(text, span.start, span.length, writeBudget(budget)),
    stream,
    documentKey,
    tier: null,
    maskFraction: span.length / text.length,
    budget,
    truth: text.slice(span.start, span.start + span.length),
  };
}

/** Scores of a restored span by name; zeros where no answer was given. */
export function restorationScores(
  completion: Completion,
  task: Task,
  tokenizer: Tokenizer,
): { edit: number; exact: number; chrf: number } {
  const answer = answerOf(completion);
  if (!answer) return { edit: 0, exact: 0, chrf: 0 };
  return {
    edit: editSimilarity(answer, task.truth),
    exact: exactMatch(answer, task.truth),
    chrf: chrf(tokenizer.decode(answer), tokenizer.decode(task.truth)),
  };
}

export async function rlm(around: Surroundings, settings: RlmSettings): Promise<'finished' | 'stopped'> {
  const opened = await openFromBase(around, settings.beta);
  return train(around, opened, settings, () => open(around, opened, settings));
}

async function open(
  around: Surroundings,
  { policy, reference, tokenizer, base }: OpenedFromBase,
  settings: RlmSettings,
): Promise<Method> {
  const source = corpusOf(around, 'documents');
  const tiers =
    settings.spanChoice === 'hard' ? await openTiers(around, base, policy, tokenizer, settings, 0) : null;
  const corpus =
    tiers?.corpus ??
    representatives(
      await openCorpus(around, source, 'train', tokenizer, settings.maxDocumentTokens),
      settings.maxScoredSequences,
    );
  const validation = await openValidation(around, source, tokenizer, settings.maxDocumentTokens);
  const order = stepOrder(corpus.count, settings.documentsPerStep, settings.seed);
  const budgetAt = budgetSchedule(settings);
  const writeBudget = budgetWriter(settings.budgetPrompt, tokenizer);

  const tasksOf = (step: number, budget: number | null): Task[] => {
    const tasks: Task[] = [];
    for (const [i, sequence] of order(step).entries()) {
      if (tasks.length === settings.promptsPerStep) break;
      const tokens = corpus.sequence(sequence);
      const draws = drawsFor(settings.seed, DOMAIN.masks, step, i);
      const span = drawSpan(
        draws,
        tokens,
        settings,
        tiers?.entropiesOf(sequence) ?? null,
        tiers?.thresholds() ?? null,
      );
      if (!span) continue;
      tasks.push(
        restorationTask(tokens, span, corpus.documentKey(sequence), budget, writeBudget, step * 4096 + i),
      );
    }
    return tasks;
  };

  return {
    async step(step, learningRate, keepSamples) {
      const budget = budgetAt(step);
      const tasks = tasksOf(step, budget);
      return rlStep({
        policy,
        reference,
        tokenizer,
        tasks,
        score: (completions) => scoreRestorations(policy, tokenizer, tasks, completions, settings),
        documents: [],
        ntpCoefficient: 0,
        settings,
        learningRate,
        keepSamples,
        metrics: (completions, scored) => ({
          ...restorationMetrics(tasks, scored),
          ...budgetMetrics(budget, completions.flat()),
        }),
      });
    },
    validate: () => validationLoss(policy, validation),
  };
}

/** Rewards of a step's restorations: the weighted mean of their scores, shaped by length where a budget is set. */
export async function scoreRestorations(
  policy: Policy,
  tokenizer: Tokenizer,
  tasks: readonly Task[],
  completions: readonly (readonly Completion[])[],
  settings: Pick<
    RlmSettings,
    | 'editWeight'
    | 'exactWeight'
    | 'chrfWeight'
    | 'logprobWeight'
    | 'temperature'
    | 'lengthReward'
    | 'lengthRewardWeight'
    | 'lengthRewardMax'
  >,
): Promise<Scored[][]> {
  const gains = settings.logprobWeight > 0 ? await logprobGains(policy, tasks, completions, settings) : null;
  const weights = {
    edit: settings.editWeight,
    exact: settings.exactWeight,
    chrf: settings.chrfWeight,
    logprob: settings.logprobWeight,
  };
  const total = weights.edit + weights.exact + weights.chrf + weights.logprob;
  return completions.map((group, g) =>
    group.map((completion, c) => {
      const scores = restorationScores(completion, tasks[g]!, tokenizer);
      const parts = gains ? { ...scores, logprob: gains[g]![c]! } : scores;
      const reward =
        (weights.edit * scores.edit +
          weights.exact * scores.exact +
          weights.chrf * scores.chrf +
          weights.logprob * (gains ? gains[g]![c]! : 0)) /
        total;
      return lengthShaped(completion, reward, { ...parts, restoration: reward }, tasks[g]!.budget, settings);
    }),
  );
}

/**
 * Gain in mean log-probability (nats per token) of the true span given the thinking, over given none:
 * log π(span | prompt, thinking) − log π(span | prompt, empty thinking). Not bounded; 0 for unfinished thinking.
 */
async function logprobGains(
  policy: Policy,
  tasks: readonly Task[],
  completions: readonly (readonly Completion[])[],
  settings: Pick<RlmSettings, 'temperature'>,
): Promise<number[][]> {
  const withThinking = (task: Task, thinking: Int32Array): Int32Array =>
    Int32Array.from([...task.prompt, ...thinking, END_THINK, ...task.truth, EOS]);
  const sequences: Int32Array[] = [];
  const starts: number[] = [];
  const add = (task: Task, thinking: Int32Array): void => {
    const sequence = withThinking(task, thinking);
    sequences.push(sequence);
    starts.push(sequence.length - task.truth.length - 1);
  };
  tasks.forEach((task, g) => {
    add(task, new Int32Array(0));
    for (const { tokens, thinkingLength } of completions[g]!) add(task, tokens.subarray(0, thinkingLength));
  });
  const scores = await policy.score({
    sequences,
    starts,
    logits: { temperature: settings.temperature, bannedTokens: ROLLOUT_BANNED },
  });
  const meanLogp = (i: number): number => {
    const targets = scores[i]!.logps.subarray(starts[i]!);
    return targets.reduce((sum, logp) => sum + logp, 0) / targets.length;
  };
  let at = 0;
  return tasks.map((_, g) => {
    const without = meanLogp(at++);
    return completions[g]!.map((completion) => {
      const gain = meanLogp(at++) - without;
      return completion.answerStart < 0 ? 0 : gain;
    });
  });
}

/** Bins of the masked share, by their upper edge in percent. */
const MASK_BINS = [10, 20, 30, 100] as const;

function restorationMetrics(
  tasks: readonly Task[],
  scored: readonly (readonly Scored[])[],
): Record<string, number> {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const metrics: Record<string, number> = {};
  if (scored.length === 0) return metrics;
  for (const part of ['edit', 'exact', 'chrf', 'logprob']) {
    const values = scored.flat().flatMap((one) => one.parts[part] ?? []);
    if (values.length > 0) metrics[`restore/${part}`] = mean(values);
  }
  let from = 0;
  for (const to of MASK_BINS) {
    const inBin = scored.filter((_, g) => {
      const percent = 100 * (tasks[g]!.maskFraction ?? 0);
      return percent > from && percent <= to;
    });
    if (inBin.length > 0) {
      metrics[`restore/by_mask_fraction/${from}–${to}%`] = mean(
        inBin.flat().map((one) => one.parts.restoration ?? 0),
      );
    }
    from = to;
  }
  return metrics;
}

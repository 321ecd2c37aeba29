/**
 * RMT, reinforcement mid-training (arXiv 2509.24375), and with other settings its baseline RPT (arXiv 2506.08007)
 * and its ablations.
 *
 * A step: take documents; draw a tier from the curriculum's mix and a position uniformly in that tier; let the policy
 * think before the token at that position under the step's budget, G times; reward a right prediction and a length
 * near the budget; learn by GRPO from the groups, and by next-token prediction from every position RL did not use:
 *
 *     L = L_RL + λ · L_NTP
 *
 * Departures, each a setting: the reward may be gated instead of additive (rl/rewards.ts); positions are drawn within
 * the step's documents, so that the same documents carry both losses; a tier that the step's documents lack hands its
 * draw to the nearest harder, then easier tier.
 */
import type { StageSettings } from '../config/stages.ts';
import { stepOrder, type TokenizedCorpus } from '../data/documents.ts';
import { type BudgetWriter, budgetWriter, nextTokenPrompt } from '../data/prompts.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import { weighted } from '../data/traces.ts';
import type { Completion, WeightedDocument } from '../engine/engine.ts';
import { DOMAIN, type Draws, drawsFor } from '../engine/random.ts';
import { budgetSchedule } from '../rl/budget.ts';
import { TIERS, type TierThresholds, tierOf, tierProbabilities } from '../rl/curriculum.ts';
import { prefixMatch, tokenMatch } from '../rl/rewards.ts';
import { answerOf, type Task } from '../rl/rollouts.ts';
import { rlStep } from './learn.ts';
import { type Method, type Surroundings, train } from './run.ts';
import { budgetMetrics, lengthShaped, type Scored } from './scoring.ts';
import { corpusOf, type OpenedFromBase, openFromBase, openValidation, validationLoss } from './setup.ts';
import { openTiers } from './tiers.ts';

type RmtSettings = StageSettings<'rmt'>;

/** A position that a group thinks about. */
interface Position {
  readonly sequence: number;
  /** Index of the predicted token in its sequence. */
  readonly target: number;
  /** 0 easy, 1 medium, 2 hard. */
  readonly tier: number;
}

/** The eligible positions of some sequences, by tier. */
function positionsByTier(
  sequences: readonly number[],
  entropiesOf: (sequence: number) => Float32Array,
  thresholds: TierThresholds,
): Position[][] {
  const tiers: Position[][] = [[], [], []];
  for (const sequence of new Set(sequences)) {
    entropiesOf(sequence).forEach((entropy, target) => {
      const tier = tierOf(entropy, thresholds);
      if (tier >= 0) tiers[tier]!.push({ sequence, target, tier });
    });
  }
  return tiers;
}

/** `count` positions by the mix (null: all eligible positions alike); fewer only if there are none at all. */
export function drawPositions(
  draws: Draws,
  tiers: readonly (readonly Position[])[],
  mix: readonly number[] | null,
  count: number,
): Position[] {
  const all = tiers.flat();
  if (all.length === 0) return [];
  return Array.from({ length: count }, () => {
    if (mix === null) return draws.pick(all);
    const wanted = draws.weighted(mix);
    const order = [wanted, wanted + 1, wanted + 2, wanted - 1, wanted - 2];
    const tier = order.find((t) => (tiers[t]?.length ?? 0) > 0) ?? wanted;
    return draws.pick(tiers[tier]!);
  });
}

/** Documents for next-token prediction: every position but those RL used (the NTP mask m_pos). */
export function maskedDocuments(
  corpus: TokenizedCorpus,
  sequences: readonly number[],
  used: readonly { readonly sequence: number; readonly target: number }[],
): WeightedDocument[] {
  return sequences.map((sequence) => {
    const document = weighted(corpus.sequence(sequence));
    for (const position of used) if (position.sequence === sequence) document.weights[position.target] = 0;
    return document;
  });
}

export async function rmt(around: Surroundings, settings: RmtSettings): Promise<'finished' | 'stopped'> {
  const opened = await openFromBase(around, settings.beta);
  return train(around, opened, settings, () => open(around, opened, settings));
}

async function open(
  around: Surroundings,
  { policy, reference, tokenizer, base, from }: OpenedFromBase,
  settings: RmtSettings,
): Promise<Method> {
  const source = corpusOf(around, 'documents');
  const tiers = await openTiers(around, base, policy, tokenizer, settings, from?.step ?? 0);
  const { corpus } = tiers;
  const validation = await openValidation(around, source, tokenizer, settings.maxDocumentTokens);
  const order = stepOrder(corpus.count, settings.documentsPerStep, settings.seed);
  const budgetAt = budgetSchedule(settings);
  const writeBudget = budgetWriter(settings.budgetPrompt, tokenizer);
  const rollouts = {
    ...settings,
    maxAnswerTokens: settings.matchReward === 'token' ? 1 : settings.maxAnswerTokens,
  };

  return {
    async step(step, learningRate, keepSamples) {
      await tiers.prepare(step);
      const sequences = order(step);
      const byTier = positionsByTier(sequences, tiers.entropiesOf, tiers.thresholds());
      const mix = tierProbabilities(step / settings.maxSteps, settings);
      const draws = drawsFor(settings.seed, DOMAIN.curriculum, step);
      const positions = drawPositions(draws, byTier, mix, settings.promptsPerStep);
      const budget = budgetAt(step);
      const tasks = positions.map((position, i) =>
        taskAt(corpus, position, budget, writeBudget, step * 4096 + i),
      );
      const eligible = byTier.reduce((sum, tier) => sum + tier.length, 0);
      return rlStep({
        policy,
        reference,
        tokenizer,
        tasks,
        score: async (completions) =>
          completions.map((group, g) =>
            group.map((completion) =>
              score(completion, tasks[g]!, corpus, positions[g]!, tokenizer, settings),
            ),
          ),
        documents: settings.ntpWeight === 0 ? [] : maskedDocuments(corpus, sequences, positions),
        ntpCoefficient: settings.ntpWeight,
        settings: rollouts,
        learningRate,
        keepSamples,
        metrics: (completions, scored) => ({
          ...byTierMetrics(positions, scored),
          ...budgetMetrics(budget, completions.flat()),
          rl_token_share:
            new Set(positions.map((p) => `${p.sequence}:${p.target}`)).size / Math.max(1, eligible),
        }),
      });
    },
    validate: () => validationLoss(policy, validation),
  };
}

function taskAt(
  corpus: TokenizedCorpus,
  position: Position,
  budget: number | null,
  writeBudget: BudgetWriter,
  stream: number,
): Task {
  const sequence = corpus.sequence(position.sequence);
  return {
    prompt: nextTokenPrompt(sequence.subarray(0, position.target), writeBudget(budget)),
    stream,
    documentKey: corpus.documentKey(position.sequence),
    tier: TIERS[position.tier]!,
    maskFraction: null,
    budget,
    truth: sequence.slice(position.target, position.target + 1),
  };
}

function score(
  completion: Completion,
  task: Task,
  corpus: TokenizedCorpus,
  position: Position,
  tokenizer: Tokenizer,
  settings: RmtSettings,
): Scored {
  const answer = answerOf(completion);
  const match = !answer
    ? 0
    : settings.matchReward === 'token'
      ? tokenMatch(answer, task.truth[0]!)
      : continuationMatch(answer, corpus.sequence(position.sequence), position.target, tokenizer);
  return lengthShaped(completion, match, { match }, task.budget, settings);
}

/** RPT's prefix reward of an answer against the text from `target` on. */
export function continuationMatch(
  answer: Int32Array,
  sequence: Int32Array,
  target: number,
  tokenizer: Tokenizer,
): number {
  const bytes = Buffer.concat(Array.from(answer, (id) => tokenizer.bytesOf(id)));
  return prefixMatch(
    bytes,
    Array.from(sequence.subarray(target), (id) => tokenizer.bytesOf(id)),
  );
}

/** Shares of the tiers drawn, and accuracy in each tier that was drawn. */
function byTierMetrics(
  positions: readonly Position[],
  scored: readonly (readonly Scored[])[],
): Record<string, number> {
  const metrics: Record<string, number> = {};
  TIERS.forEach((name, tier) => {
    const groups = scored.filter((_, g) => positions[g]!.tier === tier);
    metrics[`curriculum/${name}`] = groups.length / Math.max(1, positions.length);
    const matches = groups.flat().map((one) => one.parts.match ?? 0);
    if (matches.length > 0)
      metrics[`match/${name}`] = matches.reduce((sum, m) => sum + m, 0) / matches.length;
  });
  return metrics;
}

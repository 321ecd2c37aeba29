/** What every RL stage's scoring shares: the shape of a score, and the length reward on top of a task's own. */
import type { StageSettings } from '../config/stages.ts';
import type { Completion } from '../engine/engine.ts';
import { triangularLengthReward } from '../rl/budget.ts';
import { withLengthReward } from '../rl/rewards.ts';

/** A rollout's reward and its parts; null where it could not be scored (advantage 0, counted nowhere). */
export interface Scored {
  readonly reward: number | null;
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * A task's reward joined with the length reward, where a budget is asked for. A completion without an answer earns
 * neither.
 * @param reward the task's own, in [0, 1]
 */
export function lengthShaped(
  completion: Completion,
  reward: number,
  parts: Readonly<Record<string, number>>,
  budget: number | null,
  settings: Pick<StageSettings<'rmt'>, 'lengthReward' | 'lengthRewardWeight' | 'lengthRewardMax'>,
): Scored {
  if (budget === null || settings.lengthRewardWeight === 0) return { reward, parts };
  const length =
    completion.answerStart < 0
      ? 0
      : triangularLengthReward(completion.thinkingLength, budget, settings.lengthRewardMax);
  return {
    reward: withLengthReward(settings.lengthReward, settings.lengthRewardWeight, reward, length),
    parts: { ...parts, length },
  };
}

/** How near the thinking came to the budget; nothing where none was asked for. */
export function budgetMetrics(
  budget: number | null,
  completions: readonly Completion[],
): Record<string, number> {
  if (budget === null) return {};
  const errors = completions.map((completion) => Math.abs(completion.thinkingLength - budget));
  return {
    'budget/target': budget,
    'budget/mean_abs_error': errors.reduce((sum, e) => sum + e, 0) / Math.max(1, errors.length),
  };
}

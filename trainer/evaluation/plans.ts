/** Under which protocols the items of a task are asked: one for each mode, temperature and budget. */
import type { StageSettings } from '../config/stages.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { EvaluationProtocol } from '../protocol.ts';
import type { Asked } from './collect.ts';
import { itemsHash } from './items.ts';

export interface Plan {
  readonly asked: Asked;
  readonly protocol: EvaluationProtocol;
}

export function plansFor(asked: Asked, settings: StageSettings<'evaluate'>, tokenizer: Tokenizer): Plan[] {
  const shared = {
    task: asked.task,
    topK: settings.topK,
    topP: settings.topP,
    minP: settings.minP,
    seed: settings.seed,
    itemsHash: itemsHash(asked.items, tokenizer),
  };
  const plans: Plan[] = [];
  if (asked.task === 'next-token' && settings.nextTokenDirect) {
    plans.push({
      asked,
      protocol: {
        ...shared,
        mode: 'direct',
        temperature: 0,
        promptBudget: 0,
        forcedBudget: null,
        maxThinkingTokens: 0,
        maxAnswerTokens: 1,
        samplesPerItem: 1,
      },
    });
  }
  if (asked.task === 'next-token' && !settings.nextTokenThinking) return plans;
  const single = asked.task === 'next-token' && settings.matchReward === 'token';
  const budgets = [
    ...settings.promptBudgets.map((promptBudget) => ({ promptBudget, forcedBudget: null })),
    ...settings.forcedBudgets.map((forcedBudget) => ({ promptBudget: forcedBudget, forcedBudget })),
  ];
  for (const temperature of settings.temperatures) {
    for (const budget of budgets) {
      plans.push({
        asked,
        protocol: {
          ...shared,
          ...budget,
          mode: 'thinking',
          temperature,
          maxThinkingTokens: budget.forcedBudget ?? settings.maxThinkingTokens,
          maxAnswerTokens: single ? 1 : settings.maxAnswerTokens,
          // Greedy decoding gives the same answer every time.
          samplesPerItem: temperature === 0 ? 1 : settings.samplesPerItem,
        },
      });
    }
  }
  return plans;
}

/** What is being done, for a progress bar. */
export function planTitle(protocol: EvaluationProtocol): string {
  const task = { 'next-token': 'next tokens', restoration: 'restoration', question: 'questions' }[
    protocol.task
  ];
  if (protocol.mode === 'direct') return `Evaluating ${task}, direct`;
  const how = protocol.temperature === 0 ? 'greedy' : `T = ${protocol.temperature}`;
  return `Evaluating ${task}, thinking, ${how}`;
}

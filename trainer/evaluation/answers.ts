/** A policy's answers to a batch of items, scored. */
import { EOS } from '../data/special-tokens.ts';
import type { Completion } from '../engine/engine.ts';
import { questionMatch } from '../methods/posttrain.ts';
import { restorationScores } from '../methods/rlm.ts';
import { continuationMatch } from '../methods/rmt.ts';
import type { EvaluationItem, EvaluationProtocol } from '../protocol.ts';
import { DIRECT } from '../rl/entropy.ts';
import { tokenMatch } from '../rl/rewards.ts';
import { answerOf, decodingOf, inWords, type Task, thinkingLimits } from '../rl/rollouts.ts';
import type { Asked, Opened } from './collect.ts';
import type { Item } from './items.ts';

/** The most likely next token without thinking. */
export async function answerDirectly(
  { policy, tokenizer }: Opened,
  { corpus }: Asked,
  items: readonly Item[],
): Promise<EvaluationItem[]> {
  const sequences = items.map(({ position }) =>
    corpus!.sequence(position!.sequence).slice(0, position!.target + 1),
  );
  const starts = items.map(({ position }) => position!.target);
  const scores = await policy.score({ sequences, starts, logits: DIRECT });
  return items.map((item, i) => {
    const { target } = item.position!;
    const task = item.task(null);
    const predicted = scores[i]!.greedyTokens[target]!;
    const score = predicted === task.truth[0] ? 1 : 0;
    return {
      itemKey: item.key,
      sampleIndex: 0,
      score,
      scores: { match: score, logprob: scores[i]!.logps[target]! },
      documentKey: task.documentKey,
      tier: task.tier,
      maskFraction: null,
      promptText: tokenizer.decode(sequences[i]!.subarray(-400, -1)),
      thinkingText: '',
      answerText: tokenizer.decode([predicted]),
      truthText: tokenizer.decode(task.truth),
      thinkingLength: 0,
      completionLength: 1,
      budget: null,
      truncated: false,
    };
  });
}

/** What it answers after thinking, `samplesPerItem` times. */
export async function answerThinking(
  opened: Opened,
  asked: Asked,
  protocol: EvaluationProtocol,
  items: readonly Item[],
): Promise<EvaluationItem[]> {
  const { policy, tokenizer, settings } = opened;
  const tasks = items.map((item) => item.task(protocol.promptBudget === 0 ? null : protocol.promptBudget));
  const completions = await policy.sample({
    prompts: tasks.map((task) => task.prompt),
    streams: tasks.map((task) => task.stream),
    numGenerations: protocol.samplesPerItem,
    decoding: decodingOf({
      ...settings,
      temperature: protocol.temperature,
      numGenerations: protocol.samplesPerItem,
    }),
    thinking: thinkingLimits(protocol.maxThinkingTokens, protocol.forcedBudget),
    maxAnswerTokens: protocol.maxAnswerTokens,
    eosToken: EOS,
    seed: settings.seed,
  });
  return items.flatMap((item, i) =>
    completions[i]!.map((completion, sampleIndex) => ({
      itemKey: item.key,
      sampleIndex,
      ...scoreOf(opened, asked, item, tasks[i]!, completion),
      ...inWords(tokenizer, tasks[i]!, completion),
    })),
  );
}

function scoreOf(
  { tokenizer, settings }: Opened,
  asked: Asked,
  item: Item,
  task: Task,
  completion: Completion,
): { score: number; scores: Record<string, number> } {
  switch (asked.task) {
    case 'next-token': {
      const answer = answerOf(completion);
      const match = !answer
        ? 0
        : settings.matchReward === 'token'
          ? tokenMatch(answer, task.truth[0]!)
          : continuationMatch(
              answer,
              asked.corpus!.sequence(item.position!.sequence),
              item.position!.target,
              tokenizer,
            );
      return { score: match, scores: { match } };
    }
    case 'restoration': {
      const scores = restorationScores(completion, task, tokenizer);
      return { score: scores.edit, scores };
    }
    case 'question': {
      const match = questionMatch(completion, task, tokenizer, settings.answerMatch);
      return { score: match, scores: { match } };
    }
    default:
      return asked.task satisfies never;
  }
}

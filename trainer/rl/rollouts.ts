/** Rollouts of a step: prompts in, thinking and answers out. */
import { END_THINK, EOS, PROMPT_ONLY_TOKENS } from '../data/special-tokens.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Completion, Decoding, Policy } from '../engine/engine.ts';
import { addWork, forwardFlops, NO_WORK, type Work } from '../flops.ts';
import type { Sample, Tier } from '../protocol.ts';

export interface RolloutSettings {
  readonly numGenerations: number;
  readonly maxThinkingTokens: number;
  readonly maxAnswerTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
}

/** Tokens no rollout may write: what only prompts hold. */
export const ROLLOUT_BANNED: readonly number[] = PROMPT_ONLY_TOKENS;

export function decodingOf(settings: RolloutSettings): Decoding {
  const { temperature, topK, topP, minP } = settings;
  return { temperature, topK, topP, minP, bannedTokens: ROLLOUT_BANNED };
}

/** A question put to the policy, whatever the task. */
export interface Task {
  readonly prompt: Int32Array;
  /** Identity of the prompt's random stream. */
  readonly stream: number;
  readonly documentKey: string;
  readonly tier: Tier | null;
  readonly maskFraction: number | null;
  readonly budget: number | null;
  /** The right answer, as tokens. */
  readonly truth: Int32Array;
}

/** Everything of an answer but its end token; null where none was given. */
export function answerOf(completion: Completion): Int32Array | null {
  if (completion.answerStart < 0) return null;
  const answer = completion.tokens.subarray(completion.answerStart);
  return answer[answer.length - 1] === EOS ? answer.subarray(0, -1) : answer;
}

/** No answer was given: cut while thinking, or ended before `</think>`. */
export function isTruncated(completion: Completion): boolean {
  return completion.answerStart < 0;
}

/** Thinking limits of plain rollouts (null where the task has no thinking), or of an exact, forced length. */
export function thinkingLimits(
  maxThinkingTokens: number,
  forcedBudget: number | null,
): { endToken: number; minTokens: number; maxTokens: number; atLimit: 'truncate' | 'close' } {
  return forcedBudget === null
    ? { endToken: END_THINK, minTokens: 0, maxTokens: maxThinkingTokens, atLimit: 'truncate' }
    : { endToken: END_THINK, minTokens: forcedBudget, maxTokens: forcedBudget, atLimit: 'close' };
}

export async function rollOut(
  policy: Policy,
  tasks: readonly Task[],
  settings: RolloutSettings,
  seed: number,
): Promise<Completion[][]> {
  return policy.sample({
    prompts: tasks.map((task) => task.prompt),
    streams: tasks.map((task) => task.stream),
    numGenerations: settings.numGenerations,
    decoding: decodingOf(settings),
    thinking: thinkingLimits(settings.maxThinkingTokens, null),
    maxAnswerTokens: settings.maxAnswerTokens,
    eosToken: EOS,
    seed,
  });
}

/** Work of sampling: each prompt once, then every completion token after its prompt. */
export function samplingWork(tasks: readonly Task[], completions: readonly (readonly Completion[])[]): Work {
  let work = NO_WORK;
  tasks.forEach((task, i) => {
    const p = task.prompt.length;
    work = addWork(work, { tokens: p, attended: (p * (p + 1)) / 2, logits: 1 });
    for (const { tokens } of completions[i]!) {
      // The last sampled token is never fed back.
      const n = Math.max(0, tokens.length - 1);
      work = addWork(work, { tokens: n, attended: n * p + (n * (n + 1)) / 2, logits: n });
    }
  });
  return work;
}

export function samplingFlops(
  policy: Policy,
  tasks: readonly Task[],
  completions: readonly (readonly Completion[])[],
): number {
  return forwardFlops(policy.config, samplingWork(tasks, completions));
}

/** How many of the last prompt tokens a reader sees with a rollout. */
const SHOWN_PROMPT_TOKENS = 400;

/** A rollout in words. */
export function inWords(
  tokenizer: Tokenizer,
  task: Task,
  completion: Completion,
): Omit<Sample, 'promptIndex' | 'generationIndex' | 'reward' | 'rewards' | 'advantage'> {
  const answer = answerOf(completion);
  return {
    documentKey: task.documentKey,
    tier: task.tier,
    maskFraction: task.maskFraction,
    promptText: tokenizer.decode(task.prompt.subarray(-SHOWN_PROMPT_TOKENS)),
    thinkingText: tokenizer.decode(completion.tokens.subarray(0, completion.thinkingLength)),
    answerText: answer ? tokenizer.decode(answer) : '',
    truthText: tokenizer.decode(task.truth),
    thinkingLength: completion.thinkingLength,
    completionLength: completion.tokens.length,
    budget: task.budget,
    truncated: isTruncated(completion),
  };
}

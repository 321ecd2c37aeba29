/** The course of one completion: what may come next, and what an accepted token changes. Pure; no tensors. */
import type { Completion, FinishReason, SampleRequest } from '../engine.ts';

export type CompletionRules = Pick<SampleRequest, 'thinking' | 'maxAnswerTokens' | 'eosToken'>;

export interface Row {
  readonly prompt: number;
  readonly generation: number;
  readonly tokens: number[];
  readonly logps: number[];
  readonly entropies: number[];
  readonly forced: number[];
  thinking: boolean;
  thinkingLength: number;
  answerStart: number;
  finish: FinishReason | null;
}

export function newRow(prompt: number, generation: number, rules: CompletionRules): Row {
  const row: Row = {
    prompt,
    generation,
    tokens: [],
    logps: [],
    entropies: [],
    forced: [],
    thinking: rules.thinking !== null,
    thinkingLength: 0,
    answerStart: -1,
    finish: null,
  };
  checkLimits(row, rules);
  return row;
}

/** Whether `endToken` and `eosToken` are out of reach for the next token. */
export const mustThinkOn = (row: Row, { thinking }: CompletionRules): boolean =>
  row.thinking && thinking !== null && row.tokens.length < thinking.minTokens;

/** The token the engine writes next in the model's place, or −1. */
export const forcedToken = (row: Row, { thinking }: CompletionRules): number =>
  row.thinking && thinking !== null && row.tokens.length >= thinking.maxTokens ? thinking.endToken : -1;

export function accept(row: Row, token: number, logp: number, entropy: number, rules: CompletionRules): void {
  row.forced.push(forcedToken(row, rules) === token ? 1 : 0);
  row.tokens.push(token);
  row.logps.push(logp);
  row.entropies.push(entropy);
  if (!row.thinking) {
    if (row.answerStart < 0) row.answerStart = row.tokens.length - 1;
    if (token === rules.eosToken) row.finish = 'eos';
  } else if (token === rules.thinking?.endToken) {
    row.thinking = false;
  } else {
    row.thinkingLength++;
    if (token === rules.eosToken) row.finish = 'thinking-eos';
  }
  if (row.finish === null) checkLimits(row, rules);
}

function checkLimits(row: Row, { thinking, maxAnswerTokens }: CompletionRules): void {
  if (row.thinking) {
    if (thinking?.atLimit === 'truncate' && row.tokens.length >= thinking.maxTokens)
      row.finish = 'thinking-limit';
    return;
  }
  const answerTokens = row.answerStart < 0 ? 0 : row.tokens.length - row.answerStart;
  if (answerTokens >= maxAnswerTokens) row.finish = 'answer-limit';
}

export function completionOf(row: Row): Completion {
  if (row.finish === null) throw new Error('The completion is not finished');
  return {
    tokens: Int32Array.from(row.tokens),
    logps: Float32Array.from(row.logps),
    entropies: Float32Array.from(row.entropies),
    forced: Uint8Array.from(row.forced),
    thinkingLength: row.thinkingLength,
    answerStart: row.answerStart,
    finish: row.finish,
  };
}

/** Most tokens a completion can have. */
export const longestCompletion = ({ thinking, maxAnswerTokens }: CompletionRules): number =>
  (thinking ? thinking.maxTokens + 1 : 0) + maxAnswerTokens;

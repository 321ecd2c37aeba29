/**
 * What a run will take, before it starts: from its settings, the corpus's size and a floating-point rate. Rough by
 * nature: thinking lengths and the rate of small steps are only known once it runs. Pure.
 */
import type { StageName } from './config/stages.ts';
import { parameterCount } from './engine/model.ts';

export interface CorpusSize {
  readonly documents: number;
  readonly bytes: number;
}

export interface EstimateInput {
  readonly stage: StageName;
  /** Resolved settings of the stage. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Parameters of the base; null where the settings make a new model. */
  readonly baseParameters: number | null;
  readonly corpus: CorpusSize | null;
  /** FLOP/s, lower and upper. */
  readonly rate: { readonly low: number; readonly high: number };
}

export interface RunEstimate {
  readonly parameters: number;
  readonly steps: number;
  readonly tokensPerStep: number;
  readonly flops: number;
  readonly memoryBytes: number;
  readonly durationS: { readonly low: number; readonly high: number };
}

/** UTF-8 bytes a token stands for, about: small BPE vocabularies on English, and short words with their spaces. */
const BYTES_PER_TOKEN = 3;
/** Forward 2, backward 4 operations per parameter and token (Kaplan et al., arXiv 2001.08361). */
const FORWARD = 2;
const TRAIN = 6;
/** Weights, gradients and two moments in float32. */
const STATE_BYTES_PER_PARAMETER = 16;
/** float32 activations kept for the backward pass, per token and √parameter; measured order of magnitude. */
const ACTIVATION_BYTES = 160;
/** The process with its engine and an empty model. */
const BASE_BYTES = 250 * 2 ** 20;
/** Share of the thinking cap that rollouts are taken to use. */
const THINKING_USED = 0.6;

export function estimateRun(input: EstimateInput): RunEstimate {
  const { stage, settings } = input;
  const number = (name: string, fallback: number): number => {
    const value = settings[name];
    return typeof value === 'number' ? value : fallback;
  };
  const parameters = input.baseParameters ?? newModelParameters(number, settings.tieWordEmbeddings === true);
  const longest = number('maxDocumentTokens', 256);
  const mean = input.corpus?.documents
    ? Math.max(1, input.corpus.bytes / input.corpus.documents / BYTES_PER_TOKEN)
    : longest;
  const document = Math.min(longest, mean);
  const thinking = THINKING_USED * number('maxThinkingTokens', 0);
  const completion = thinking + number('maxAnswerTokens', 0);

  let steps = number('maxSteps', 1);
  let trained = 0;
  let forward = 0;
  switch (stage) {
    case 'pretrain':
    case 'sft':
      trained = number('documentsPerStep', 1) * document;
      break;
    case 'rmt':
    case 'rpt':
    case 'rlm':
    case 'posttrain': {
      const prompts = number('promptsPerStep', 1);
      const completions = prompts * number('numGenerations', 1) * completion;
      forward = completions + prompts * document;
      trained = number('numIterations', 1) * (completions + prompts * document);
      if (stage !== 'posttrain' && number('ntpWeight', 0) > 0) {
        trained += number('documentsPerStep', 0) * document;
      }
      break;
    }
    case 'evaluate':
      steps = 1;
      forward = evaluatedTokens(settings, number, document, completion);
      break;
    default:
      stage satisfies never;
  }
  const flops = steps * parameters * (TRAIN * trained + FORWARD * forward);
  const held = Math.min(number('maxTokensPerMicroBatch', 16384), Math.max(trained, forward));
  const perParameter = trained > 0 ? STATE_BYTES_PER_PARAMETER : STATE_BYTES_PER_PARAMETER / 4;
  return {
    parameters,
    steps,
    tokensPerStep: Math.round(trained + forward),
    flops,
    memoryBytes: Math.round(
      BASE_BYTES + parameters * perParameter + held * Math.sqrt(parameters) * ACTIVATION_BYTES,
    ),
    durationS: { low: flops / input.rate.high, high: flops / input.rate.low },
  };
}

type NumberOf = (name: string, fallback: number) => number;

function newModelParameters(number: NumberOf, tieWordEmbeddings: boolean): number {
  return parameterCount({
    vocabSize: number('vocabSize', 1024),
    hiddenSize: number('hiddenSize', 128),
    intermediateSize: number('intermediateSize', 352),
    numHiddenLayers: number('numHiddenLayers', 4),
    numAttentionHeads: number('numAttentionHeads', 4),
    numKeyValueHeads: number('numKeyValueHeads', 4),
    headDim: number('headDim', 32),
    ropeTheta: number('ropeTheta', 10000),
    rmsNormEps: 1e-6,
    tieWordEmbeddings,
    maxPositionEmbeddings: number('maxPositionEmbeddings', 512),
  });
}

/** Tokens through the model over a whole evaluation. */
function evaluatedTokens(
  settings: Readonly<Record<string, unknown>>,
  number: NumberOf,
  document: number,
  completion: number,
): number {
  const positions = 3 * number('itemsPerTier', 0);
  let thinkingItems = 0;
  if (settings.nextTokenThinking === true) thinkingItems += positions;
  if (settings.restoration === true) thinkingItems += number('restorationItems', 0);
  if (settings.questions === true) thinkingItems += number('questionItems', 0);
  const direct = settings.nextTokenDirect === true ? positions * document : 0;
  const lengthOf = (name: string): number => {
    const list = settings[name];
    return Array.isArray(list) ? list.length : 0;
  };
  const budgets = lengthOf('promptBudgets') + lengthOf('forcedBudgets');
  const samples = number('samplesPerItem', 1) * lengthOf('temperatures') * budgets;
  return direct + thinkingItems * (document + samples * completion);
}

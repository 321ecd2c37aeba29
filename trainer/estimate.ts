/**
 * What a run will take, before it starts: from its settings, the corpus's size and a floating-point rate. Rough by
 * nature: thinking lengths and the rate of small steps are only known once it runs. Pure.
 */
import { modelConfigOf } from './checkpoints/model-config.ts';
import type { StageName } from './config/stages.ts';
import { estimateMemory, largestThatFits } from './engine/kernels/memory.ts';
import { type ModelConfig, parameterCount } from './engine/model.ts';
import { type NumberOf, THINKING_USED, workloadOf } from './workload.ts';

export interface CorpusSize {
  readonly documents: number;
  readonly bytes: number;
}

export interface EstimateInput {
  readonly stage: StageName;
  /** Resolved settings of the stage. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The base's sizes; null where the settings make a new model. */
  readonly base: ModelConfig | null;
  readonly corpus: CorpusSize | null;
  /** FLOP/s, lower and upper. */
  readonly rate: { readonly low: number; readonly high: number };
  readonly machine: { readonly threads: number; readonly memoryBytes: number };
  /** The build of the kernels that will run, as far as is known. */
  readonly engine: keyof typeof PROCESS_BYTES;
}

/** A model of usual proportions, for a hint of what is possible. */
export interface ModelSize {
  readonly parameters: number;
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
}

export interface RunEstimate {
  readonly parameters: number;
  readonly steps: number;
  readonly tokensPerStep: number;
  readonly flops: number;
  /** Of the trainer process at its largest, on the kernels' engine. */
  readonly memoryBytes: number;
  /** The largest of usual proportions that the same work leaves room for; null if not even the smallest. */
  readonly largestModel: ModelSize | null;
  readonly durationS: { readonly low: number; readonly high: number };
}

/** UTF-8 bytes a token stands for, about: small BPE vocabularies on English, and short words with their spaces. */
const BYTES_PER_TOKEN = 3;
/** Forward 2, backward 4 operations per parameter and token (Kaplan et al., arXiv 2001.08361). */
const FORWARD = 2;
const TRAIN = 6;
/** Node with the trainer's code, its garbage and an engine that holds nothing yet: from runs of six stages (docs/log.md). */
const PROCESS_BYTES = { 'kernels-native': 118e6, 'kernels-wasm': 140e6 } as const;
/** Floats beside the engine per parameter: the weights it was given, and while saving the weights and both moments. */
const GIVEN = 1;
const SAVED = 3;
/** Share of the machine's memory that a run may take. */
const USABLE = 0.8;
/** Hidden sizes of models of usual proportions: layers and widths follow. */
const HIDDEN_SIZES = [64, 96, 128, 192, 256, 384, 512, 768, 1024, 1280, 1536, 2048, 2560, 3072, 4096];

export function estimateRun(input: EstimateInput): RunEstimate {
  const { stage, settings } = input;
  const number = numbersOf(settings);
  const model = input.base ?? modelOf(settings);
  const parameters = parameterCount(model);
  const longest = number('maxDocumentTokens', 256);
  const document = sequenceTokens(input.corpus, longest);
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
  // Once in a run some group thinks as long as it may, and memory must hold that.
  const longestCompletion = number('maxThinkingTokens', 0) + 1 + number('maxAnswerTokens', 0);
  const lengths = { document, completion: longestCompletion };
  const workload = workloadOf(stage, number, lengths, input.machine.threads);
  const beside = (config: ModelConfig): number =>
    PROCESS_BYTES[input.engine] + 4 * (GIVEN + (workload.update ? SAVED : 0)) * parameterCount(config);
  const memory = (config: ModelConfig): number =>
    estimateMemory(config, workload).totalBytes + beside(config);
  const largest = largestThatFits(
    HIDDEN_SIZES.map((h) => usualModel(h, model)),
    memory,
    USABLE * input.machine.memoryBytes,
  );
  return {
    parameters,
    steps,
    tokensPerStep: Math.round(trained + forward),
    flops,
    memoryBytes: Math.round(memory(model)),
    largestModel: largest && {
      parameters: parameterCount(largest),
      hiddenSize: largest.hiddenSize,
      numHiddenLayers: largest.numHiddenLayers,
    },
    durationS: { low: flops / input.rate.high, high: flops / input.rate.low },
  };
}

/** Tokens of a sequence on average: longer documents are cut into pieces, each with a mark at its ends. */
function sequenceTokens(corpus: CorpusSize | null, longest: number): number {
  if (!corpus?.documents) return longest;
  const text = Math.max(1, corpus.bytes / corpus.documents / BYTES_PER_TOKEN);
  return Math.min(longest, text / Math.ceil((text + 2) / longest) + 2);
}

const numbersOf =
  (settings: Readonly<Record<string, unknown>>): NumberOf =>
  (name, fallback) => {
    const value = settings[name];
    return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : fallback;
  };

/** The model that pre-training with these settings makes. */
export function modelOf(settings: Readonly<Record<string, unknown>>): ModelConfig {
  const number = numbersOf(settings);
  return {
    vocabSize: number('vocabSize', 1024),
    hiddenSize: number('hiddenSize', 128),
    intermediateSize: number('intermediateSize', 352),
    numHiddenLayers: number('numHiddenLayers', 4),
    numAttentionHeads: number('numAttentionHeads', 4),
    numKeyValueHeads: number('numKeyValueHeads', 4),
    headDim: number('headDim', 32),
    ropeTheta: number('ropeTheta', 10000),
    rmsNormEps: 1e-6,
    tieWordEmbeddings: number('tieWordEmbeddings', 0) === 1,
    maxPositionEmbeddings: number('maxPositionEmbeddings', 512),
  };
}

/**
 * The model of a checkpoint, from its config.json.
 * @throws if that is not a Qwen3 model's
 */
export const modelOfBase = (configJson: string): ModelConfig => modelConfigOf(configJson);

/** A model of the given width in usual proportions; vocabulary and positions as another's. */
function usualModel(hiddenSize: number, like: ModelConfig): ModelConfig {
  const headDim = hiddenSize < 512 ? 32 : 64;
  return {
    ...like,
    hiddenSize,
    intermediateSize: 3 * hiddenSize,
    numHiddenLayers: Math.max(4, Math.round(hiddenSize / 64)),
    headDim,
    numAttentionHeads: hiddenSize / headDim,
    numKeyValueHeads: hiddenSize / headDim,
  };
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

/**
 * What a model and its work need in memory, computed before anything is allocated. Pure: no engine, no addon.
 * The formulas mirror the layouts of c/model.h, c/batch.h, c/decode.h and c/sampler.h, number by number.
 */
import { type ModelConfig, parameterCount } from '../model.ts';
import { splitBySize } from './packing.ts';

const FLOAT = 4;
/** Every dimension in the library is padded to this; keys in a cache to the second. */
const PAD = 16;
const KEY_PAD = 32;
/** As in c/batch.h, c/decode.h and c/sampler.h. */
const ROW_BLOCK = 48;
const QUERY_BLOCK = 24;
const GRADIENT_ROWS = 128;
const K_BLOCK = 256;
const STRIP_MAX = 32;
const DECODE_ROWS = 64;
const ATTENTION_ROWS = 16;
const HEADS = 4;

/** Activations of more rows than this leave the processor's caches without a gain. */
export const ROWS_PER_MICRO_BATCH = 2048;

const padTo = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;
const padded = (n: number): number => padTo(n, PAD);

interface Widths {
  readonly vocab: number;
  readonly stream: number;
  readonly mlp: number;
  readonly head: number;
  readonly queries: number;
  readonly keys: number;
}

function widthsOf(config: ModelConfig): Widths {
  const head = padded(config.headDim);
  return {
    vocab: padded(config.vocabSize),
    stream: padded(config.hiddenSize),
    mlp: padded(config.intermediateSize),
    head,
    queries: config.numAttentionHeads * head,
    keys: config.numKeyValueHeads * head,
  };
}

/** Floats of one flat buffer of all parameters, padding included. */
function parameterFloats(config: ModelConfig): number {
  const w = widthsOf(config);
  const layer = 2 * w.stream + 2 * w.head + w.stream * (2 * w.queries + 2 * w.keys) + 3 * w.stream * w.mlp;
  const embeddings = w.vocab * w.stream * (config.tieWordEmbeddings ? 1 : 2);
  return config.numHiddenLayers * layer + embeddings + w.stream;
}

/** Weights and their panels; with an optimizer also gradients, two moments and the backward pass's panels. */
export function modelBytes(config: ModelConfig, withOptimizer: boolean): number {
  const buffers = withOptimizer ? 6 : 2;
  const rotary = config.maxPositionEmbeddings * 2 * padded(config.headDim);
  return FLOAT * (buffers * parameterFloats(config) + rotary);
}

/** Counts of a packed batch. */
export interface BatchShape {
  readonly rows: number;
  readonly queries: number;
  readonly targets: number;
  readonly segments: number;
  readonly families: number;
  readonly longestPrefix: number;
  readonly longestOwn: number;
  readonly keep: 'nothing' | 'all' | 'inputs';
}

function batchFloats(config: ModelConfig, b: BatchShape): number {
  const w = widthsOf(config);
  const layers = config.numHiddenLayers;
  /** One layer's activations for `queries` rows that want predictions. */
  const kept = (queries: number): number =>
    queries * (2 * w.queries + 2 * config.numAttentionHeads + w.stream + 2 * w.mlp) + b.rows * 2 * w.keys;
  const shared = layers === 1 ? b.queries : b.rows;
  let floats =
    3 * b.rows +
    b.segments +
    1 +
    b.queries * (3 + 2 * w.stream + w.vocab) +
    2 * b.targets +
    b.rows * w.stream;
  if (b.keep === 'nothing') return floats + shared * w.queries + b.rows * 2 * w.keys;
  if (b.keep === 'inputs') floats += (layers - 1) * b.rows * w.stream + kept(shared);
  else floats += (layers - 1) * (b.rows * w.stream + kept(b.rows)) + kept(b.queries);
  const blocks = Math.ceil(b.rows / ROW_BLOCK);
  return (
    floats +
    3 * b.rows * w.stream +
    shared * (w.queries + w.mlp + w.stream) +
    (b.queries === b.rows ? 0 : 2 * b.queries * w.stream) +
    2 * blocks * w.stream +
    b.families * config.numKeyValueHeads * 2 * w.head
  );
}

/** Scratch of one thread for a packed batch. */
function batchScratchFloats(config: ModelConfig, b: BatchShape): number {
  const w = widthsOf(config);
  const keys = b.longestPrefix + b.longestOwn + 2 * KEY_PAD;
  const attention = keys * w.head * 6 + 2 * QUERY_BLOCK * keys + 3 * QUERY_BLOCK * w.head + 4 * w.head;
  const rows = ROW_BLOCK * (3 * w.stream + 2 * w.mlp);
  return Math.max(attention, rows, (GRADIENT_ROWS + STRIP_MAX) * K_BLOCK);
}

export interface RolloutShape {
  readonly prompts: number;
  readonly numGenerations: number;
  readonly maxPromptTokens: number;
  /** Longest completion: with thinking maxTokens + 1 + maxAnswerTokens. */
  readonly maxNewTokens: number;
}

/** Rows in flight beyond this add memory but no speed. */
const MOST_SLOTS = 128;
const FEWEST_SLOTS = 8;
/** Keys and values of rows in flight stay within this where FEWEST_SLOTS allows. */
const CACHE_BYTES = 512 * 1024 * 1024;
/** Prompt tokens computed in one batch. */
export const PREFILL_ROWS = 2048;
/** Rows scored in one batch: enough to fill the processor, few enough to stay in its caches. */
export const SCORED_ROWS = 2048;

/** How many rows and how many prompts are in flight at a time. */
export function slotPlan(config: ModelConfig, shape: RolloutShape): { slots: number; prefixes: number } {
  const { keys } = widthsOf(config);
  const bytesPerToken = FLOAT * 2 * config.numHiddenLayers * keys;
  const bytesPerRow =
    bytesPerToken *
    (padTo(shape.maxNewTokens, KEY_PAD) + padTo(shape.maxPromptTokens, KEY_PAD) / shape.numGenerations);
  const affordable = Math.max(FEWEST_SLOTS, Math.floor(CACHE_BYTES / bytesPerRow));
  const slots = Math.min(MOST_SLOTS, affordable, shape.prompts * shape.numGenerations);
  const groups = Math.ceil(slots / shape.numGenerations);
  return { slots, prefixes: Math.min(shape.prompts, slots, 2 * groups) };
}

function rolloutBytes(
  config: ModelConfig,
  shape: RolloutShape,
): { caches: number; batch: number; scratch: number } {
  const w = widthsOf(config);
  const { slots, prefixes } = slotPlan(config, shape);
  const cache = (count: number, length: number): number =>
    count * config.numHiddenLayers * 2 * w.keys * padTo(length, KEY_PAD);
  const outputs = shape.prompts * shape.numGenerations;
  const cells = outputs * shape.maxNewTokens;
  const records = 4 * cells + 4 * outputs + slots * 11 + prefixes * (1 + w.vocab);
  const perPass = Math.max(1, Math.floor(PREFILL_ROWS / shape.maxPromptTokens));
  const prompts = Math.min(prefixes, perPass);
  const prefill: BatchShape = {
    rows: prompts * shape.maxPromptTokens,
    queries: prompts,
    targets: 0,
    segments: prompts,
    families: prompts,
    longestPrefix: 0,
    longestOwn: shape.maxPromptTokens,
    keep: 'nothing',
  };
  const keys = padTo(shape.maxPromptTokens, KEY_PAD) + padTo(shape.maxNewTokens, KEY_PAD);
  const activations = DECODE_ROWS * (2 * w.stream + 2 * w.queries + 2 * w.keys + w.mlp);
  const step = activations + Math.max(DECODE_ROWS * w.vocab, HEADS * ATTENTION_ROWS * keys) + 3 * w.vocab;
  return {
    caches: FLOAT * (cache(prefixes, shape.maxPromptTokens) + cache(slots, shape.maxNewTokens) + records),
    batch: FLOAT * batchFloats(config, prefill),
    scratch: FLOAT * Math.max(batchScratchFloats(config, prefill), step),
  };
}

export interface UpdateShape {
  readonly groups: number;
  readonly numGenerations: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly documents: number;
  readonly documentTokens: number;
  readonly maxTokensPerMicroBatch: number;
  readonly recomputeActivations: boolean;
}

/** The micro-batches of an update, packed in the order of update.ts: groups, all of one length, then documents. */
function updateBatches(shape: UpdateShape): BatchShape[] {
  const limit = Math.min(shape.maxTokensPerMicroBatch, ROWS_PER_MICRO_BATCH);
  const own = Math.max(0, shape.completionTokens - 1);
  const documentRows = shape.documentTokens - 1;
  const group = { documents: 0, rows: shape.promptTokens + shape.numGenerations * own };
  const document = { documents: 1, rows: documentRows };
  const units = [
    ...new Array<typeof group>(shape.groups).fill(group),
    ...new Array<typeof document>(documentRows > 0 ? shape.documents : 0).fill(document),
  ];
  return splitBySize(units, (unit) => unit.rows, limit).map((run) => {
    const documents = run.reduce((sum, unit) => sum + unit.documents, 0);
    const groups = run.length - documents;
    const documentsRows = documents * documentRows;
    return {
      rows: groups * group.rows + documentsRows,
      queries: groups * (1 + shape.numGenerations * own) + documentsRows,
      targets: groups * shape.numGenerations * shape.completionTokens + documentsRows,
      segments: groups * (1 + (own > 0 ? shape.numGenerations : 0)) + documents,
      families: run.length,
      longestPrefix: groups > 0 ? shape.promptTokens : 0,
      longestOwn: Math.max(
        groups > 0 ? Math.max(shape.promptTokens, own) : 0,
        documents > 0 ? documentRows : 0,
      ),
      keep: shape.recomputeActivations ? 'inputs' : 'all',
    };
  });
}

/** A batch of whole sequences of the update's groups, as a reference scores them. */
function scoredBatch(shape: UpdateShape): BatchShape {
  const length = shape.promptTokens + shape.completionTokens;
  const count = Math.min(shape.groups * shape.numGenerations, Math.max(1, Math.floor(SCORED_ROWS / length)));
  return {
    rows: count * (length - 1),
    queries: count * shape.completionTokens,
    targets: count * shape.completionTokens,
    segments: count,
    families: count,
    longestPrefix: 0,
    longestOwn: length,
    keep: 'nothing',
  };
}

/** What a policy is used for; parts left out are not done. */
export interface Workload {
  readonly threads: number;
  /** Also held: policies that only score the update's completions, as a frozen reference does. */
  readonly frozenCopies: number;
  readonly rollout: RolloutShape | null;
  readonly update: UpdateShape | null;
}

export interface MemoryEstimate {
  readonly modelBytes: number;
  /** Activations of the largest batch, of frozen copies too. */
  readonly batchBytes: number;
  /** Keys, values and records of sampling. */
  readonly cacheBytes: number;
  /** Working memory of all threads. */
  readonly scratchBytes: number;
  /** What the engine reports as `engineBytes` after the work. */
  readonly totalBytes: number;
}

/** Bytes the kernels' engine holds once the workload has run at its largest. */
export function estimateMemory(config: ModelConfig, workload: Workload): MemoryEstimate {
  const rollout = workload.rollout ? rolloutBytes(config, workload.rollout) : null;
  const updates = workload.update ? updateBatches(workload.update) : [];
  const model =
    modelBytes(config, workload.update !== null) + workload.frozenCopies * modelBytes(config, false);
  const scored =
    workload.update && workload.frozenCopies > 0
      ? FLOAT * batchFloats(config, scoredBatch(workload.update))
      : 0;
  const batch =
    Math.max(rollout?.batch ?? 0, ...updates.map((b) => FLOAT * batchFloats(config, b))) +
    workload.frozenCopies * scored;
  const scratch =
    workload.threads *
    Math.max(rollout?.scratch ?? 0, ...updates.map((b) => FLOAT * batchScratchFloats(config, b)));
  const cache = rollout?.caches ?? 0;
  return {
    modelBytes: model,
    batchBytes: batch,
    cacheBytes: cache,
    scratchBytes: scratch,
    totalBytes: model + batch + scratch + cache,
  };
}

/** The candidate with the most parameters whose memory is within the bytes available, or null. */
export function largestThatFits(
  candidates: readonly ModelConfig[],
  memoryOf: (config: ModelConfig) => number,
  availableBytes: number,
): ModelConfig | null {
  const fitting = candidates.filter((config) => memoryOf(config) <= availableBytes);
  return fitting.toSorted((a, b) => parameterCount(b) - parameterCount(a))[0] ?? null;
}

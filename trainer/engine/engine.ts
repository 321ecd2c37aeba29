/**
 * The engine interface: everything a method may ask of a model, at the level the methods think in.
 *
 * A policy samples completions, scores sequences, takes an optimizer step and gives or takes its state. Methods
 * know nothing else: no tensors, no devices, no batching. Engines decide how to batch, pack and parallelise; the
 * results do not depend on it (beyond float32 rounding), because every random draw is a pure function of
 * (seed, stream, generation, position): see random.ts.
 *
 * Alignment used throughout: "the target at i" is token i predicted from tokens < i. Arrays about targets have
 * the length of the token array they describe; index 0 of a whole sequence is never a target.
 */
import type { ModelConfig } from './model.ts';
import type { PolicyLossSettings } from './policy-loss.ts';

/** How logits become the distribution that is sampled from, scored and trained. */
export interface LogitSettings {
  /** Divides the logits; 0 means greedy decoding (log-probabilities and entropies are then taken at 1). */
  readonly temperature: number;
  /** Tokens whose logits are −∞ everywhere: they get probability 0 and are never sampled. */
  readonly bannedTokens: readonly number[];
}

/** What is cut from the distribution while sampling only; 0 or 1 turns a cut off as in TRL. */
export interface Decoding extends LogitSettings {
  /** Keep the k most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Keep the smallest set of most likely tokens whose mass reaches p; 1 keeps all. */
  readonly topP: number;
  /** Drop tokens less likely than minP × the most likely one; 0 keeps all. */
  readonly minP: number;
}

/** The thinking part of a completion: it starts with the first sampled token and ends before `endToken`. */
export interface ThinkingLimits {
  /** `</think>`. */
  readonly endToken: number;
  /** `endToken` and `eosToken` are not sampled before this many thinking tokens. */
  readonly minTokens: number;
  /** At most this many thinking tokens. */
  readonly maxTokens: number;
  /**
   * At the limit: `truncate` ends the completion without an answer; `close` writes `endToken` in the model's
   * place (marked in `Completion.forced`) and lets it answer. A forced budget B is minTokens = maxTokens = B
   * with `close`.
   */
  readonly atLimit: 'truncate' | 'close';
}

export interface SampleRequest {
  /** Token ids; a prompt ends with the token after which the completion starts, for example `<think>`. */
  readonly prompts: readonly Int32Array[];
  /** Identity of each prompt's random stream, so that an item's draws do not depend on its batch. */
  readonly streams: readonly number[];
  /** Completions per prompt (G). */
  readonly numGenerations: number;
  readonly decoding: Decoding;
  /** null: the completion is an answer from its first token. */
  readonly thinking: ThinkingLimits | null;
  /** The completion ends after this many answer tokens, or at `eosToken` (which is kept and counted). */
  readonly maxAnswerTokens: number;
  readonly eosToken: number;
  /** Unsigned 32-bit. */
  readonly seed: number;
  /** Called between decoding steps with the share of work done, 0 to 1. Throwing from it cancels the call. */
  readonly onProgress?: (done: number) => void;
}

/**
 * How a completion ended: `eos` in the answer; `answer-limit` after maxAnswerTokens (complete when the task asks
 * for exactly that many); `thinking-limit` or `thinking-eos`: no answer was given.
 */
export type FinishReason = 'eos' | 'answer-limit' | 'thinking-limit' | 'thinking-eos';

export interface Completion {
  /** Sampled tokens without the prompt; `</think>` and the end token included where sampled. */
  readonly tokens: Int32Array;
  /** log π(token) under LogitSettings (cuts of `Decoding` not applied), one per token. */
  readonly logps: Float32Array;
  /** Entropy in nats of the same distribution at each token. */
  readonly entropies: Float32Array;
  /** 1 where the engine wrote the token in the model's place. */
  readonly forced: Uint8Array;
  /** Tokens before `</think>`, exclusive; the whole completion if it never closed. */
  readonly thinkingLength: number;
  /** Index of the first answer token, or -1 without an answer. */
  readonly answerStart: number;
  readonly finish: FinishReason;
}

export interface ScoreRequest {
  readonly sequences: readonly Int32Array[];
  readonly logits: LogitSettings;
  /** Scores only targets at index ≥ starts[i] (others read 0); default 1. Saves the head's work on prompts. */
  readonly starts?: readonly number[];
  readonly onProgress?: (done: number) => void;
}

export interface SequenceScore {
  /** log π(tokens[i] | tokens[<i]) at index i; 0 where not scored. */
  readonly logps: Float32Array;
  /** Entropy in nats of π(· | tokens[<i]) at index i. */
  readonly entropies: Float32Array;
  /** argmax of π(· | tokens[<i]) at index i; −1 where not scored. */
  readonly greedyTokens: Int32Array;
}

/** A completion as the update sees it. Arrays have the length of `tokens`. */
export interface PolicyCompletion {
  readonly tokens: Int32Array;
  /** 1 where the token carries loss. */
  readonly completionMask: Uint8Array;
  readonly advantage: number;
  /** Log-probabilities when the completion was sampled; null takes the current ones (ratio exactly 1). */
  readonly oldPerTokenLogps: Float32Array | null;
  /** The reference policy's; needed when beta ≠ 0. */
  readonly refPerTokenLogps: Float32Array | null;
}

/** A prompt with its completions; the prompt's forward and backward run once per group. */
export interface PolicyGroup {
  readonly prompt: Int32Array;
  readonly completions: readonly PolicyCompletion[];
}

/** A document for next-token prediction; `weights[i]` weighs −log π(tokens[i] | tokens[<i]); weights[0] is 0. */
export interface WeightedDocument {
  readonly tokens: Int32Array;
  readonly weights: Float32Array;
}

export interface OptimizerSettings {
  readonly learningRate: number;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamEpsilon: number;
  /** Decoupled (AdamW); applied to matrices, not to norm gains. */
  readonly weightDecay: number;
  /** Global gradient norm is clipped to this; 0 turns clipping off. */
  readonly maxGradNorm: number;
}

/**
 * One optimizer step on L = L_RL(groups) + ntpCoefficient · L_NTP(documents), with
 * L_NTP = Σ w·(−log π) / Σ w over the whole request. Micro-batches accumulate to exactly this.
 */
export interface UpdateRequest {
  readonly groups: readonly PolicyGroup[];
  readonly documents: readonly WeightedDocument[];
  /** For the groups; documents are trained at temperature 1 with nothing banned. */
  readonly logits: LogitSettings;
  readonly loss: PolicyLossSettings;
  readonly ntpCoefficient: number;
  readonly optimizer: OptimizerSettings;
  /** Upper bound on tokens in flight; a single group or document larger than it runs alone. */
  readonly maxTokensPerMicroBatch: number;
  /** Keep only each layer's input and recompute the rest in the backward pass: less memory, more time. */
  readonly recomputeActivations: boolean;
  /** false computes metrics and gradients' norm without changing the policy. */
  readonly apply?: boolean;
}

export interface UpdateResult {
  readonly loss: number;
  readonly policyLoss: number;
  /** Mean next-token loss in nats; 0 without documents. */
  readonly ntpLoss: number;
  /** Mean KL estimate exp(Δ) − Δ − 1, Δ = ref − policy, over completion tokens; 0 when beta = 0. */
  readonly kl: number;
  /** Mean entropy in nats over completion tokens. */
  readonly entropy: number;
  /** Shares of completion tokens whose ratio was clipped from below, from above, either. */
  readonly clipRatio: { readonly low: number; readonly high: number; readonly region: number };
  /** Before clipping. */
  readonly gradNorm: number;
  /** Tokens whose forward and backward were computed (shared prompts once). */
  readonly numTokens: number;
  /** Current log-probabilities of every completion, as the groups are ordered. */
  readonly perTokenLogps: readonly (readonly Float32Array[])[];
}

/** Flat float32 tensors by Hugging Face's parameter names (see model.ts). */
export type TensorMap = ReadonlyMap<string, Float32Array>;

export interface PolicyState {
  readonly config: ModelConfig;
  readonly weights: TensorMap;
  /** AdamW moments and the number of steps taken; null for a policy that never trained. */
  readonly optimizer: { readonly step: number; readonly first: TensorMap; readonly second: TensorMap } | null;
}

/** A model with its optimizer. Calls must not overlap. */
export interface Policy {
  readonly config: ModelConfig;
  /** Completions by prompt, then generation. */
  sample(request: SampleRequest): Promise<Completion[][]>;
  score(request: ScoreRequest): Promise<SequenceScore[]>;
  update(request: UpdateRequest): Promise<UpdateResult>;
  state(): Promise<PolicyState>;
  /** Gradients of the last update by parameter name, for tests of exactness. */
  gradients(): Promise<TensorMap>;
  dispose(): void;
}

export interface MemoryUse {
  /** Bytes held by the engine for weights, optimizer, activations and caches (its own accounting). */
  readonly engineBytes: number;
  /** Live tensors, where the engine counts them. */
  readonly tensors: number | null;
}

export interface Engine {
  /** For example `kernels-native`; see select.ts. */
  readonly name: EngineName;
  /** One line for people: device, instruction set, threads. */
  readonly description: string;
  /** A policy from a state; with `withOptimizer` false it can only sample and score (a frozen reference). */
  createPolicy(state: PolicyState, options?: { readonly withOptimizer?: boolean }): Promise<Policy>;
  memory(): MemoryUse;
  dispose(): void;
}

export const ENGINE_NAMES = [
  'tensorflow-cuda',
  'webgpu',
  'kernels-native',
  'kernels-wasm',
  'tensorflow-cpu',
  'tfjs-wasm',
  'webgpu-software',
] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface EngineOptions {
  /** Worker threads for CPU engines; 0 takes the machine's cores. */
  readonly threads: number;
  /** Folder for compiled addons and provisioned libraries; outlives node_modules. */
  readonly cacheFolder: string;
  /** A line about long preparatory work (compiling, downloading). */
  readonly onNotice?: (line: string) => void;
}

/** Why an engine cannot be used here; `message` is a sentence for people, `wayOut` what would make it work. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
  readonly wayOut: string;
  constructor(message: string, wayOut: string) {
    super(message);
    this.wayOut = wayOut;
  }
}

/** Opens one engine or throws EngineUnavailable. Each engine folder exports one of these from its open.ts. */
export type OpenEngine = (name: EngineName, options: EngineOptions) => Promise<Engine>;

/** Which engine was taken, and why each better one was not. */
export interface EngineReport {
  readonly name: EngineName;
  readonly description: string;
  readonly rejected: readonly {
    readonly name: EngineName;
    readonly reason: string;
    readonly wayOut: string;
  }[];
}

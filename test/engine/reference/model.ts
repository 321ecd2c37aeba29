/**
 * The reference for engines: the model, scoring, the update and the sampler in float64, one sequence at a time,
 * every completion with its whole prompt. No batching, sharing, packing or caching: that is what engines must agree
 * with.
 */
import type {
  LogitSettings,
  SampleRequest,
  TensorMap,
  UpdateRequest,
} from '../../../trainer/engine/engine.ts';
import { type ModelConfig, parametersOf } from '../../../trainer/engine/model.ts';
import { policyLoss } from '../../../trainer/engine/policy-loss.ts';
import { samplingUniform } from '../../../trainer/engine/random.ts';
import {
  add,
  attention,
  backward,
  createTape,
  linear,
  lookUp,
  type Matrix,
  matrix,
  rmsNorm,
  rotate,
  swiglu,
  type Tape,
} from './tape.ts';

export type Weights = Map<string, Matrix>;

export interface Reference {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly first: Map<string, Float64Array>;
  readonly second: Map<string, Float64Array>;
  step: number;
}

export function createReference(config: ModelConfig, values: TensorMap): Reference {
  const zeros = (): Map<string, Float64Array> =>
    new Map(parametersOf(config).map((p) => [p.name, new Float64Array(values.get(p.name)!.length)]));
  const weights = new Map(
    parametersOf(config).map(({ name, shape }) => {
      const [rows, columns] = shape.length === 2 ? [shape[0]!, shape[1]!] : [1, shape[0]!];
      return [name, matrix(rows, columns, Float64Array.from(values.get(name)!))];
    }),
  );
  return { config, weights, first: zeros(), second: zeros(), step: 0 };
}

/** Logits [tokens, vocabulary]. */
export function logits({ config, weights }: Reference, tokens: ArrayLike<number>, tape: Tape): Matrix {
  const of = (name: string): Matrix => weights.get(`${name}.weight`)!;
  const { rmsNormEps: epsilon, numAttentionHeads, numKeyValueHeads, headDim, ropeTheta } = config;
  let x = lookUp(tape, of('model.embed_tokens'), tokens);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const at = (name: string): Matrix => of(`model.layers.${layer}.${name}`);
    const n = rmsNorm(tape, x, at('input_layernorm'), epsilon);
    const headed = (projection: string, norm: string): Matrix => {
      const normed = rmsNorm(tape, linear(tape, n, at(projection)), at(norm), epsilon);
      return rotate(tape, normed, headDim, ropeTheta);
    };
    const q = headed('self_attn.q_proj', 'self_attn.q_norm');
    const k = headed('self_attn.k_proj', 'self_attn.k_norm');
    const v = linear(tape, n, at('self_attn.v_proj'));
    const seen = attention(tape, q, k, v, numAttentionHeads, numKeyValueHeads);
    x = add(tape, x, linear(tape, seen, at('self_attn.o_proj')));
    const m = rmsNorm(tape, x, at('post_attention_layernorm'), epsilon);
    const gate = linear(tape, m, at('mlp.gate_proj'));
    const up = linear(tape, m, at('mlp.up_proj'));
    x = add(tape, x, linear(tape, swiglu(tape, gate, up), at('mlp.down_proj')));
  }
  const normed = rmsNorm(tape, x, of('model.norm'), epsilon);
  return linear(tape, normed, of(config.tieWordEmbeddings ? 'model.embed_tokens' : 'lm_head'));
}

/** log π of every token after the tokens before `row + 1`, under the settings. */
export function distribution(z: Matrix, row: number, settings: LogitSettings): Float64Array {
  const scale = settings.temperature === 0 ? 1 : 1 / settings.temperature;
  const logp = z.data.slice(row * z.columns, (row + 1) * z.columns).map((value) => value * scale);
  for (const token of settings.bannedTokens) logp[token] = -Infinity;
  const most = logp.reduce((a, b) => Math.max(a, b));
  const total = logp.reduce((sum, value) => sum + Math.exp(value - most), 0);
  return logp.map((value) => value - most - Math.log(total));
}

const entropyOf = (logp: Float64Array): number =>
  logp.reduce((sum, value) => (value === -Infinity ? sum : sum - Math.exp(value) * value), 0);

const largest = (values: Float64Array): number =>
  values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);

export interface ReferenceScore {
  readonly logps: Float64Array;
  readonly entropies: Float64Array;
  readonly greedyTokens: Int32Array;
}

export function score(reference: Reference, tokens: Int32Array, settings: LogitSettings): ReferenceScore {
  const z = logits(reference, tokens, createTape());
  const result = {
    logps: new Float64Array(tokens.length),
    entropies: new Float64Array(tokens.length),
    greedyTokens: new Int32Array(tokens.length).fill(-1),
  };
  for (let i = 1; i < tokens.length; i++) {
    const logp = distribution(z, i - 1, settings);
    result.logps[i] = logp[tokens[i]!]!;
    result.entropies[i] = entropyOf(logp);
    result.greedyTokens[i] = largest(logp);
  }
  return result;
}

const PLAIN: LogitSettings = { temperature: 1, bannedTokens: [] };

/** Adds ∂(dLogp · log π(token))/∂z to the gradient of z's row. */
function addLogpGradient(
  z: Matrix,
  row: number,
  token: number,
  dLogp: number,
  settings: LogitSettings,
): void {
  const scale = settings.temperature === 0 ? 1 : 1 / settings.temperature;
  distribution(z, row, settings).forEach((logp, id) => {
    z.gradient[row * z.columns + id]! += dLogp * scale * ((id === token ? 1 : 0) - Math.exp(logp));
  });
}

export interface ReferenceUpdate {
  readonly loss: number;
  readonly policyLoss: number;
  readonly ntpLoss: number;
  readonly kl: number;
  readonly entropy: number;
  readonly gradNorm: number;
  readonly perTokenLogps: Float32Array[][];
  readonly gradients: Map<string, Float64Array>;
}

/** The loss and gradients of a request, then (unless `apply` is false) an AdamW step. */
export function update(reference: Reference, request: UpdateRequest): ReferenceUpdate {
  const { config, weights } = reference;
  const { groups, documents } = request;
  for (const { gradient } of weights.values()) gradient.fill(0);

  const runs = groups.map(({ prompt, completions }) =>
    completions.map(({ tokens }) => {
      const tape = createTape();
      return { tape, prompt, tokens, z: logits(reference, [...prompt, ...tokens], tape) };
    }),
  );
  let entropySum = 0;
  let entropyTokens = 0;
  const perTokenLogps = runs.map((group, g) =>
    group.map(({ prompt, tokens, z }, c) =>
      Float32Array.from(tokens, (token, i) => {
        const logp = distribution(z, prompt.length + i - 1, request.logits);
        if (groups[g]!.completions[c]!.completionMask[i]) {
          entropySum += entropyOf(logp);
          entropyTokens++;
        }
        return logp[token]!;
      }),
    ),
  );
  const policy = policyLoss(groups, perTokenLogps, request.loss);
  runs.forEach((group, g) => {
    group.forEach(({ tape, prompt, tokens, z }, c) => {
      tokens.forEach((token, i) => {
        addLogpGradient(z, prompt.length + i - 1, token, policy.dLogps[g]![c]![i]!, request.logits);
      });
      backward(tape);
    });
  });

  const totalWeight = documents.reduce((sum, d) => d.weights.reduce((all, w) => all + w, sum), 0);
  let ntpLoss = 0;
  for (const document of documents) {
    const tape = createTape();
    const z = logits(reference, document.tokens, tape);
    for (let i = 1; i < document.tokens.length; i++) {
      const share = document.weights[i]! / totalWeight;
      if (share === 0) continue;
      ntpLoss -= share * distribution(z, i - 1, PLAIN)[document.tokens[i]!]!;
      addLogpGradient(z, i - 1, document.tokens[i]!, -share * request.ntpCoefficient, PLAIN);
    }
    backward(tape);
  }

  const gradients = new Map(
    parametersOf(config).map(({ name }) => [name, weights.get(name)!.gradient.slice()]),
  );
  const gradNorm = Math.sqrt(
    [...gradients.values()].reduce((sum, g) => g.reduce((all, value) => all + value * value, sum), 0),
  );
  if (request.apply !== false) adamw(reference, gradients, gradNorm, request.optimizer);
  return {
    loss: policy.loss + request.ntpCoefficient * ntpLoss,
    policyLoss: policy.loss,
    ntpLoss,
    kl: policy.kl,
    entropy: entropyTokens === 0 ? 0 : entropySum / entropyTokens,
    gradNorm,
    perTokenLogps,
    gradients,
  };
}

function adamw(
  reference: Reference,
  gradients: ReadonlyMap<string, Float64Array>,
  norm: number,
  settings: UpdateRequest['optimizer'],
): void {
  const { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm } = settings;
  reference.step++;
  const clip = maxGradNorm === 0 ? 1 : Math.min(1, maxGradNorm / (norm + 1e-6));
  for (const { name, shape } of parametersOf(reference.config)) {
    const weight = reference.weights.get(name)!.data;
    const m = reference.first.get(name)!;
    const v = reference.second.get(name)!;
    gradients.get(name)!.forEach((gradient, i) => {
      const g = gradient * clip;
      m[i] = adamBeta1 * m[i]! + (1 - adamBeta1) * g;
      v[i] = adamBeta2 * v[i]! + (1 - adamBeta2) * g * g;
      const mean = m[i]! / (1 - adamBeta1 ** reference.step);
      const spread = Math.sqrt(v[i]! / (1 - adamBeta2 ** reference.step)) + adamEpsilon;
      const decay = shape.length > 1 ? weightDecay : 0;
      weight[i]! -= learningRate * (mean / spread + decay * weight[i]!);
    });
  }
}

export interface ReferenceCompletion {
  readonly tokens: number[];
  readonly logps: number[];
  readonly entropies: number[];
  readonly forced: number[];
  readonly finish: string;
  /** Smallest distance of a draw from a boundary between two tokens: below it engines may differ by rounding. */
  readonly narrowest: number;
}

/** One completion, the whole sequence run again for every token. */
export function sample(
  reference: Reference,
  request: SampleRequest,
  prompt: number,
  generation: number,
): ReferenceCompletion {
  const { decoding, thinking, eosToken, maxAnswerTokens, seed } = request;
  const tokens: number[] = [];
  const logps: number[] = [];
  const entropies: number[] = [];
  const forced: number[] = [];
  let inThinking = thinking !== null;
  let answered = 0;
  let narrowest = Infinity;
  const end = (finish: string): ReferenceCompletion => ({
    tokens,
    logps,
    entropies,
    forced,
    finish,
    narrowest,
  });
  for (;;) {
    if (!inThinking && answered === maxAnswerTokens) return end('answer-limit');
    const atLimit = inThinking && thinking !== null && tokens.length === thinking.maxTokens;
    if (atLimit && thinking.atLimit === 'truncate') return end('thinking-limit');
    const sequence = [...request.prompts[prompt]!, ...tokens];
    const z = logits(reference, sequence, createTape());
    const logp = distribution(z, sequence.length - 1, decoding);
    const shut = inThinking && thinking !== null && tokens.length < thinking.minTokens;
    let token: number;
    if (atLimit) {
      token = thinking.endToken;
    } else {
      const mass = logp.map((value, id) =>
        shut && (id === thinking.endToken || id === eosToken) ? 0 : Math.exp(value),
      );
      if (decoding.temperature === 0) {
        token = largest(mass);
      } else {
        const kept = cut(mass, decoding);
        const u = samplingUniform(seed, request.streams[prompt]!, generation, tokens.length);
        const drawn = draw(kept, u);
        token = drawn.token;
        narrowest = Math.min(narrowest, drawn.distance);
      }
    }
    tokens.push(token);
    logps.push(logp[token]!);
    entropies.push(entropyOf(logp));
    forced.push(atLimit ? 1 : 0);
    if (!inThinking) {
      answered++;
      if (token === eosToken) return end('eos');
    } else if (token === thinking?.endToken) {
      inThinking = false;
    } else if (token === eosToken) {
      return end('thinking-eos');
    }
  }
}

/** Top-k, then top-p of what is left, then min-p; of equal tokens the lower id is the more likely. */
function cut(mass: Float64Array, { topK, topP, minP }: SampleRequest['decoding']): Float64Array {
  const order = [...mass.keys()].sort((a, b) => mass[b]! - mass[a]! || a - b);
  const ranked = topK > 0 ? order.slice(0, topK) : order;
  const total = ranked.reduce((sum, id) => sum + mass[id]!, 0);
  const kept = new Float64Array(mass.length);
  let before = 0;
  for (const id of ranked) {
    if (topP < 1 && before >= topP * total) break;
    if (mass[id]! >= minP * mass[order[0]!]!) kept[id] = mass[id]!;
    before += mass[id]!;
  }
  return kept;
}

function draw(mass: Float64Array, u: number): { readonly token: number; readonly distance: number } {
  const total = mass.reduce((sum, value) => sum + value, 0);
  let cumulative = 0;
  let token = -1;
  let distance = Infinity;
  mass.forEach((value, id) => {
    cumulative += value;
    distance = Math.min(distance, Math.abs(cumulative / total - u));
    if (token < 0 && cumulative > u * total) token = id;
  });
  return { token, distance };
}

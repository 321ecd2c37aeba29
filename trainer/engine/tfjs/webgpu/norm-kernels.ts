/** RMSNorm, heads and SwiGLU in WGSL: one workgroup per normed run, or one thread per value. */
import type { Kernel } from './dispatch.ts';

/**
 * Sum over the workgroup; every thread gets it, adding up all parts itself: two barriers cost less than the seven of
 * a tree, on graphics processors a little and on software ones by far.
 */
export const TOTAL = `
var<workgroup> parts: array<f32, SIZE>;
fn total(value: f32, thread: u32) -> f32 {
  workgroupBarrier();
  parts[thread] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < SIZE; i++) { sum += parts[i]; }
  return sum;
}`;

export const RMS_NORM: Kernel = {
  name: 'rmsNorm',
  workgroupSize: 64,
  writes: ['y'],
  reads: { x: 'f32', gain: 'f32' },
  params: { rows: 'u32', d: 'u32', epsilon: 'f32' },
  before: TOTAL,
  body: `
  if (group >= p.rows) { return; }
  let at = group * p.d;
  var squares = 0.0;
  for (var j = thread; j < p.d; j += SIZE) { squares += x[at + j] * x[at + j]; }
  let rstd = inverseSqrt(total(squares, thread) / f32(p.d) + p.epsilon);
  for (var j = thread; j < p.d; j += SIZE) { y[at + j] = x[at + j] * rstd * gain[j]; }`,
};

/** dx = rstd · (dy·gain − n · mean(dy·gain·n)) with n = x·rstd; y and rstd beside it. */
export const RMS_NORM_GRADIENT: Kernel = {
  name: 'rmsNormGradient',
  workgroupSize: 64,
  writes: ['dx', 'y', 'rstds'],
  reads: { dy: 'f32', x: 'f32', gain: 'f32' },
  params: { rows: 'u32', d: 'u32', epsilon: 'f32' },
  before: TOTAL,
  body: `
  if (group >= p.rows) { return; }
  let at = group * p.d;
  var squares = 0.0;
  var products = 0.0;
  for (var j = thread; j < p.d; j += SIZE) {
    squares += x[at + j] * x[at + j];
    products += dy[at + j] * gain[j] * x[at + j];
  }
  let rstd = inverseSqrt(total(squares, thread) / f32(p.d) + p.epsilon);
  let projection = total(products, thread) * rstd / f32(p.d);
  for (var j = thread; j < p.d; j += SIZE) {
    let n = x[at + j] * rstd;
    dx[at + j] = rstd * (dy[at + j] * gain[j] - n * projection);
    y[at + j] = n * gain[j];
  }
  if (thread == 0u) { rstds[group] = rstd; }`,
};

/** Partial sums over a chunk of rows of dy · x · rstd, one thread per column: gradients of gains. */
export const GAIN_SUMS: Kernel = {
  name: 'gainSums',
  workgroupSize: 64,
  writes: ['sums'],
  reads: { dy: 'f32', x: 'f32', rstds: 'f32' },
  params: { rows: 'u32', columns: 'u32', stride: 'u32', run: 'u32', chunk: 'u32', blocks: 'u32' },
  body: `
  let column = (group % p.blocks) * SIZE + thread;
  let part = group / p.blocks;
  if (column >= p.columns || part * p.chunk >= p.rows) { return; }
  let runs = p.columns / p.run;
  var sum = 0.0;
  for (var row = part * p.chunk; row < min(p.rows, (part + 1u) * p.chunk); row++) {
    sum += dy[row * p.columns + column] * x[row * p.stride + column] * rstds[row * runs + column / p.run];
  }
  sums[part * p.columns + column] = sum;`,
};

/** Columns of x [rows, columns] summed. */
export const COLUMN_SUMS: Kernel = {
  name: 'columnSums',
  workgroupSize: 64,
  writes: ['sums'],
  reads: { x: 'f32' },
  params: { rows: 'u32', columns: 'u32' },
  body: `
  let column = group * SIZE + thread;
  if (column >= p.columns) { return; }
  var sum = 0.0;
  for (var row = 0u; row < p.rows; row++) { sum += x[row * p.columns + column]; }
  sums[column] = sum;`,
};

const HEAD_PARAMS = { tokens: 'u32', queries: 'u32', keys: 'u32', d: 'u32', epsilon: 'f32' } as const;

/** One workgroup per token and head: queries and keys normed and rotated, values copied. */
export const SPLIT_HEADS: Kernel = {
  name: 'splitHeads',
  workgroupSize: 32,
  writes: ['q', 'k', 'v'],
  reads: { qkv: 'f32', gain: 'f32', cosines: 'f32', sines: 'f32' },
  params: HEAD_PARAMS,
  before: TOTAL,
  body: `
  let heads = p.queries + 2u * p.keys;
  let token = group / heads;
  let head = group % heads;
  if (token >= p.tokens) { return; }
  let at = group * p.d;
  if (head >= p.queries + p.keys) {
    let to = (token * p.keys + head - p.queries - p.keys) * p.d;
    for (var j = thread; j < p.d; j += SIZE) { v[to + j] = qkv[at + j]; }
    return;
  }
  var squares = 0.0;
  for (var j = thread; j < p.d; j += SIZE) { squares += qkv[at + j] * qkv[at + j]; }
  let rstd = inverseSqrt(total(squares, thread) / f32(p.d) + p.epsilon);
  let half = p.d / 2u;
  for (var j = thread; j < p.d; j += SIZE) {
    let other = select(j - half, j + half, j < half);
    let turned = qkv[at + other] * rstd * gain[head * p.d + other] * select(1.0, -1.0, j < half);
    let own = qkv[at + j] * rstd * gain[head * p.d + j];
    let value = own * cosines[token * p.d + j] + turned * sines[token * p.d + j];
    if (head < p.queries) { q[(token * p.queries + head) * p.d + j] = value; }
    else { k[(token * p.keys + head - p.queries) * p.d + j] = value; }
  }`,
};

/** Rotates gradients of queries and keys back, joined as [tokens, (queries + keys)·d]. */
export const ROTATE_BACK: Kernel = {
  name: 'rotateBack',
  workgroupSize: 64,
  writes: ['back'],
  reads: { dq: 'f32', dk: 'f32', cosines: 'f32', sines: 'f32' },
  params: { tokens: 'u32', queries: 'u32', keys: 'u32', d: 'u32' },
  before: `
fn rotated(token: u32, head: u32, j: u32) -> f32 {
  if (head < p.queries) { return dq[(token * p.queries + head) * p.d + j]; }
  return dk[(token * p.keys + head - p.queries) * p.d + j];
}`,
  body: `
  let at = group * SIZE + thread;
  let heads = p.queries + p.keys;
  if (at >= p.tokens * heads * p.d) { return; }
  let j = at % p.d;
  let head = (at / p.d) % heads;
  let token = at / (p.d * heads);
  let half = p.d / 2u;
  let other = select(j - half, j + half, j < half);
  let turned = rotated(token, head, other) * sines[token * p.d + other] * select(-1.0, 1.0, j < half);
  back[at] = rotated(token, head, j) * cosines[token * p.d + j] + turned;`,
};

/** From the gradient of normed queries and keys, and that of values, to that of qkv. */
export const SPLIT_HEADS_GRADIENT: Kernel = {
  name: 'splitHeadsGradient',
  workgroupSize: 32,
  writes: ['dQkv', 'rstds'],
  reads: { back: 'f32', dv: 'f32', qkv: 'f32', gain: 'f32' },
  params: HEAD_PARAMS,
  before: TOTAL,
  body: `
  let heads = p.queries + 2u * p.keys;
  let normed = p.queries + p.keys;
  let token = group / heads;
  let head = group % heads;
  if (token >= p.tokens) { return; }
  let at = group * p.d;
  if (head >= normed) {
    let source = (token * p.keys + head - normed) * p.d;
    for (var j = thread; j < p.d; j += SIZE) { dQkv[at + j] = dv[source + j]; }
    return;
  }
  let run = token * normed + head;
  var squares = 0.0;
  var products = 0.0;
  for (var j = thread; j < p.d; j += SIZE) {
    squares += qkv[at + j] * qkv[at + j];
    products += back[run * p.d + j] * gain[head * p.d + j] * qkv[at + j];
  }
  let rstd = inverseSqrt(total(squares, thread) / f32(p.d) + p.epsilon);
  let projection = total(products, thread) * rstd / f32(p.d);
  for (var j = thread; j < p.d; j += SIZE) {
    let n = qkv[at + j] * rstd;
    dQkv[at + j] = rstd * (back[run * p.d + j] * gain[head * p.d + j] - n * projection);
  }
  if (thread == 0u) { rstds[run] = rstd; }`,
};

export const SWIGLU: Kernel = {
  name: 'swiglu',
  workgroupSize: 64,
  writes: ['y'],
  reads: { gateUp: 'f32' },
  params: { size: 'u32', f: 'u32' },
  body: `
  let at = group * SIZE + thread;
  if (at >= p.size) { return; }
  let source = (at / p.f) * 2u * p.f + at % p.f;
  let gate = gateUp[source];
  y[at] = gate / (1.0 + exp(-gate)) * gateUp[source + p.f];`,
};

/** silu' = s + silu · (1 − s) with s = sigmoid(gate). */
export const SWIGLU_GRADIENT: Kernel = {
  name: 'swigluGradient',
  workgroupSize: 64,
  writes: ['dGateUp', 'y'],
  reads: { dy: 'f32', gateUp: 'f32' },
  params: { size: 'u32', f: 'u32' },
  body: `
  let at = group * SIZE + thread;
  if (at >= p.size) { return; }
  let source = (at / p.f) * 2u * p.f + at % p.f;
  let gate = gateUp[source];
  let up = gateUp[source + p.f];
  let s = 1.0 / (1.0 + exp(-gate));
  let silu = gate * s;
  dGateUp[source] = dy[at] * up * (s + silu * (1.0 - s));
  dGateUp[source + p.f] = dy[at] * silu;
  y[at] = silu * up;`,
};

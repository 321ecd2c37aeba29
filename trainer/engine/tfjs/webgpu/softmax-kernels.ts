/** Softmax over own and shared scores, its derivative, log-probabilities and the draw of tokens in WGSL. */
import type { Kernel } from './dispatch.ts';
import { TOTAL } from './norm-kernels.ts';

/** Largest over the workgroup; every thread gets it. */
const LARGEST = `
fn largest(value: f32, thread: u32) -> f32 {
  workgroupBarrier();
  parts[thread] = value;
  workgroupBarrier();
  var most = parts[0];
  for (var i = 1u; i < SIZE; i++) { most = max(most, parts[i]); }
  return most;
}`;

const LOWEST = '-3.4e38';

/** Inputs of `shares` that are absent are left out of the kernel altogether. */
export interface SharesInputs {
  readonly masked: boolean;
  readonly shared: boolean;
  readonly sharedMasked: boolean;
}

/** Up to this many scores a row is one thread's work, beyond it a workgroup's. */
const NARROW = 32;

export function sharesKernel({ masked, shared, sharedMasked }: SharesInputs, scores: number): Kernel {
  const narrow = scores <= NARROW;
  const ownScore = masked ? 'own[at + j] + mask[(row % p.maskRows) * p.width + j]' : 'own[at + j]';
  const sharedScore = sharedMasked
    ? 'shared_[source + j] + sharedMask[(row / p.rowsPerPrompt) * p.sharedWidth + j]'
    : 'shared_[source + j]';
  const each = (width: string, statement: string): string =>
    narrow
      ? `for (var j = 0u; j < ${width}; j++) { ${statement} }`
      : `for (var j = thread; j < ${width}; j += SIZE) { ${statement} }`;
  const overOwn = (statement: string): string => each('p.width', statement);
  const overShared = (statement: string): string => (shared ? each('p.sharedWidth', statement) : '');
  return {
    name: `shares ${narrow} ${masked} ${shared} ${sharedMasked}`,
    workgroupSize: 64,
    writes: ['pOwn', ...(shared ? ['pShared'] : [])],
    reads: {
      own: 'f32',
      ...(masked ? { mask: 'f32' as const } : {}),
      ...(shared ? { shared_: 'f32' as const } : {}),
      ...(sharedMasked ? { sharedMask: 'f32' as const } : {}),
    },
    params: { rows: 'u32', width: 'u32', sharedWidth: 'u32', maskRows: 'u32', rowsPerPrompt: 'u32' },
    before: narrow ? '' : TOTAL + LARGEST,
    body: `
  let row = ${narrow ? 'group * SIZE + thread' : 'group'};
  if (row >= p.rows) { return; }
  let at = row * p.width;
  let source = row * p.sharedWidth;
  var most = ${LOWEST};
  ${overOwn(`most = max(most, ${ownScore});`)}
  ${overShared(`most = max(most, ${sharedScore});`)}
  let top = ${narrow ? 'most' : 'largest(most, thread)'};
  var sum = 0.0;
  ${overOwn(`let e = exp(${ownScore} - top); pOwn[at + j] = e; sum += e;`)}
  ${overShared(`let e = exp(${sharedScore} - top); pShared[source + j] = e; sum += e;`)}
  let scale = 1.0 / ${narrow ? 'sum' : 'total(sum, thread)'};
  ${overOwn('pOwn[at + j] *= scale;')}
  ${overShared('pShared[source + j] *= scale;')}`,
  };
}

/** Workgroups for `rows` rows of that many scores. */
export const sharesGroups = (rows: number, scores: number): number =>
  scores <= NARROW ? Math.ceil(rows / 64) : rows;

export const SOFTMAX_GRADIENT: Kernel = {
  name: 'softmaxGradient',
  workgroupSize: 64,
  writes: ['ds'],
  reads: { dp: 'f32', shares: 'f32', d: 'f32' },
  params: { size: 'u32', width: 'u32' },
  body: `
  let at = group * SIZE + thread;
  if (at >= p.size) { return; }
  ds[at] = shares[at] * (dp[at] - d[at / p.width]);`,
};

/** One thread per row: rows are as long as a head is wide. */
export const ROW_DOTS: Kernel = {
  name: 'rowDots',
  workgroupSize: 64,
  writes: ['dots'],
  reads: { a: 'f32', b: 'f32' },
  params: { rows: 'u32', width: 'u32' },
  body: `
  let row = group * SIZE + thread;
  if (row >= p.rows) { return; }
  var sum = 0.0;
  for (var j = 0u; j < p.width; j++) { sum += a[row * p.width + j] * b[row * p.width + j]; }
  dots[row] = sum;`,
};

/** Row statistics of logits: top, log Σ exp(z − top), and the entropy. */
const STATISTICS = `
  var most = ${LOWEST};
  for (var j = thread; j < p.vocabulary; j += SIZE) { most = max(most, z[at + j]); }
  let top = largest(most, thread);
  var sum = 0.0;
  var weighted = 0.0;
  for (var j = thread; j < p.vocabulary; j += SIZE) {
    let e = exp(z[at + j] - top);
    sum += e;
    weighted += e * (z[at + j] - top);
  }
  let mass = total(sum, thread);
  let entropy = log(mass) - total(weighted, thread) / mass;`;

/** Threads for a row of logits. */
export const threadsFor = (vocabulary: number): number => (vocabulary > 4096 ? 256 : 64);

export const logProbabilitiesKernel = (threads: number): Kernel => ({
  name: `logProbabilities ${threads}`,
  workgroupSize: threads,
  writes: ['logps', 'entropies', 'residual'],
  reads: { z: 'f32', targets: 'i32' },
  params: { rows: 'u32', vocabulary: 'u32' },
  before: TOTAL + LARGEST,
  body: `
  if (group >= p.rows) { return; }
  let at = group * p.vocabulary;
  ${STATISTICS}
  let target_ = u32(targets[group]);
  for (var j = thread; j < p.vocabulary; j += SIZE) {
    residual[at + j] = exp(z[at + j] - top) / mass - select(0.0, 1.0, j == target_);
  }
  if (thread == 0u) {
    logps[group] = z[at + target_] - top - log(mass);
    entropies[group] = entropy;
  }`,
});

/**
 * Tokens, log-probabilities and entropies [3, rows]. Sampling by inverse CDF in id order: every thread sums a run of
 * tokens, then one thread finds the run and the token in it.
 */
export const chooseTokensKernel = (threads: number): Kernel => ({
  name: `chooseTokens ${threads}`,
  workgroupSize: threads,
  writes: ['chosen'],
  reads: { z: 'f32', uniforms: 'f32', restricted: 'f32', restriction: 'f32', forced: 'i32' },
  params: { rows: 'u32', vocabulary: 'u32', greedy: 'u32' },
  before: `${TOTAL}${LARGEST}
var<workgroup> runs: array<f32, SIZE>;
var<workgroup> firsts: array<u32, SIZE>;`,
  body: `
  if (group >= p.rows) { return; }
  let at = group * p.vocabulary;
  ${STATISTICS}
  let length = (p.vocabulary + SIZE - 1u) / SIZE;
  let source = min(p.vocabulary, thread * length);
  let to = min(p.vocabulary, source + length);
  let shut = restricted[group];
  var run = 0.0;
  var best = ${LOWEST};
  var first = p.vocabulary;
  for (var j = source; j < to; j++) {
    let candidate = z[at + j] + shut * restriction[j];
    run += exp(candidate - top);
    if (candidate > best) { best = candidate; first = j; }
  }
  runs[thread] = run;
  firsts[thread] = first;
  let bestOfAll = largest(best, thread);
  if (best < bestOfAll) { firsts[thread] = p.vocabulary; }
  workgroupBarrier();
  if (thread > 0u) { return; }
  var token = 0u;
  if (p.greedy == 1u) {
    token = p.vocabulary;
    for (var i = 0u; i < SIZE; i++) { token = min(token, firsts[i]); }
  } else {
    var all = 0.0;
    for (var i = 0u; i < SIZE; i++) { all += runs[i]; }
    let aim = uniforms[group] * all;
    var below = 0.0;
    var i = 0u;
    // The last run with any mass bounds the search, whatever rounding does.
    var lastRun = 0u;
    for (var r = 0u; r < SIZE; r++) { if (runs[r] > 0.0) { lastRun = r; } }
    while (i < lastRun && below + runs[i] <= aim) { below += runs[i]; i++; }
    var cumulative = 0.0;
    for (var j = i * length; j < min(p.vocabulary, (i + 1u) * length); j++) {
      let share = exp(z[at + j] + shut * restriction[j] - top);
      if (share > 0.0) { token = j; }
      cumulative += share;
      if (below + cumulative > aim) { break; }
    }
  }
  if (forced[group] >= 0) { token = u32(forced[group]); }
  chosen[group] = f32(token);
  chosen[p.rows + group] = z[at + token] - top - log(mass);
  chosen[2u * p.rows + group] = entropy;`,
});

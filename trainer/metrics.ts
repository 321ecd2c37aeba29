/**
 * Every metric a run records, once: what it means, its unit, which direction is better, and the chart it belongs to.
 * Names are TRL's where TRL has one. Metrics with a family prefix (`rewards/<name>/mean`) are matched by pattern.
 */

export interface Metric {
  readonly label: string;
  /** A `share` lies between 0 and 1, and is shown in percent. */
  readonly unit?: string;
  readonly better?: 'higher' | 'lower';
  readonly help: string;
  readonly chart: ChartName;
}

export const CHARTS = {
  loss: 'Loss',
  reward: 'Reward',
  length: 'Length and budget',
  curriculum: 'Curriculum and accuracy by tier',
  restoration: 'Restoration',
  entropy: 'Entropy',
  clipping: 'Clipping and groups',
  optimizer: 'Optimizer',
  throughput: 'Throughput and memory',
} as const;
export type ChartName = keyof typeof CHARTS;

export const METRICS = {
  loss: { label: 'Loss', unit: 'nats', better: 'lower', chart: 'loss', help: 'The step’s whole objective.' },
  ntp_loss: {
    label: 'Next-token loss',
    unit: 'nats',
    better: 'lower',
    chart: 'loss',
    help: 'Mean −log π of the tokens trained by next-token prediction.',
  },
  policy_loss: {
    label: 'Policy loss',
    chart: 'loss',
    help: 'The GRPO term. Near 0 by construction; its gradient is what matters.',
  },
  validation_loss: {
    label: 'Validation loss',
    unit: 'nats',
    better: 'lower',
    chart: 'loss',
    help: 'Next-token loss on held-out documents.',
  },
  kl: {
    label: 'KL to the base',
    unit: 'nats',
    chart: 'loss',
    help: 'Mean of exp(Δ) − Δ − 1 with Δ = reference − policy log-probability; recorded when β ≠ 0.',
  },
  reward: {
    label: 'Reward',
    better: 'higher',
    chart: 'reward',
    help: 'Mean reward over all rollouts of the step.',
  },
  reward_std: { label: 'Reward spread', chart: 'reward', help: 'Mean standard deviation within groups.' },
  frac_reward_zero_std: {
    label: 'Groups without spread',
    unit: 'share',
    better: 'lower',
    chart: 'clipping',
    help: 'Share of groups whose rewards are all equal: they teach nothing.',
  },
  entropy: {
    label: 'Entropy',
    unit: 'nats',
    chart: 'entropy',
    help: 'Mean entropy of the policy at completion tokens.',
  },
  'clip_ratio/low_mean': {
    label: 'Clipped below',
    unit: 'share',
    chart: 'clipping',
    help: 'Share of tokens whose ratio fell below 1 − ε with a negative advantage.',
  },
  'clip_ratio/high_mean': {
    label: 'Clipped above',
    unit: 'share',
    chart: 'clipping',
    help: 'Share of tokens whose ratio rose above 1 + ε_high with a positive advantage.',
  },
  'clip_ratio/region_mean': {
    label: 'Clipped',
    unit: 'share',
    chart: 'clipping',
    help: 'Share of tokens clipped either way.',
  },
  'completions/mean_length': {
    label: 'Completion length',
    unit: 'tokens',
    chart: 'length',
    help: 'Mean tokens of thinking and answer.',
  },
  'completions/min_length': {
    label: 'Shortest completion',
    unit: 'tokens',
    chart: 'length',
    help: 'Fewest tokens of a completion.',
  },
  'completions/max_length': {
    label: 'Longest completion',
    unit: 'tokens',
    chart: 'length',
    help: 'Most tokens of a completion.',
  },
  'completions/clipped_ratio': {
    label: 'Truncated',
    unit: 'share',
    better: 'lower',
    chart: 'clipping',
    help: 'Share of rollouts cut at the thinking cap or ended without an answer.',
  },
  'thinking/mean_length': {
    label: 'Thinking length',
    unit: 'tokens',
    chart: 'length',
    help: 'Mean tokens between <think> and </think>.',
  },
  'budget/target': {
    label: 'Budget',
    unit: 'tokens',
    chart: 'length',
    help: 'B_t, the thinking length asked for at this step.',
  },
  'budget/mean_abs_error': {
    label: 'Distance from budget',
    unit: 'tokens',
    better: 'lower',
    chart: 'length',
    help: 'Mean |length − B_t|.',
  },
  'curriculum/easy': {
    label: 'Easy share',
    unit: 'share',
    chart: 'curriculum',
    help: 'Share of the step’s positions drawn from the easy tier.',
  },
  'curriculum/medium': {
    label: 'Medium share',
    unit: 'share',
    chart: 'curriculum',
    help: 'Share of the step’s positions drawn from the medium tier.',
  },
  'curriculum/hard': {
    label: 'Hard share',
    unit: 'share',
    chart: 'curriculum',
    help: 'Share of the step’s positions drawn from the hard tier.',
  },
  'match/easy': {
    label: 'Match, easy',
    unit: 'share',
    better: 'higher',
    chart: 'curriculum',
    help: 'Accuracy of rollouts at easy positions.',
  },
  'match/medium': {
    label: 'Match, medium',
    unit: 'share',
    better: 'higher',
    chart: 'curriculum',
    help: 'Accuracy of rollouts at medium positions.',
  },
  'match/hard': {
    label: 'Match, hard',
    unit: 'share',
    better: 'higher',
    chart: 'curriculum',
    help: 'Accuracy of rollouts at hard positions.',
  },
  rl_token_share: {
    label: 'Tokens under RL',
    unit: 'share',
    chart: 'curriculum',
    help: 'Share of the step’s document positions that RL used.',
  },
  grad_norm: { label: 'Gradient norm', chart: 'optimizer', help: 'Global norm before clipping.' },
  learning_rate: { label: 'Learning rate', chart: 'optimizer', help: 'Of this step.' },
  step_time: {
    label: 'Step time',
    unit: 's',
    better: 'lower',
    chart: 'throughput',
    help: 'Wall time of the step.',
  },
  wall_time: {
    label: 'Wall time',
    unit: 's',
    chart: 'throughput',
    help: 'Training time so far, pauses and interruptions left out.',
  },
  num_tokens: {
    label: 'Tokens',
    unit: 'tokens',
    chart: 'throughput',
    help: 'Tokens trained or sampled so far.',
  },
  flops: {
    label: 'FLOPs',
    unit: 'FLOP',
    chart: 'throughput',
    help: 'Floating-point operations so far, counted from shapes.',
  },
  tokens_per_second: {
    label: 'Tokens per second',
    unit: 'tokens/s',
    better: 'higher',
    chart: 'throughput',
    help: 'Tokens trained or sampled in this step over its time.',
  },
  memory_rss: {
    label: 'Memory',
    unit: 'bytes',
    better: 'lower',
    chart: 'throughput',
    help: 'Resident memory of the trainer process.',
  },
  'system/cpu_percent': {
    label: 'Processor',
    unit: '%',
    chart: 'throughput',
    help: 'Processor time of the trainer over real time: 100% is one busy core.',
  },
  'system/gpu_percent': {
    label: 'GPU',
    unit: '%',
    chart: 'throughput',
    help: 'Share of time the GPU worked, as nvidia-smi tells it; the busiest of several.',
  },
  'system/gpu_memory': {
    label: 'GPU memory',
    unit: 'bytes',
    chart: 'throughput',
    help: 'Memory in use on all GPUs together, by any program.',
  },
} as const satisfies Readonly<Record<string, Metric>>;

const FAMILIES: readonly { readonly pattern: RegExp; readonly of: (name: string) => Metric }[] = [
  {
    pattern: /^rewards\/([^/]+)\/(mean|std)$/,
    of: (part) => ({
      label: `Reward: ${part}`,
      better: 'higher',
      chart: 'reward',
      help: `Mean of the reward part “${part}”.`,
    }),
  },
  {
    pattern: /^restore\/by_mask_fraction\/(.+)$/,
    of: (bin) => ({
      label: `Restoration at mask ${bin}`,
      better: 'higher',
      chart: 'restoration',
      help: `Mean restoration reward of spans masking ${bin} of the document.`,
    }),
  },
  {
    pattern: /^restore\/(.+)$/,
    of: (part) => ({
      label: `Restoration: ${part}`,
      // A gain in log-probability is none.
      ...(part === 'logprob' ? {} : { unit: 'share' }),
      better: 'higher',
      chart: 'restoration',
      help: `Mean restoration score “${part}”.`,
    }),
  },
];

/** The definition of a metric, or null for a name nobody declared. */
export function metricOf(name: string): Metric | null {
  if (name in METRICS) return METRICS[name as keyof typeof METRICS];
  for (const family of FAMILIES) {
    const match = family.pattern.exec(name);
    if (match) return family.of(match[1]!);
  }
  return null;
}

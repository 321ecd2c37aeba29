/** Which recorded metrics share a chart, in the order of trainer/metrics.ts's groups. Pure: names in, panels out. */
import { CHARTS, type ChartName } from '../../trainer/metrics.ts';
import { seriesColour, seriesDash, tierColour } from './colours.ts';
import { metricFor } from './metric-text.ts';

interface PanelSpec {
  readonly title: string;
  /** Names in the order they are drawn, or a pattern for families. */
  readonly names: readonly string[] | RegExp;
  readonly kind?: 'stack';
  /** Behind the curves: how much each length would earn. */
  readonly shade?: 'length-reward';
  /** Drawn in one card below the panel of this title, over the same x. */
  readonly below?: string;
  readonly yLabel?: string;
  readonly domain?: readonly [number, number];
  readonly help?: string;
}

const SHARE = [0, 1] as const;

/** Metrics that are read against each other; any other gets a panel of its own. */
const SPECS: readonly PanelSpec[] = [
  { title: 'Loss', names: ['loss', 'ntp_loss', 'validation_loss'] },
  { title: 'Reward', names: ['reward', 'reward_std'], yLabel: 'reward' },
  {
    title: 'Reward parts',
    names: /^rewards\/.+\/mean$/,
    yLabel: 'mean reward',
    help: 'What the reward is made of. A part that rises while the match falls is being exploited.',
  },
  {
    title: 'Thinking length and budget',
    names: ['thinking/mean_length', 'budget/target'],
    shade: 'length-reward',
    help: 'The mean length of the thinking and the length asked for (B_t, dashed). The shade is the triangular length reward: nothing at 0 and from 2·B_t on, darkest at B_t.',
  },
  { title: 'Distance from the budget', names: ['budget/mean_abs_error'] },
  {
    title: 'Completion length',
    names: ['completions/mean_length', 'completions/min_length', 'completions/max_length'],
  },
  {
    title: 'Curriculum mix',
    names: ['curriculum/easy', 'curriculum/medium', 'curriculum/hard'],
    kind: 'stack',
    yLabel: 'share of positions',
    help: 'The tiers the steps’ positions were drawn from, smoothed like the curves; shares still sum to one.',
  },
  {
    title: 'Accuracy by tier',
    below: 'Curriculum mix',
    names: ['match/easy', 'match/medium', 'match/hard'],
    yLabel: 'share right',
    domain: SHARE,
    help: 'Share of rollouts that predicted the true token, in each tier. Few positions a step make it noisy: smooth it.',
  },
  { title: 'Tokens under RL', names: ['rl_token_share'], yLabel: 'share' },
  { title: 'Restoration by mask fraction', names: /^restore\/by_mask_fraction\//, yLabel: 'mean score' },
  { title: 'Restoration score', names: /^restore\/(?!by_mask_fraction\/)/, yLabel: 'mean score' },
  {
    title: 'Lost groups and rollouts',
    names: ['frac_reward_zero_std', 'completions/clipped_ratio'],
    yLabel: 'share',
    domain: SHARE,
    help: 'Groups whose rewards are all equal teach nothing; truncated rollouts earn no match. Near 1, the run has stalled.',
  },
  { title: 'Memory', names: ['memory_rss', 'system/gpu_memory'] },
  {
    title: 'Processor and GPU use',
    names: ['system/cpu_percent', 'system/gpu_percent'],
    help: 'Of the trainer: 100% is one busy core. Of the GPU: the share of time it worked. Measured every few seconds.',
  },
  {
    title: 'Clipped tokens',
    names: ['clip_ratio/region_mean', 'clip_ratio/low_mean', 'clip_ratio/high_mean'],
    yLabel: 'share of tokens',
  },
];

/** Cumulative counts serve as x, not as curves. */
const X_ONLY = new Set(['wall_time', 'num_tokens', 'flops']);
/** Schedules and rare measurements: drawn as they are, never smoothed. */
const EXACT: ReadonlySet<string> = new Set(['validation_loss', 'budget/target', 'learning_rate']);

export const isExact = (name: string): boolean => EXACT.has(name);

export interface PanelLine {
  readonly name: string;
  readonly label: string;
  readonly colour: string;
  readonly dash: string | undefined;
  readonly exact: boolean;
}

export interface ChartPanel {
  readonly title: string;
  readonly kind: 'lines' | 'stack';
  readonly unit: string | undefined;
  readonly yLabel: string;
  readonly domain: readonly [number, number] | undefined;
  readonly help: string | undefined;
  readonly shade: 'length-reward' | undefined;
  readonly lines: readonly PanelLine[];
  /** Drawn in the same card, below. */
  readonly joined: readonly ChartPanel[];
}

function colourOf(name: string, index: number): string {
  const tier = /^(?:curriculum|match)\/(easy|medium|hard)$/.exec(name)?.[1];
  return tier === 'easy' || tier === 'medium' || tier === 'hard' ? tierColour(tier) : seriesColour(index);
}

/** Inside a panel whose title names the family, the label is the part alone. */
function shortLabel(name: string): string {
  const tier = /^(?:curriculum|match)\/(.+)$/.exec(name)?.[1];
  if (tier) return tier;
  return (
    /^rewards\/(.+)\/mean$/.exec(name)?.[1] ??
    /^restore\/(?:by_mask_fraction\/)?(.+)$/.exec(name)?.[1] ??
    metricFor(name).label
  );
}

function panelOf(spec: PanelSpec, names: readonly string[]): ChartPanel {
  const first = metricFor(names[0] ?? '');
  return {
    title: spec.title,
    kind: spec.kind === 'stack' ? 'stack' : 'lines',
    unit: first.unit,
    // Ticks of bytes carry their own unit.
    yLabel: spec.yLabel ?? (first.unit === 'bytes' ? '' : (first.unit ?? first.label.toLowerCase())),
    domain: spec.domain,
    help: spec.help ?? (names.length === 1 ? first.help : undefined),
    shade: spec.shade,
    joined: [],
    lines: names.map((name, index) => ({
      name,
      label: shortLabel(name),
      colour: colourOf(name, index),
      dash: name === 'budget/target' ? '7 4' : seriesDash(index),
      exact: isExact(name),
    })),
  };
}

/** The panels for what a run recorded, in the order of trainer/metrics.ts's charts. */
export function panelsOf(metricNames: readonly string[]): ChartPanel[] {
  const left = new Set(metricNames.filter((name) => !X_ONLY.has(name)));
  const panels: { chart: ChartName; panel: ChartPanel }[] = [];
  for (const spec of SPECS) {
    const { names } = spec;
    const found =
      names instanceof RegExp
        ? [...left].filter((name) => names.test(name)).sort()
        : names.filter((name) => left.has(name));
    if (found.length === 0) continue;
    for (const name of found) left.delete(name);
    panels.push({ chart: metricFor(found[0] ?? '').chart, panel: panelOf(spec, found) });
  }
  for (const name of left) {
    const { label, chart } = metricFor(name);
    panels.push({ chart, panel: panelOf({ title: label, names: [] }, [name]) });
  }
  const order = Object.keys(CHARTS);
  const sorted = panels
    .sort((a, b) => order.indexOf(a.chart) - order.indexOf(b.chart))
    .map(({ panel }) => panel);
  return joinedPanels(sorted);
}

/** Panels that belong below another are put there, where that one is. */
function joinedPanels(panels: readonly ChartPanel[]): ChartPanel[] {
  const above = new Map(SPECS.flatMap(({ title, below }) => (below ? [[title, below] as const] : [])));
  const present = new Set(panels.map(({ title }) => title));
  const upper = (panel: ChartPanel): string | undefined => {
    const title = above.get(panel.title);
    return title !== undefined && present.has(title) ? title : undefined;
  };
  return panels
    .filter((panel) => upper(panel) === undefined)
    .map((panel) => ({ ...panel, joined: panels.filter((other) => upper(other) === panel.title) }));
}

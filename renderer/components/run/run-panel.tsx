import { memo, useCallback, useMemo } from 'react';
import type { Series } from '../../../electron/contract/runs.ts';
import type { ChartView } from '../../data/chart-view.ts';
import { formatNumber } from '../../lib/format.ts';
import { lengthReward, rewardBands } from '../../lib/length-reward.ts';
import type { ChartPanel } from '../../lib/panels.ts';
import { indexNear, lineOf } from '../../lib/series.ts';
import { type DrawnLine, LinePanel } from '../charts/line-panel.tsx';
import type { Shape } from '../charts/plot.tsx';
import { StackPanel } from '../charts/stack-panel.tsx';
import { Panel } from '../common/panel.tsx';
import classes from './run.module.css';

/** What a length earns in a run, or null where it earns nothing. */
export interface LengthReward {
  /** r_max. */
  readonly max: number;
}

interface Props {
  readonly panel: ChartPanel;
  readonly series: ReadonlyMap<string, Series>;
  readonly scale: ChartView['scale'];
  readonly yLog: boolean;
  readonly smoothing: number;
  readonly csv: (names: readonly string[]) => Promise<string>;
  readonly lengthReward: LengthReward | null;
}

/** One card of a run: a chart, and those that are read with it below. */
export const RunPanel = memo(function RunPanel(props: Props): React.JSX.Element {
  const { panel } = props;
  if (panel.joined.length === 0) {
    return (
      <Panel>
        <PanelChart {...props} />
      </Panel>
    );
  }
  return (
    <Panel className={classes.tall ?? ''}>
      {[panel, ...panel.joined].map((one) => (
        <PanelChart key={one.title} {...props} panel={one} />
      ))}
    </Panel>
  );
});

function PanelChart(props: Props): React.JSX.Element {
  const { panel, series, scale, yLog, smoothing, csv } = props;
  const budget = series.get('budget/target');
  const rewarded = panel.shade === 'length-reward' ? props.lengthReward : null;
  const lines = useMemo(
    () =>
      panel.lines.flatMap(({ name, label, colour, dash, exact }): DrawnLine[] => {
        const found = series.get(name);
        if (!found) return [];
        const noted = rewarded && budget && name === 'thinking/mean_length';
        const note = noted ? noteOfReward(budget, rewarded.max) : undefined;
        return [{ data: lineOf(found), label, colour, dash, exact, ...(note ? { note } : {}) }];
      }),
    [panel, series, rewarded, budget],
  );
  const behind = useMemo(() => (rewarded && budget ? shadeOf(budget) : undefined), [rewarded, budget]);
  const { title, help, unit, yLabel, domain } = panel;
  const panelCsv = useCallback(() => csv(panel.lines.map(({ name }) => name)), [csv, panel]);
  const shared = {
    title,
    lines,
    x: scale,
    yLabel,
    smoothing,
    syncId: 'run',
    csv: panelCsv,
    ...(help ? { help } : {}),
  };
  if (panel.kind === 'stack') return <StackPanel {...shared} />;
  return (
    <LinePanel
      {...shared}
      unit={unit}
      yLog={yLog}
      {...(domain ? { domain } : {})}
      {...(behind ? { behind, behindLabel: 'length reward, darkest at B_t' } : {})}
    />
  );
}

/** What a mean length would earn at that step, said in the tooltip. */
function noteOfReward(budget: Series, max: number): (x: number, y: number) => string | undefined {
  const line = lineOf(budget);
  return (x, y) => {
    const asked = line.y[indexNear(line, x)] ?? null;
    return asked === null ? undefined : `length reward ${formatNumber(lengthReward(y, asked, max), 2)}`;
  };
}

const SHADE = 'var(--shade)';

function shadeOf(budget: Series): Shape[] {
  return rewardBands(budget).map(({ share, x, low, high }) => ({
    kind: 'band',
    key: `reward ${share}`,
    x,
    low,
    high,
    colour: SHADE,
    opacity: 0.07,
  }));
}

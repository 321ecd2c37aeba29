import { memo, useCallback, useMemo } from 'react';
import type { Series } from '../../../electron/contract/runs.ts';
import type { ChartView } from '../../data/chart-view.ts';
import type { ChartPanel } from '../../lib/panels.ts';
import { lineOf } from '../../lib/series.ts';
import { type DrawnLine, LinePanel } from '../charts/line-panel.tsx';
import { StackPanel } from '../charts/stack-panel.tsx';
import { Panel } from '../common/panel.tsx';

interface Props {
  readonly panel: ChartPanel;
  readonly series: ReadonlyMap<string, Series>;
  readonly scale: ChartView['scale'];
  readonly yLog: boolean;
  readonly smoothing: number;
  readonly csv: (names: readonly string[]) => Promise<string>;
}

/** One chart of a run. */
export const RunPanel = memo(function RunPanel(props: Props): React.JSX.Element {
  const { panel, series, scale, yLog, smoothing, csv } = props;
  const lines = useMemo(
    () =>
      panel.lines.flatMap(({ name, label, colour, dash, exact }): DrawnLine[] => {
        const found = series.get(name);
        return found ? [{ data: lineOf(found), label, colour, dash, exact }] : [];
      }),
    [panel, series],
  );
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
  return (
    <Panel>
      {panel.kind === 'stack' ? (
        <StackPanel {...shared} />
      ) : (
        <LinePanel {...shared} unit={unit} yLog={yLog} {...(domain ? { domain } : {})} />
      )}
    </Panel>
  );
});

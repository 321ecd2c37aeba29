import { useMemo } from 'react';
import type { Series } from '../../../electron/contract/runs.ts';
import type { ChartPanel } from '../../lib/panels.ts';
import { lineOf } from '../../lib/series.ts';
import { X_AXIS_TEXT, type XAxisName } from '../../lib/x-axis.ts';
import { type DrawnLine, LinePanel } from '../charts/line-panel.tsx';
import { StackPanel } from '../charts/stack-panel.tsx';
import { Panel } from '../common/panel.tsx';

interface Props {
  readonly panel: ChartPanel;
  readonly series: ReadonlyMap<string, Series>;
  readonly x: XAxisName;
  readonly smoothing: number;
}

/** One chart of a run. */
export function RunPanel({ panel, series, x, smoothing }: Props): React.JSX.Element {
  const lines = useMemo(
    () =>
      panel.lines.flatMap(({ name, label, colour, dash, exact }): DrawnLine[] => {
        const found = series.get(name);
        return found ? [{ data: lineOf(found), label, colour, dash, exact }] : [];
      }),
    [panel, series],
  );
  const { title, help, unit, yLabel, domain } = panel;
  const shared = { title, lines, x: X_AXIS_TEXT[x], yLabel, syncId: 'run', ...(help ? { help } : {}) };
  return (
    <Panel>
      {panel.kind === 'stack' ? (
        <StackPanel {...shared} smoothing={smoothing} />
      ) : (
        <LinePanel {...shared} unit={unit} smoothing={smoothing} {...(domain ? { domain } : {})} />
      )}
    </Panel>
  );
}

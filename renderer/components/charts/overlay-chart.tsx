import { memo, useCallback, useMemo } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { call } from '../../api.ts';
import type { ChartView } from '../../data/chart-view.ts';
import { useContract } from '../../data/queries.ts';
import { bandsCsv, seriesCsv } from '../../lib/chart-csv.ts';
import { metricFor } from '../../lib/metric-text.ts';
import { overlayOfBands, overlayOfSeries, overlayQuestion, type SeedView } from '../../lib/overlay.ts';
import { ErrorNotice } from '../common/error-notice.tsx';
import { Later } from '../common/later.tsx';
import classes from './charts.module.css';
import { LinePanel } from './line-panel.tsx';

const CSV_POINTS = 10_000;
export const OVERLAY_HEIGHT = 230;

interface Props {
  readonly name: string;
  /** All runs of the page, in the order of their colours. */
  readonly runs: readonly Run[];
  /** Of them those shown. */
  readonly shown: readonly string[];
  readonly seeds: SeedView;
  readonly highlighted: string | null;
  readonly query: ChartView['query'];
  readonly scale: ChartView['scale'];
  readonly yLog: boolean;
  readonly smoothing: number;
}

/** One metric of many runs. */
export const OverlayChart = memo(function OverlayChart(props: Props): React.JSX.Element {
  const { name, runs, shown, seeds, highlighted, query, scale, yLog, smoothing } = props;
  const { label, unit, help } = metricFor(name);
  const input = useMemo(() => overlayQuestion(query, shown, name), [query, shown, name]);
  const one = useContract('runs.metrics', input, { enabled: seeds === 'each', keepPrevious: true });
  const bands = useContract('runs.bands', input, { enabled: seeds !== 'each', keepPrevious: true });
  const lines = useMemo(
    () =>
      seeds === 'each'
        ? overlayOfSeries(one.data ?? [], runs, highlighted)
        : overlayOfBands(bands.data ?? [], runs, seeds, highlighted),
    [one.data, bands.data, seeds, runs, highlighted],
  );
  const answered = seeds === 'each' ? one : bands;
  const csv = useCallback(async (): Promise<string> => {
    const all = { ...input, maxPoints: CSV_POINTS, ranges: true };
    return seeds === 'each'
      ? seriesCsv(await call('runs.metrics', all), runs, query.x)
      : bandsCsv(await call('runs.bands', all), runs, query.x);
  }, [input, seeds, runs, query.x]);
  if (answered.error) return <ErrorNotice error={answered.error} onRetry={() => void answered.refetch()} />;
  const waiting = (
    <div className={classes.waiting} style={{ height: OVERLAY_HEIGHT }}>
      Loading {label} …
    </div>
  );
  if (answered.data === undefined) return waiting;
  return (
    <Later fallback={waiting}>
      <LinePanel
        title={label}
        help={help}
        lines={lines}
        x={scale}
        unit={unit}
        yLabel={unit === 'bytes' ? '' : (unit ?? '')}
        smoothing={smoothing}
        yLog={yLog}
        height={OVERLAY_HEIGHT}
        syncId="overlay"
        withoutLegend
        csv={csv}
      />
    </Later>
  );
});

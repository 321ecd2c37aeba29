import type { StudyEstimate, StudyFigure, StudyUnit } from '../../../electron/contract/studies.ts';
import { estimateText, unitSign } from '../../../electron/contract/study-text.ts';
import { seriesColour } from '../../lib/colours.ts';
import { formatNumber } from '../../lib/format.ts';
import { axisAround, scaleOf } from '../../lib/study-units.ts';
import { Marker } from '../charts/markers.tsx';
import { type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import compare from '../compare/compare.module.css';

type Scatter = Extract<StudyFigure, { kind: 'scatter' }>;

/** One measure against another, one mark a run, with intervals on both axes. */
export function ScatterFigure({ figure }: { readonly figure: Scatter }): React.JSX.Element {
  const { title, x, y } = figure;
  const [xName, yName] = [named(x), named(y)];
  const points = figure.points.map((point, index): ChartPoint => {
    const [xRange, yRange] = [rangeOf(point.x, x.unit), rangeOf(point.y, y.unit)];
    return {
      key: `${point.run} ${point.label}`,
      label: point.label,
      index,
      x: scaleOf(x.unit) * point.x.mean,
      y: scaleOf(y.unit) * point.y.mean,
      ...(xRange ? { xRange } : {}),
      ...(yRange ? { yRange } : {}),
      rows: [
        { key: 'y', label: yName, value: estimateText(point.y, y.unit) },
        { key: 'x', label: xName, value: estimateText(point.x, x.unit) },
      ],
    };
  });
  const keys = points.map(({ key, label, index }) => ({ key, label, colour: seriesColour(index) }));
  return (
    <div>
      <div className={compare.keys}>
        {points.map(({ key, label, index }) => (
          <span key={key}>
            <Marker index={index} />
            {label}
          </span>
        ))}
      </div>
      <PointChart
        title={title}
        summary={`${xName} against ${yName}. ${points.map(({ label, rows }) => `${label}: ${rows[1]?.value} and ${rows[0]?.value}`).join('; ')}.`}
        keys={keys}
        xLabel={xName}
        yLabel={yName}
        xAxis={axisAround(points.flatMap((point) => [0, point.x, ...(point.xRange ?? [])]))}
        yAxis={axisAround(points.flatMap((point) => [point.y, ...(point.yRange ?? [])]))}
        formatX={format}
        formatY={format}
        points={points}
        nothing="Nothing is measured yet."
      />
    </div>
  );
}

const format = (value: number): string => formatNumber(value, 3);

const named = ({ label, unit }: Scatter['x']): string => `${label} (${unitSign(unit)})`.replace(' ()', '');

function rangeOf({ low, high }: StudyEstimate, unit: StudyUnit): readonly [number, number] | null {
  return low === null || high === null ? null : [scaleOf(unit) * low, scaleOf(unit) * high];
}

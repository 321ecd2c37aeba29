import { memo, useCallback, useMemo } from 'react';
import { formatShare } from '../../lib/format.ts';
import { curveOf, indexAt, lastValue, stackOf, unionOfX } from '../../lib/series.ts';
import { ChartFrame } from './chart-frame.tsx';
import { Legend } from './legend.tsx';
import type { DrawnLine } from './line-panel.tsx';
import { type Hit, Plot, type Shape, type XScale } from './plot.tsx';

interface Props {
  readonly title: string;
  readonly help?: string;
  /** Shares of one whole over the same x, bottom first. */
  readonly lines: readonly DrawnLine[];
  readonly x: XScale;
  readonly yLabel: string;
  readonly smoothing: number;
  readonly height?: number;
  readonly syncId?: string;
}

const WHOLE = [0, 1] as const;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1] as const;
const percent = (value: number): string => formatShare(value, 0);

/** Shares of a whole over one x, stacked to one. Smoothing is linear, so smoothed shares still sum to it. */
export const StackPanel = memo(function StackPanel(props: Props): React.JSX.Element {
  const { title, help, lines, x, yLabel, smoothing, height = 210, syncId } = props;
  const stack = useMemo(() => stackOf(lines.map(({ data }) => curveOf(data, smoothing))), [lines, smoothing]);
  const shapes = useMemo(
    () =>
      stack.map(
        ({ curve, low, high }, index): Shape => ({
          kind: 'band',
          key: curve.key,
          x: curve.x,
          low,
          high,
          colour: lines[index]?.colour ?? '',
          opacity: 0.6,
        }),
      ),
    [stack, lines],
  );
  const hitsAt = useCallback(
    (at: number) =>
      stack
        .flatMap(({ curve, high }, line): Hit[] => {
          const index = indexAt(curve, at);
          const share = curve.shown[index] ?? null;
          const { label = '', colour } = lines[line] ?? {};
          if (share === null) return [];
          return [
            { row: { key: curve.key, label, colour, value: formatShare(share) }, y: high[index] ?? share },
          ];
        })
        .reverse(),
    [stack, lines],
  );
  const xs = useMemo(() => unionOfX(lines.map(({ data }) => data)), [lines]);
  const keys = lines.map(({ data, label, colour }) => ({
    key: data.key,
    label,
    colour,
    value: formatShare(lastValue(data), 0),
  }));
  return (
    <ChartFrame
      title={title}
      {...(help ? { help } : {})}
      summary={`${title} over ${x.label}. Newest shares: ${keys.map(({ label, value }) => `${label} ${value}`).join('; ')}.`}
      legend={<Legend keys={keys} />}
    >
      <Plot
        title={title}
        height={height}
        xs={xs}
        x={x}
        yLabel={yLabel}
        yDomain={WHOLE}
        yTicks={QUARTERS}
        formatY={percent}
        shapes={shapes}
        hitsAt={hitsAt}
        syncId={syncId}
      />
    </ChartFrame>
  );
});

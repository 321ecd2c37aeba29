import { memo, useCallback, useMemo } from 'react';
import { formatShare } from '../../lib/format.ts';
import { curveOf, indexNear, lastValue, stackOf, thinned, unionOfX } from '../../lib/series.ts';
import { ChartFrame } from './chart-frame.tsx';
import { Legend } from './legend.tsx';
import { type DrawnLine, MOST_XS } from './line-panel.tsx';
import { Plot, type Shape, type XScale } from './plot.tsx';
import type { Hit } from './pointing.tsx';

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
  readonly csv?: () => Promise<string>;
}

const QUARTERS = { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] } as const;
const percent = (value: number): string => formatShare(value, 0);

/** Shares of a whole over one x, stacked to one. Smoothing is linear, so smoothed shares still sum to it. */
export const StackPanel = memo(function StackPanel(props: Props): React.JSX.Element {
  const { title, help, lines, x, yLabel, smoothing, height = 210, syncId, csv } = props;
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
          const index = indexNear(curve, at);
          const share = curve.shown[index] ?? null;
          const { label = '', colour } = lines[line] ?? {};
          if (share === null) return [];
          return [
            {
              row: { key: curve.key, label, colour, value: formatShare(share) },
              x: curve.x[index] ?? at,
              y: high[index] ?? share,
            },
          ];
        })
        .reverse(),
    [stack, lines],
  );
  const xs = useMemo(() => thinned(unionOfX(lines.map(({ data }) => data)), MOST_XS), [lines]);
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
      keys={keys}
      legend={<Legend keys={keys} />}
      {...(csv ? { csv } : {})}
    >
      <Plot
        title={title}
        height={height}
        xs={xs}
        x={x}
        yLabel={yLabel}
        yAxis={QUARTERS}
        formatY={percent}
        shapes={shapes}
        hitsAt={hitsAt}
        syncId={syncId}
      />
    </ChartFrame>
  );
});

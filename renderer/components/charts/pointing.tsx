import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { Tooltip, useActiveTooltipLabel, usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { formatTick } from '../../lib/metric-text.ts';
import { ChartTooltip, type TooltipRow } from './chart-tooltip.tsx';
import classes from './charts.module.css';
import { pointerOf } from './pointer.ts';

/** A point of a curve that the tooltip marks. */
export interface Hit {
  readonly row: TooltipRow;
  readonly x: number;
  readonly y: number;
}

interface Props {
  /** Of the chart. */
  readonly height: number;
  /** Of the horizontal axis, and its unit. */
  readonly label: string;
  readonly unit: string | undefined;
  readonly xs: readonly number[];
  readonly hitsAt: (x: number) => readonly Hit[];
  /** Charts of one group follow each other’s pointer. */
  readonly group: string | undefined;
}

const BELOW = { x: false, y: true } as const;
const SHOWN = { visibility: 'visible', zIndex: 10 } as const;
const CURSOR = { stroke: 'var(--chart-axis)', strokeDasharray: '3 3' } as const;

/** What follows the pointer. */
export function Pointing({ height, label, unit, xs, hitsAt, group }: Props): React.JSX.Element {
  return (
    <>
      <Tooltip
        isAnimationActive={false}
        cursor={CURSOR}
        // Recharts shows it for lines of its own only; the content is nothing while nothing is pointed at.
        wrapperStyle={SHOWN}
        // Below the drawing, which is small enough to be covered.
        allowEscapeViewBox={BELOW}
        position={{ y: height - 6 }}
        content={({ active, label: at }) => {
          if (!active || typeof at !== 'number') return null;
          return <ChartTooltip head={`${label} ${formatTick(at, unit)}`} rows={rowsOf(hitsAt(at))} />;
        }}
      />
      <Marks hitsAt={hitsAt} xs={xs} group={group} />
    </>
  );
}

/** As many lines a tooltip speaks of; more would not fit beside the chart. */
const MOST_ROWS = 12;

function rowsOf(hits: readonly Hit[]): TooltipRow[] {
  if (hits.length <= MOST_ROWS) return hits.map(({ row }) => row);
  const highest = hits.toSorted((a, b) => b.y - a.y);
  return [
    ...highest.slice(0, MOST_ROWS).map(({ row }) => row),
    { key: 'more', label: `and ${hits.length - MOST_ROWS} lower`, value: '' },
  ];
}

/** As many values are written beside the line that follows the pointer of another chart. */
const MOST_VALUES = 4;

/** The points the tooltip speaks of; in the other charts of the group, those at the same place, with their values. */
function Marks({ hitsAt, xs, group }: Pick<Props, 'hitsAt' | 'xs' | 'group'>): React.JSX.Element | null {
  const label = useActiveTooltipLabel();
  const here = typeof label === 'number' ? label : null;
  const pointer = useMemo(() => pointerOf(group), [group]);
  useEffect(() => {
    if (here === null) return;
    pointer.set(here);
    return () => pointer.set(null);
  }, [pointer, here]);
  const there = useSyncExternalStore(pointer.subscribe, pointer.get);
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  const area = usePlotArea();
  if (!scaleX || !scaleY || !area) return null;
  const at = here ?? there;
  const [first = 0, last = 0] = [xs[0], xs.at(-1)];
  if (at === null || at < first || at > last) return null;
  const hits = hitsAt(at);
  const x = scaleX(at) ?? 0;
  if (x < area.x - 1 || x > area.x + area.width + 1) return null;
  const onLeft = x > area.x + area.width / 2;
  return (
    <g pointerEvents="none" data-passing>
      {here === null && <line x1={x} x2={x} y1={area.y} y2={area.y + area.height} {...CURSOR} />}
      {hits.map((hit) => (
        <circle
          key={hit.row.key}
          cx={scaleX(hit.x)}
          cy={scaleY(hit.y)}
          r={3.5}
          fill={hit.row.colour}
          stroke="var(--surface)"
          strokeWidth={1.5}
        />
      ))}
      {here === null &&
        hits.length <= MOST_VALUES &&
        hits.map((hit) => (
          <text
            key={hit.row.key}
            className={classes.value}
            x={x + (onLeft ? -8 : 8)}
            y={(scaleY(hit.y) ?? 0) - 6}
            textAnchor={onLeft ? 'end' : 'start'}
          >
            {hit.row.value}
          </text>
        ))}
    </g>
  );
}

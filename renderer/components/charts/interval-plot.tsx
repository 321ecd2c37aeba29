import type { Interval } from '../../../electron/contract/shapes.ts';
import { seriesColour } from '../../lib/colours.ts';
import { formatShare } from '../../lib/format.ts';
import { shareWithInterval } from '../../lib/interval-text.ts';
import { ChartFrame } from './chart-frame.tsx';
import classes from './interval-plot.module.css';
import { MarkerShape } from './markers.tsx';

interface Mark {
  readonly interval: Interval;
  /** What tells this mark from the others of its row: "greedy". */
  readonly label: string;
  readonly hollow: boolean;
}

export interface IntervalRow {
  readonly key: string;
  readonly label: string;
  readonly index: number;
  readonly marks: readonly Mark[];
}

interface Props {
  readonly title: string;
  readonly rows: readonly IntervalRow[];
  /** Limits as shares. */
  readonly domain: readonly [number, number];
  readonly xLabel: string;
}

const MARK_GAP = 13;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1] as const;

/** Means with their 95% intervals, one row per checkpoint. */
export function IntervalPlot({ title, rows, domain, xLabel }: Props): React.JSX.Element {
  const [low, high] = domain;
  const place = (value: number): string => `${(100 * (value - low)) / (high - low)}%`;
  const summary = rows
    .flatMap(({ label, marks }) => marks.map((mark) => `${label}, ${mark.label}: ${textOf(mark.interval)}`))
    .join('; ');
  return (
    <ChartFrame title={title} summary={`${xLabel}. ${summary}.`}>
      <div className={classes.plot} aria-hidden="true">
        {rows.map((row) => (
          <Row key={row.key} row={row} place={place} />
        ))}
        <div className={classes.axis}>
          {QUARTERS.map((at) => (
            <span key={at} style={{ left: `${at * 100}%` }}>
              {formatShare(low + at * (high - low), 0)}
            </span>
          ))}
          <span className={classes.xLabel}>{xLabel}</span>
        </div>
      </div>
    </ChartFrame>
  );
}

interface RowProps {
  readonly row: IntervalRow;
  readonly place: (share: number) => string;
}

function Row({ row: { label, index, marks }, place }: RowProps): React.JSX.Element {
  return (
    <>
      <span className={classes.label} title={label}>
        {label}
      </span>
      <svg className={classes.track} height={Math.max(26, marks.length * MARK_GAP + 10)} role="presentation">
        {QUARTERS.map((at) => (
          <line
            key={at}
            x1={`${at * 100}%`}
            x2={`${at * 100}%`}
            y1="0"
            y2="100%"
            stroke="var(--chart-grid)"
          />
        ))}
        {marks.map((mark, at) => {
          const y = 5 + MARK_GAP / 2 + at * MARK_GAP;
          return (
            <g key={mark.label}>
              <title>{`${label}, ${mark.label}: ${textOf(mark.interval)}`}</title>
              <line
                x1={place(mark.interval.low)}
                x2={place(mark.interval.high)}
                y1={y}
                y2={y}
                stroke={seriesColour(index)}
                strokeWidth="2"
              />
              <svg x={place(mark.interval.mean)} y={y} overflow="visible" role="presentation">
                <MarkerShape index={index} size={5} hollow={mark.hollow} />
              </svg>
            </g>
          );
        })}
      </svg>
    </>
  );
}

function textOf(interval: Interval): string {
  const { mean, range } = shareWithInterval(interval);
  return `${mean} ${range}, n = ${interval.n}`;
}

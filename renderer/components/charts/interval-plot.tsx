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
        {rows.map(({ key, label, index, marks }) => (
          <div key={key} className={classes.row}>
            <span className={classes.label} title={label}>
              {label}
            </span>
            <svg
              className={classes.track}
              height={Math.max(24, marks.length * MARK_GAP + 8)}
              role="presentation"
            >
              {[0, 0.25, 0.5, 0.75, 1].map((at) => (
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
                const y = 4 + MARK_GAP / 2 + at * MARK_GAP;
                const colour = seriesColour(index);
                return (
                  <g key={mark.label}>
                    <title>{`${label}, ${mark.label}: ${textOf(mark.interval)}`}</title>
                    <line
                      x1={place(mark.interval.low)}
                      x2={place(mark.interval.high)}
                      y1={y}
                      y2={y}
                      stroke={colour}
                      strokeWidth="2"
                    />
                    <svg x={place(mark.interval.mean)} y={y} overflow="visible" role="presentation">
                      <MarkerShape index={index} size={5} hollow={mark.hollow} />
                    </svg>
                  </g>
                );
              })}
            </svg>
          </div>
        ))}
        <div className={classes.axis}>
          <span>{formatShare(low, 0)}</span>
          <span>{xLabel}</span>
          <span>{formatShare(high, 0)}</span>
        </div>
      </div>
    </ChartFrame>
  );
}

function textOf(interval: Interval): string {
  const { mean, range } = shareWithInterval(interval);
  return `${mean} ${range}, n = ${interval.n}`;
}

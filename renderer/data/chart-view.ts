/** How charts are looked at: along what, how closely and how smoothed. It lives in the address. */
import { useCallback, useDeferredValue, useMemo } from 'react';
import { X_AXES } from '../../electron/contract/x-axes.ts';
import { overlayNames, overlayQuestion, shownRuns } from '../lib/overlay.ts';
import type { Stretch } from '../lib/series.ts';
import { stretchText, textStretch } from '../lib/stretch.ts';
import { inTurn } from '../lib/turns.ts';
import { X_AXIS_TEXT, type XAxisName } from '../lib/x-axis.ts';
import { askEarly } from './queries.ts';
import { urlList, useUrlChoice, useUrlNumber, useUrlText } from './url-state.ts';

const SCALES = ['linear', 'log'] as const;

const queryOf = (x: XAxisName, range: Stretch | null, xLog: boolean): ChartView['query'] => ({
  x,
  range,
  spacing: xLog ? 'log' : 'even',
});

/** As long the page's first drawing waits for the first curves to be asked for: they take longer to come than it does. */
const PATIENCE_MS = 60;

/** Questions asked before the page is drawn. Each takes a few milliseconds of the window, and the host answers one at a time. */
const AT_ONCE = 2;

/** Asks what the page of charts will ask, while it is drawn. */
export async function askForCharts({ request }: { readonly request: Request }): Promise<null> {
  const view = new URL(request.url).searchParams;
  const runIds = urlList(view.get('runs'));
  if (runIds.length === 0) return null;
  const asked = askForCurves(view, runIds).catch(() => undefined);
  await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  return null;
}

async function askForCurves(view: URLSearchParams, runIds: readonly string[]): Promise<void> {
  const names = await askEarly('runs.metricNames', { runIds: [...runIds] });
  const x = X_AXES.find((axis) => axis === view.get('x')) ?? X_AXES[0];
  const query = queryOf(x, textStretch(view.get('zoom')), view.get('xscale') === 'log');
  const shown = shownRuns(runIds, urlList(view.get('hide')));
  const curves = (view.get('seeds') ?? 'each') === 'each' ? 'runs.metrics' : 'runs.bands';
  const questions = overlayNames(names, view.get('metrics') ?? '').map((name) =>
    overlayQuestion(query, shown, name),
  );
  const ask = (question: (typeof questions)[number]): void =>
    void askEarly(curves, question).catch(() => undefined);
  questions.slice(0, AT_ONCE).forEach(ask);
  for (const question of questions.slice(AT_ONCE)) inTurn(() => ask(question));
}

export interface ChartView {
  readonly x: XAxisName;
  readonly setX: (x: XAxisName) => void;
  readonly xLog: boolean;
  readonly setXLog: (log: boolean) => void;
  readonly yLog: boolean;
  readonly setYLog: (log: boolean) => void;
  readonly smoothing: number;
  readonly setSmoothing: (smoothing: number) => void;
  /** Follows the slider when there is time. */
  readonly drawnSmoothing: number;
  readonly range: Stretch | null;
  readonly setRange: (range: Stretch | null) => void;
  /** What `runs.metrics` is asked for, beside runs and names. */
  readonly query: {
    readonly x: XAxisName;
    readonly range: Stretch | null;
    readonly spacing: 'even' | 'log';
  };
  /** The horizontal axis for charts. */
  readonly scale: {
    readonly label: string;
    readonly unit: string | undefined;
    readonly log: boolean;
    readonly range: Stretch | null;
    readonly onRange: (range: Stretch | null) => void;
  };
}

export function useChartView(): ChartView {
  const [x, chooseX] = useUrlChoice('x', X_AXES);
  const [xScale, setXScale] = useUrlChoice('xscale', SCALES);
  const [yScale, setYScale] = useUrlChoice('yscale', SCALES);
  const [smoothing, setSmoothing] = useUrlNumber('smoothing', 0.6);
  const drawnSmoothing = useDeferredValue(smoothing);
  const [zoom, setZoom] = useUrlText('zoom');
  const range = useMemo(() => textStretch(zoom), [zoom]);
  const setRange = useCallback(
    (next: Stretch | null) => setZoom(next === null ? null : stretchText(next)),
    [setZoom],
  );
  const xLog = xScale === 'log';
  const query = useMemo(() => queryOf(x, range, xLog), [x, range, xLog]);
  const scale = useMemo(
    () => ({ ...X_AXIS_TEXT[x], log: xLog, range, onRange: setRange }),
    [x, xLog, range, setRange],
  );
  const yLog = yScale === 'log';
  const setX = useCallback(
    (next: XAxisName) => {
      // A stretch of one axis means nothing on another.
      setRange(null);
      chooseX(next);
    },
    [setRange, chooseX],
  );
  const setXLog = useCallback((log: boolean) => setXScale(log ? 'log' : 'linear'), [setXScale]);
  const setYLog = useCallback((log: boolean) => setYScale(log ? 'log' : 'linear'), [setYScale]);
  return useMemo(
    () => ({
      x,
      setX,
      xLog,
      setXLog,
      yLog,
      setYLog,
      smoothing,
      setSmoothing,
      drawnSmoothing,
      range,
      setRange,
      query,
      scale,
    }),
    [
      x,
      setX,
      xLog,
      setXLog,
      yLog,
      setYLog,
      smoothing,
      setSmoothing,
      drawnSmoothing,
      range,
      setRange,
      query,
      scale,
    ],
  );
}

/** Lines with bands, points with error bars and fitted lines as SVG: a study's figures in its report. Pure. */
import { escapeHtml } from './escape.ts';
import { COLOURS } from './style.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ChartLine {
  readonly label: string;
  readonly points: readonly ChartPoint[];
  /** Drawn as a line from point to point; as points with error bars otherwise. */
  readonly joined: boolean;
  /** A straight line through the points. */
  readonly fit?: { readonly slope: number; readonly intercept: number };
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly ChartLine[];
  /** Names in place of numbers along x: point i stands at x = i. */
  readonly categories?: readonly string[];
}

const WIDTH = 560;
const HEIGHT = 340;
const LEFT = 60;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 44;
const LEGEND_LINE = 18;
const TICKS = 6;

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

export function chartSvg({ title, xLabel, yLabel, lines, categories }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return '<p class="muted">Nothing is measured yet.</p>';
  const xs = categories ? [-0.5, categories.length - 0.5] : points.map(({ x }) => x);
  const ys = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const x = scale(xs, LEFT, WIDTH - RIGHT, categories === undefined);
  const y = scale(ys, HEIGHT - BOTTOM, TOP, true);
  const height = HEIGHT + lines.length * LEGEND_LINE;
  const xTicks = categories
    ? categories.map((name, i) => ({ name, at: x.at(i) }))
    : x.ticks.map((tick) => ({ name: String(tick), at: x.at(tick) }));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}">`,
    ...y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.at(tick)}" y2="${y.at(tick)}"/>` +
        `<text class="tick" x="${LEFT - 8}" y="${y.at(tick) + 4}" text-anchor="end">${tick}</text>`,
    ),
    ...xTicks.map(
      ({ name, at }) =>
        `<text class="tick" x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${escapeHtml(name)}</text>`,
    ),
    `<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text class="axis" transform="translate(13 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>`,
    ...lines.map((line, i) => lineSvg(line, i % COLOURS, x, y)),
    ...lines.map(
      ({ label }, i) =>
        `<g class="series-${i % COLOURS}"><circle cx="${LEFT + 6}" cy="${HEIGHT + i * LEGEND_LINE + 6}" r="4"/>` +
        `<text class="label" x="${LEFT + 18}" y="${HEIGHT + i * LEGEND_LINE + 10}">${escapeHtml(label)}</text></g>`,
    ),
    '</svg>',
  ].join('\n');
}

function lineSvg({ points, joined, fit }: ChartLine, colour: number, x: Scale, y: Scale): string {
  const at = (point: ChartPoint): string => `${x.at(point.x)} ${y.at(point.y)}`;
  const parts: string[] = [];
  const banded = points.filter((point) => point.low !== null && point.high !== null);
  if (joined && banded.length > 1) {
    const upper = banded.map((point) => `${x.at(point.x)} ${y.at(point.high!)}`);
    const lower = banded.map((point) => `${x.at(point.x)} ${y.at(point.low!)}`).reverse();
    parts.push(`<path class="band" d="M${[...upper, ...lower].join('L')}Z"/>`);
  }
  if (joined && points.length > 1) parts.push(`<path class="bar" d="M${points.map(at).join('L')}"/>`);
  if (!joined) {
    const bars = banded.map((point) => `M${x.at(point.x)} ${y.at(point.low!)}V${y.at(point.high!)}`);
    if (bars.length > 0) parts.push(`<path class="bar" d="${bars.join('')}"/>`);
  }
  if (fit && points.length > 1) {
    const ends = [points[0]!.x, points.at(-1)!.x];
    const path = ends.map((end) => `${x.at(end)} ${y.at(fit.intercept + fit.slope * end)}`).join('L');
    parts.push(`<path class="fit" d="M${path}"/>`);
  }
  const radius = joined ? 2.5 : 4;
  parts.push(...points.map((point) => `<circle cx="${x.at(point.x)}" cy="${y.at(point.y)}" r="${radius}"/>`));
  return `<g class="series-${colour}">${parts.join('')}</g>`;
}

/** From values to pixels; a round axis begins and ends at round numbers. */
function scale(values: readonly number[], from: number, to: number, isRound: boolean): Scale {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough * (1 - 1e-9)) ?? 10 * power;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  if (isRound) [low, high] = [first * step, last * step];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
  return {
    ticks,
    at: (value) => Math.round((from + ((value - low) / (high - low)) * (to - from)) * 10) / 10,
  };
}

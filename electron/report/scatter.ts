/** The length–accuracy picture as SVG: one point a checkpoint, 95% intervals on both axes. Pure. */
import type { Interval } from '../contract/shapes.ts';
import { escapeHtml } from './escape.ts';

export interface ScatterPoint {
  readonly name: string;
  /** Mean thinking length in tokens. */
  readonly x: Interval;
  /** A share from 0 to 1. */
  readonly y: Interval;
  /** Place in the palette: the same checkpoint has the same colour in every picture. */
  readonly colour: number;
  /** In the Pareto set: ringed. */
  readonly pareto?: boolean;
}

const WIDTH = 480;
const HEIGHT = 330;
const LEFT = 52;
const RIGHT = 24;
const TOP = 24;
const BOTTOM = 44;
const CAP = 4;
const LABEL_HEIGHT = 14;
const LABEL_GAP = 9;
const LABEL_DESCENT = 3;
/** From a point's height to its label's, nearest first. */
const LABEL_OFFSETS = Array.from({ length: 12 }, (_, i) => 10 + i * LABEL_HEIGHT).flatMap((y) => [-y, y]);
const CHARACTER_WIDTH = 7;
const X_TICKS = 6;
const Y_TICKS = [0, 0.25, 0.5, 0.75, 1];

export function scatterSvg(points: readonly ScatterPoint[], title: string): string {
  const xMax = niceCeiling(Math.max(...points.map((point) => point.x.high), 1));
  const px = (x: number): number => LEFT + (x / xMax) * (WIDTH - LEFT - RIGHT);
  const py = (y: number): number => TOP + (1 - y) * (HEIGHT - TOP - BOTTOM);
  const labels = placeLabels(points, px, py);
  const parts = [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}: mean thinking length against accuracy`)}">`,
    ...Y_TICKS.map((tick) => {
      const y = py(tick);
      return (
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>` +
        `<text class="tick" x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${tick * 100}%</text>`
      );
    }),
    ...xTicks(xMax).map((tick) => {
      const x = round(px(tick));
      return `<text class="tick" x="${x}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${tick}</text>`;
    }),
    `<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">mean thinking length (tokens)</text>`,
    `<text class="axis" transform="translate(13 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">accuracy</text>`,
    ...points.map((point, i) => pointSvg(point, px, py, labels[i]!)),
    '</svg>',
  ];
  return parts.join('\n');
}

interface Label {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

function pointSvg(
  point: ScatterPoint,
  px: (x: number) => number,
  py: (y: number) => number,
  label: Label,
): string {
  const { x, y, name, colour, pareto = false } = point;
  const [x0, x1, x2] = [x.low, x.mean, x.high].map((value) => round(px(Math.max(0, value))));
  const [y0, y1, y2] = [y.low, y.mean, y.high].map((value) => round(py(value)));
  const bars = [
    `M${x0} ${y1}H${x2}`,
    `M${x0} ${y1! - CAP}v${2 * CAP}`,
    `M${x2} ${y1! - CAP}v${2 * CAP}`,
    `M${x1} ${y0}V${y2}`,
    `M${x1! - CAP} ${y0}h${2 * CAP}`,
    `M${x1! - CAP} ${y2}h${2 * CAP}`,
  ].join('');
  const ring = pareto ? `<circle class="ring" cx="${x1}" cy="${y1}" r="9"/>` : '';
  return (
    `<g class="series-${colour}">${ring}<path class="bar" d="${bars}"/><circle cx="${x1}" cy="${y1}" r="4.5"/>` +
    `<text class="label" x="${label.x}" y="${label.y}" text-anchor="${label.anchor}">${escapeHtml(name)}</text></g>`
  );
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Beside each point, above or below its bar, where it covers neither another label nor a point. */
function placeLabels(
  points: readonly ScatterPoint[],
  px: (x: number) => number,
  py: (y: number) => number,
): Label[] {
  const taken: Box[] = points.map(({ x, y }) => box(px(x.mean) - 6, py(y.mean) - 6, 12, 12));
  return points.map(({ name, x, y }) => {
    const width = name.length * CHARACTER_WIDTH;
    const candidates = LABEL_OFFSETS.flatMap((offset) => {
      const top = py(y.mean) + offset - LABEL_HEIGHT / 2;
      return [
        { anchor: 'start' as const, box: box(px(x.mean) + LABEL_GAP, top, width, LABEL_HEIGHT) },
        { anchor: 'end' as const, box: box(px(x.mean) - LABEL_GAP - width, top, width, LABEL_HEIGHT) },
      ];
    }).filter((candidate) => isInside(candidate.box));
    const free = candidates.find((candidate) => !taken.some((other) => overlap(candidate.box, other)));
    const chosen = free ??
      candidates[0] ?? { anchor: 'start', box: box(px(x.mean), TOP, width, LABEL_HEIGHT) };
    taken.push(chosen.box);
    const { left, right, bottom } = chosen.box;
    return {
      x: round(chosen.anchor === 'start' ? left : right),
      y: round(bottom - LABEL_DESCENT),
      anchor: chosen.anchor,
    };
  });
}

const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  right: left + width,
  top,
  bottom: top + height,
});

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isInside({ left, right, top, bottom }: Box): boolean {
  return left >= LEFT && right <= WIDTH && top >= 0 && bottom <= HEIGHT - BOTTOM;
}

/** The next 1, 2 or 5 times a power of ten that leaves few ticks. */
function niceStep(max: number): number {
  const rough = max / X_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough) ?? 10 * power;
}

function niceCeiling(max: number): number {
  const step = niceStep(max);
  return Math.ceil(max / step) * step;
}

function xTicks(max: number): number[] {
  const step = niceStep(max);
  return Array.from({ length: Math.round(max / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

const round = (value: number): number => Math.round(value * 10) / 10;

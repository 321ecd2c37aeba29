/** Curves as SVG paths. A gap (null, NaN) breaks the line. */

type Scale = (value: number) => number;
type Values = readonly (number | null | undefined)[];

/** Tenths of a pixel are enough, and keep paths short. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function drawn(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function linePath(x: readonly number[], y: Values, sx: Scale, sy: Scale): string {
  let path = '';
  let pen = 'M';
  for (const [index, xi] of x.entries()) {
    const yi = y[index];
    if (!drawn(yi)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${at(sx(xi))} ${at(sy(yi))}`;
    pen = 'L';
  }
  return path;
}

/** The area between two curves over the same x. */
export function bandPath(x: readonly number[], low: Values, high: Values, sx: Scale, sy: Scale): string {
  let path = '';
  let run: { x: number; low: number; high: number }[] = [];
  const close = (): void => {
    if (run.length > 0) {
      const there = run.map((p) => `${at(sx(p.x))} ${at(sy(p.high))}`);
      const back = run.map((p) => `${at(sx(p.x))} ${at(sy(p.low))}`).reverse();
      path += `M${[...there, ...back].join('L')}Z`;
    }
    run = [];
  };
  for (const [index, xi] of x.entries()) {
    const lowest = low[index];
    const highest = high[index];
    if (drawn(lowest) && drawn(highest)) run.push({ x: xi, low: lowest, high: highest });
    else close();
  }
  close();
  return path;
}

/** Points, ascending in x, joined by level steps: a height holds until the next point. */
export function stairs(points: readonly { readonly x: number; readonly y: number }[]): {
  x: number[];
  y: number[];
} {
  const corners = points.flatMap((point, i) => {
    const before = points[i - 1];
    return before ? [{ x: point.x, y: before.y }, point] : [point];
  });
  return { x: corners.map(({ x }) => x), y: corners.map(({ y }) => y) };
}

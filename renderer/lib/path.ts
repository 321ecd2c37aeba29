/** Curves as SVG paths. A gap (null, NaN) breaks the line. */

type Scale = (value: number) => number;
type Values = readonly (number | null | undefined)[];

const MOVE = 77;
const LINE = 76;
const SPACE = 32;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
/** Of "L-99999999.9 -99999999.9". */
const BYTES_A_POINT = 24;
/** Far outside any drawing: what lies beyond is drawn towards there. */
const FAR = 1e8 - 1;

let bytes = new Uint8Array(2 ** 14);
const decoder = new TextDecoder('latin1');

/** Tenths of a pixel are enough, and keep paths short. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Writes what `at` says. @returns where the next byte goes */
function put(place: number, value: number): number {
  let next = place;
  let tenths = Math.round(Math.max(-FAR, Math.min(FAR, value)) * 10);
  if (tenths < 0) {
    bytes[next++] = MINUS;
    tenths = -tenths;
  }
  const whole = Math.floor(tenths / 10);
  let digits = 1;
  for (let power = 10; whole >= power; power *= 10) digits++;
  for (let rest = whole, i = next + digits - 1; i >= next; i--) {
    const shorter = Math.floor(rest / 10);
    bytes[i] = ZERO + rest - shorter * 10;
    rest = shorter;
  }
  next += digits;
  const tenth = tenths - whole * 10;
  if (tenth > 0) {
    bytes[next++] = POINT;
    bytes[next++] = ZERO + tenth;
  }
  return next;
}

function drawn(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Written as bytes: strings of single numbers, joined, cost several times the drawing of a page of charts. */
export function linePath(x: readonly number[], y: Values, sx: Scale, sy: Scale): string {
  if (bytes.length < x.length * BYTES_A_POINT) bytes = new Uint8Array(x.length * BYTES_A_POINT * 2);
  let next = 0;
  let pen = MOVE;
  for (let i = 0; i < x.length; i++) {
    const yi = y[i];
    if (!drawn(yi)) {
      pen = MOVE;
      continue;
    }
    bytes[next++] = pen;
    next = put(next, sx(x[i] ?? 0));
    bytes[next++] = SPACE;
    next = put(next, sy(yi));
    pen = LINE;
  }
  return decoder.decode(bytes.subarray(0, next));
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

/** A chart on the page as a picture of its own: its drawing with every style written out, below its title and legend. */
import type { Key } from './legend.tsx';

/** What the page's style sheet gives a drawing, and a file must carry itself. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'clip-path',
  'display',
  'visibility',
] as const;

const NAMESPACE = 'http://www.w3.org/2000/svg';
const PADDING = 14;
const TITLE_HEIGHT = 24;
const LEGEND_HEIGHT = 18;
const SWATCH = 24;
const GAP = 18;

export interface ChartImage {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

interface Parts {
  readonly title: string;
  readonly keys: readonly Key[];
}

/** @param figure the chart's frame, drawn. @throws if it holds no drawing */
export function chartImage(figure: HTMLElement, { title, keys }: Parts): ChartImage {
  const drawing = figure.querySelector<SVGSVGElement>('svg.recharts-surface');
  if (!drawing) throw new Error('The chart is not drawn yet.');
  const { width: inner, height: drawnHeight } = drawing.getBoundingClientRect();
  const page = getComputedStyle(figure);
  const places = legendPlaces(keys, inner, page);
  const rows = places.length === 0 ? 0 : (places.at(-1)?.row ?? 0) + 1;
  const top = PADDING + TITLE_HEIGHT + rows * LEGEND_HEIGHT + 6;
  const width = Math.ceil(inner + 2 * PADDING);
  const height = Math.ceil(top + drawnHeight + PADDING);

  const root = document.createElementNS(NAMESPACE, 'svg');
  set(root, { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}` });
  root.append(element('title', {}, title));
  root.append(element('rect', { width, height, fill: resolved(figure, 'var(--surface)') }));
  const text = { fill: page.color, 'font-family': page.fontFamily };
  root.append(
    element('text', { x: PADDING, y: PADDING + 14, 'font-size': 14, 'font-weight': 600, ...text }, title),
  );
  for (const { key, row, x } of places) {
    const y = PADDING + TITLE_HEIGHT + row * LEGEND_HEIGHT + 8;
    const line = { x1: PADDING + x, x2: PADDING + x + 18, y1: y, y2: y, 'stroke-width': 2.5 };
    root.append(
      element('line', {
        ...line,
        stroke: resolved(figure, key.colour),
        ...(key.dash ? { 'stroke-dasharray': key.dash } : {}),
      }),
      element('text', { x: PADDING + x + SWATCH, y: y + 4, 'font-size': 12, ...text }, key.label),
    );
  }
  const copy = styledCopy(drawing);
  set(copy, { x: PADDING, y: top, width: inner, height: drawnHeight });
  root.append(copy);
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

/** @param scale pixels of the picture for each of the page */
export async function pngOf({ svg, width, height }: ChartImage, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * scale;
    canvas.height = height * scale;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser draws no pictures.');
    context.scale(scale, scale);
    context.drawImage(image, 0, 0);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture was not drawn.')))),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

function styledCopy(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [drawing, ...drawing.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [i, original] of originals.entries()) {
    const own = copies[i];
    if (!own) continue;
    const computed = getComputedStyle(original);
    own.removeAttribute('class');
    own.removeAttribute('style');
    for (const style of STYLES) {
      const value = computed.getPropertyValue(style);
      if (value !== '' && value !== 'none' && value !== 'normal') own.setAttribute(style, value);
      else if (value === 'none' && (style === 'fill' || style === 'stroke')) own.setAttribute(style, 'none');
    }
  }
  for (const passing of copy.querySelectorAll('[data-passing]')) passing.remove();
  return copy;
}

function legendPlaces(keys: readonly Key[], width: number, page: CSSStyleDeclaration) {
  const context = document.createElement('canvas').getContext('2d');
  if (context) context.font = `12px ${page.fontFamily}`;
  let row = 0;
  let x = 0;
  return keys.map((key) => {
    const size = SWATCH + (context?.measureText(key.label).width ?? key.label.length * 7) + GAP;
    if (x > 0 && x + size > width) {
      row += 1;
      x = 0;
    }
    const place = { key, row, x };
    x += size;
    return place;
  });
}

/** A colour as the page shows it, with its variables replaced. */
function resolved(within: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  within.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function set(target: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, String(value));
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  set(made, attributes);
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * Numbers, times and sizes as the page writes them: the same everywhere, whatever the system's language. By hand,
 * because a browser's first formatter for a language takes longer than drawing a table.
 */

const NONE = '–';

/** Rounded to a whole number, its thousands apart. */
function grouped(value: number): string {
  const digits = String(Math.round(Math.abs(value))).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return value < 0 && digits !== '0' ? `-${digits}` : digits;
}

/** 12,345 */
export function formatCount(value: number | null): string {
  return value === null ? NONE : grouped(value);
}

const SI = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

function scaled(value: number, units: readonly string[], digits: number): [string, string] {
  let power = 0;
  let rest = value;
  // 999.95 would print as 1000 of the smaller unit.
  while (Math.abs(rest) >= 999.5 && power < units.length - 1) {
    rest /= 1000;
    power += 1;
  }
  const text = power === 0 ? formatNumber(rest, digits) : String(Number(rest.toPrecision(digits)));
  return [text, units[power] ?? ''];
}

/** 950, 12.3k, 4.56M */
export function formatCompact(value: number | null): string {
  return value === null ? NONE : scaled(value, SI, 3).join('');
}

/** 950 tokens, 12.3k tokens */
export function formatQuantity(value: number | null, unit: string): string {
  if (value === null) return NONE;
  return `${formatCompact(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** 512 B, 1.2 MB: powers of 1000, as file managers count. */
export function formatBytes(value: number | null): string {
  return value === null ? NONE : scaled(value, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'], 3).join(' ');
}

/** 3.2 TFLOP */
export function formatFlops(value: number | null): string {
  return value === null
    ? NONE
    : scaled(value, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP', 'EFLOP'], 3).join(' ');
}

/** `digits` significant digits, and powers of ten where plain digits would hide the size. */
export function formatNumber(value: number | null, digits = 4): string {
  if (value === null || Number.isNaN(value)) return NONE;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e6) {
    const [mantissa, exponent] = value.toExponential(Math.min(2, digits - 1)).split('e');
    return `${minus(String(Number(mantissa)))}e${minus(String(Number(exponent)))}`;
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(String(Number(value.toFixed(Math.min(decimals, 6)))));
}

function minus(text: string): string {
  return text.replace('-', '−');
}

/** 47.3% */
export function formatShare(value: number | null, decimals = 1): string {
  return value === null ? NONE : `${minus((value * 100).toFixed(decimals))}%`;
}

/** 850 ms, 12.3 s, 4 min 05 s, 2 h 05 min, 3 d 4 h */
export function formatDuration(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const s = Math.round(seconds);
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  const m = Math.round(seconds / 60);
  if (m < 1440) return `${Math.floor(m / 60)} h ${two(m % 60)} min`;
  const h = Math.round(seconds / 3600);
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

/** A stretch in coarse words, as estimates deserve: "about 3 min". */
export function formatRoughDuration(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1000) return 'under 1 s';
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Number((ms / 3_600_000).toFixed(ms < 36_000_000 ? 1 : 0))} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function formatDay(atMs: number): string {
  const at = new Date(atMs);
  return `${MONTHS[at.getMonth()]} ${at.getDate()}, ${at.getFullYear()}`;
}

/** Mar 3, 2026, 14:05:09 in the reader's time zone. */
export function formatTime(atMs: number): string {
  return `${formatDay(atMs)}, ${formatClock(atMs)}`;
}

/** 14:05:09 */
export function formatClock(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
}

/** just now, 4 min ago, 3 h ago, then the date. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = (nowMs - atMs) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return formatDay(atMs);
}

/** "1 run", "12 runs" */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

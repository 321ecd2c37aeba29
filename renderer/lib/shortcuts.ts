/** Keys that work on every page. */

export interface Shortcut {
  /** Pressed one after the other. */
  readonly keys: readonly string[];
  readonly label: string;
  readonly to: string;
}

export const GO_TO: readonly Shortcut[] = [
  { keys: ['g', 'h'], label: 'Home', to: '/' },
  { keys: ['g', 'd'], label: 'Corpora (documents)', to: '/corpora' },
  { keys: ['g', 'r'], label: 'Runs', to: '/runs' },
  { keys: ['g', 'v'], label: 'Charts (curves)', to: '/charts' },
  { keys: ['g', 'c'], label: 'Compare', to: '/compare' },
  { keys: ['g', 't'], label: 'Studies', to: '/studies' },
  { keys: ['g', 's'], label: 'Settings', to: '/settings' },
  { keys: ['g', 'n'], label: 'New run', to: '/runs/new' },
];

/** As the sheet writes them, with what they do. */
export const EVERYWHERE: readonly (readonly [keys: string, does: string])[] = [
  ['Ctrl K, ⌘ K', 'Command palette: any page, run, corpus or checkpoint'],
  ['?', 'This sheet'],
  ...GO_TO.map(({ keys, label }) => [keys.join(' then '), `Go to ${label}`] as const),
];

export const IN_CHARTS: readonly (readonly [keys: string, does: string])[] = [
  ['Tab', 'To the next chart'],
  ['← →', 'Point by point, in all charts of the page'],
  ['Drag', 'Zoom into a stretch; a double click shows all again'],
  ['Esc', 'Leave the full screen'],
];

const PATIENCE_MS = 1500;

/** Follows pressed keys; gives the shortcut once its last key was pressed in time. */
export function keySequence(): (key: string, atMs: number) => Shortcut | null {
  let first: { readonly key: string; readonly atMs: number } | null = null;
  return (key, atMs) => {
    const before = first && atMs - first.atMs <= PATIENCE_MS ? first.key : null;
    const found = GO_TO.find(({ keys }) => keys[0] === before && keys[1] === key);
    first = found ? null : { key, atMs };
    return found ?? null;
  };
}

/** Where the pointer stands along the x that charts of one group share. */

interface PointerStore {
  get(): number | null;
  set(x: number | null): void;
  subscribe(listener: () => void): () => void;
}

const stores = new Map<string, PointerStore>();

function pointerStore(): PointerStore {
  let at: number | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => at,
    set(x) {
      if (x === at) return;
      at = x;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The pointer of a group of charts; a chart without a group has one of its own. */
export function pointerOf(group: string | undefined): PointerStore {
  if (group === undefined) return pointerStore();
  const known = stores.get(group) ?? pointerStore();
  stores.set(group, known);
  return known;
}

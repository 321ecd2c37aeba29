/** Choosing a stretch of a chart by dragging over it; a double click shows all again. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { type MouseHandlerDataParam, usePlotArea, useXAxisScale } from 'recharts';
import type { Stretch } from '../../lib/series.ts';

/** Where a drag began and where it is. */
interface DragStore {
  get(): Stretch | null;
  set(next: Stretch | null): void;
  subscribe(listener: () => void): () => void;
}

/** Kept beside React: the drawing of a chart must not follow every movement of the pointer. */
function dragStore(): DragStore {
  let drag: Stretch | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => drag,
    set(next) {
      drag = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function placeOf({ activeLabel }: MouseHandlerDataParam): number | null {
  const place = Number(activeLabel);
  return activeLabel === undefined || !Number.isFinite(place) ? null : place;
}

export function useZoom(onRange: ((range: Stretch | null) => void) | undefined) {
  const store = useMemo(dragStore, []);
  useEffect(() => {
    if (!onRange) return;
    const end = (): void => {
      const drag = store.get();
      store.set(null);
      if (drag && drag.from !== drag.to) {
        onRange({ from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) });
      }
    };
    // Wherever the button is let go.
    window.addEventListener('mouseup', end);
    return () => window.removeEventListener('mouseup', end);
  }, [store, onRange]);
  const handlers = useMemo(
    () =>
      onRange
        ? {
            onMouseDown: (state: MouseHandlerDataParam) => {
              const from = placeOf(state);
              if (from !== null) store.set({ from, to: from });
            },
            onMouseMove: (state: MouseHandlerDataParam) => {
              const drag = store.get();
              const to = placeOf(state);
              if (drag && to !== null) store.set({ from: drag.from, to });
            },
            onDoubleClick: () => onRange(null),
          }
        : {},
    [store, onRange],
  );
  return { store, handlers };
}

/** The stretch being dragged over. */
export function Selection({ store }: { readonly store: DragStore }): React.JSX.Element | null {
  const drag = useSyncExternalStore(store.subscribe, store.get);
  const scale = useXAxisScale();
  const area = usePlotArea();
  if (!drag || drag.from === drag.to || !scale || !area) return null;
  const from = scale(Math.min(drag.from, drag.to)) ?? 0;
  const to = scale(Math.max(drag.from, drag.to)) ?? 0;
  return (
    <rect
      data-passing
      x={from}
      y={area.y}
      width={to - from}
      height={area.height}
      fill="var(--mantine-primary-color-filled)"
      fillOpacity={0.16}
      pointerEvents="none"
    />
  );
}

import { memo } from 'react';
import type { LineData } from '../../lib/series.ts';
import { LinePanel } from './line-panel.tsx';

const X = [0, 1, 2, 3];
const line = (key: string, y: readonly number[]): { data: LineData; label: string; colour: string } => ({
  data: { key, x: X, y },
  label: key,
  colour: 'transparent',
});
const LINES = [line('a', [1, 3, 2, 4]), line('b', [2, 1, 4, 3])];
const SCALE = { label: 'Step', unit: undefined, range: null, onRange: () => undefined };
const HEIGHT = 100;

/** A small chart that nobody sees: what draws charts has run once then, and the first real ones need not wait for it. */
export const Rehearsal = memo(function Rehearsal(): React.JSX.Element {
  return (
    <div
      aria-hidden
      inert
      style={{ position: 'fixed', inset: 0, width: 300, visibility: 'hidden', zIndex: -1 }}
    >
      <LinePanel
        title=""
        lines={LINES}
        x={SCALE}
        unit={undefined}
        smoothing={0}
        height={HEIGHT}
        withoutLegend
      />
    </div>
  );
});

/** Colour and shape of a compared checkpoint: the same in every chart, legend and table. */
import { seriesColour } from '../../lib/colours.ts';

const SHAPES = ['circle', 'square', 'diamond', 'triangle', 'cross', 'star', 'wye', 'ring'] as const;

interface Props {
  readonly index: number;
  readonly cx?: number | undefined;
  readonly cy?: number | undefined;
  /** Half the width. */
  readonly size?: number;
  /** Hollow marks the second decoding where two share a row. */
  readonly hollow?: boolean;
}

/** The mark itself, to be set into a drawing at (cx, cy). */
export function MarkerShape({ index, cx = 0, cy = 0, size = 6, hollow = false }: Props): React.JSX.Element {
  const colour = seriesColour(index);
  const shape = SHAPES[index % SHAPES.length];
  const paint = hollow
    ? { fill: 'var(--surface)', stroke: colour, strokeWidth: 2 }
    : { fill: colour, stroke: 'var(--surface)', strokeWidth: 1.2 };
  const s = size;
  const at = `translate(${cx} ${cy})`;
  switch (shape) {
    case 'square':
      return <rect x={cx - s * 0.9} y={cy - s * 0.9} width={s * 1.8} height={s * 1.8} {...paint} />;
    case 'diamond':
      return (
        <path transform={at} d={`M0 ${-s * 1.25}L${s * 1.25} 0L0 ${s * 1.25}L${-s * 1.25} 0Z`} {...paint} />
      );
    case 'triangle':
      return (
        <path
          transform={at}
          d={`M0 ${-s * 1.2}L${s * 1.15} ${s * 0.9}L${-s * 1.15} ${s * 0.9}Z`}
          {...paint}
        />
      );
    case 'cross':
      return <path transform={`${at} rotate(45)`} d={plus(s)} {...paint} />;
    case 'star':
      return <path transform={at} d={plus(s)} {...paint} />;
    case 'wye':
      return (
        <path
          transform={at}
          d={`M0 ${s * 1.2}L${s * 1.15} ${-s * 0.9}L${-s * 1.15} ${-s * 0.9}Z`}
          {...paint}
        />
      );
    case 'ring':
      return <circle cx={cx} cy={cy} r={s * 0.85} fill="var(--surface)" stroke={colour} strokeWidth={3} />;
    default:
      return <circle cx={cx} cy={cy} r={s} {...paint} />;
  }
}

function plus(s: number): string {
  const a = s * 0.45;
  const b = s * 1.2;
  return `M${-a} ${-b}H${a}V${-a}H${b}V${a}H${a}V${b}H${-a}V${a}H${-b}V${-a}H${-a}Z`;
}

/** The mark on its own, beside a name. */
export function Marker({
  index,
  hollow = false,
}: {
  readonly index: number;
  readonly hollow?: boolean;
}): React.JSX.Element {
  return (
    <svg width="16" height="16" viewBox="-9 -9 18 18" aria-hidden="true" style={{ flex: 'none' }}>
      <MarkerShape index={index} hollow={hollow} />
    </svg>
  );
}

import classes from './charts.module.css';

export interface Key {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly dash?: string | undefined;
  /** The newest value, written beside the label. */
  readonly value?: string;
}

interface Props {
  readonly keys: readonly Key[];
  /** What the shade behind the curves is. */
  readonly shade?: string;
}

export function Legend({ keys, shade }: Props): React.JSX.Element {
  return (
    <ul className={classes.legend}>
      {keys.map((key) => (
        <li key={key.key}>
          <Swatch colour={key.colour} dash={key.dash} />
          <span className="ellipsis">{key.label}</span>
          {key.value !== undefined && <strong className="nowrap">{key.value}</strong>}
        </li>
      ))}
      {shade && (
        <li>
          <span className={classes.shade} />
          <span>{shade}</span>
        </li>
      )}
    </ul>
  );
}

export function Swatch({
  colour,
  dash,
}: {
  readonly colour: string;
  readonly dash?: string | undefined;
}): React.JSX.Element {
  return (
    <svg width="18" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="18" y2="4" stroke={colour} strokeWidth="2.5" strokeDasharray={dash} />
    </svg>
  );
}

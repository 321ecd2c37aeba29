import classes from './facts.module.css';

export interface Fact {
  readonly label: string;
  readonly value: React.ReactNode;
  readonly detail?: React.ReactNode;
}

interface Props {
  readonly facts: readonly Fact[];
  /** `row` sets them side by side, `list` below each other. */
  readonly layout?: 'row' | 'list';
}

/** Labelled figures. */
export function Facts({ facts, layout = 'row' }: Props): React.JSX.Element {
  return (
    <dl className={layout === 'row' ? classes.row : classes.list}>
      {facts.map(({ label, value, detail }) => (
        <div key={label} className={classes.fact}>
          <dt>{label}</dt>
          <dd>
            {value}
            {detail && <span className={classes.detail}>{detail}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

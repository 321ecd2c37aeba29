import classes from './plain.module.css';

interface Props {
  /** Key of the theme's colours; null draws an outline. */
  readonly colour: string | null;
  readonly title: string;
  readonly children: React.ReactNode;
}

/** A word in a tinted box. Lists draw hundreds: the toolkit's own is three components and two elements each. */
export function PlainBadge({ colour, title, children }: Props): React.JSX.Element {
  if (colour === null) {
    return (
      <span className={`${classes.badge} ${classes.outline}`} title={title}>
        {children}
      </span>
    );
  }
  const tint = `var(--mantine-color-${colour}-light`;
  return (
    <span className={classes.badge} style={{ background: `${tint})`, color: `${tint}-color)` }} title={title}>
      {children}
    </span>
  );
}

import classes from './plain.module.css';

interface Props {
  readonly label: string;
  readonly small?: boolean;
  readonly tabIndex?: number;
  readonly onClick: () => void;
}

/** What a menu opens from until it is first asked for. Its dots are its background: lists show it by the hundred. */
export function DotsButton({ label, small = false, tabIndex, onClick }: Props): React.JSX.Element {
  return (
    <button
      type="button"
      className={classes.dots}
      {...(small ? { 'data-size': 'small' } : {})}
      {...(tabIndex === undefined ? {} : { tabIndex })}
      aria-haspopup="menu"
      aria-label={label}
      onClick={onClick}
    />
  );
}

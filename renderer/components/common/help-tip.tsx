import { Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import classes from './help-tip.module.css';

interface Props {
  /** What the help is about, for screen readers. */
  readonly about: string;
  readonly children: React.ReactNode;
}

/** A small mark whose explanation shows on hover and on focus. */
export function HelpTip({ about, children }: Props): React.JSX.Element {
  return (
    <Tooltip label={children}>
      <button type="button" className={classes.tip} aria-label={`About ${about}`}>
        <IconInfoCircle size={15} stroke={1.6} aria-hidden />
      </button>
    </Tooltip>
  );
}

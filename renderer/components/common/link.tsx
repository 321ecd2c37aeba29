import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { Link } from 'react-router';

interface To {
  readonly to: string;
  readonly children: React.ReactNode;
}

export function PageLink({
  to,
  children,
  ...rest
}: To & AnchorProps & { readonly title?: string; readonly tabIndex?: number }): React.JSX.Element {
  return (
    <Anchor component={Link} to={to} {...rest}>
      {children}
    </Anchor>
  );
}

/** A link that looks like a button: it goes somewhere, it changes nothing. */
export function ButtonLink({ to, children, ...rest }: To & ButtonProps): React.JSX.Element {
  return (
    <Button component={Link} to={to} {...rest}>
      {children}
    </Button>
  );
}

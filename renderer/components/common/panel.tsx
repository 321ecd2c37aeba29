import { Group, Text, Title } from '@mantine/core';
import { useId } from 'react';
import classes from './page.module.css';

interface Props {
  readonly title?: string;
  readonly description?: React.ReactNode;
  readonly actions?: React.ReactNode;
  /** Lets the content reach the card's edges, as tables want to. */
  readonly flush?: boolean;
  /** No padding at all: the content is the card. */
  readonly bare?: boolean;
  readonly className?: string;
  readonly children: React.ReactNode;
}

/** A card with a heading: the page's unit of content. */
export function Panel({
  title,
  description,
  actions,
  flush,
  bare,
  className,
  children,
}: Props): React.JSX.Element {
  const id = useId();
  const head = title !== undefined || actions !== undefined;
  return (
    <section
      className={className ? `${classes.card} ${className}` : classes.card}
      {...(title ? { 'aria-labelledby': id } : {})}
    >
      {head && (
        <Group
          justify="space-between"
          className={classes.cardHead ?? ''}
          gap="sm"
          wrap="nowrap"
          align="flex-start"
        >
          <div style={{ minWidth: 0 }}>
            <Title order={2} id={id}>
              {title}
            </Title>
            {description && (
              <Text c="dimmed" size="sm" component="div" mt={2}>
                {description}
              </Text>
            )}
          </div>
          {actions && (
            <Group gap="xs" wrap="nowrap">
              {actions}
            </Group>
          )}
        </Group>
      )}
      <div className={bare ? classes.bare : flush ? classes.flush : classes.cardBody}>{children}</div>
    </section>
  );
}

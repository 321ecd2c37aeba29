import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { usePageShown } from '../../data/page-shown.ts';
import classes from './page.module.css';

interface Props {
  readonly title: string;
  /** Stands in for the title on screen, for example an editable name. */
  readonly heading?: React.ReactNode;
  readonly description?: React.ReactNode;
  readonly actions?: React.ReactNode;
  readonly children: React.ReactNode;
}

export function Page({ title, heading, description, actions, children }: Props): React.JSX.Element {
  const shown = usePageShown();
  useEffect(() => {
    if (shown) document.title = `${title} · Midtrain`;
  }, [title, shown]);
  return (
    <div className={classes.page}>
      <Group justify="space-between" align="flex-start" gap="md" mb="lg" wrap="nowrap">
        <Stack gap={4} miw={0}>
          {heading ?? <Title order={1}>{title}</Title>}
          {description && (
            <Text
              component="div"
              c="dimmed"
              size="md"
              {...(typeof description === 'string' ? { maw: '78ch' } : {})}
            >
              {description}
            </Text>
          )}
        </Stack>
        {actions && (
          <Group gap="xs" wrap="nowrap" className={classes.actions}>
            {actions}
          </Group>
        )}
      </Group>
      {children}
    </div>
  );
}

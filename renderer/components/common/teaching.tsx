import { EmptyState } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';

interface Props {
  readonly icon: Icon;
  readonly title: string;
  /** What would be here, and what it is good for. */
  readonly children: React.ReactNode;
  readonly actions?: React.ReactNode;
}

/** An empty place that says what belongs there and how it gets there. */
export function Teaching({ icon: TeachingIcon, title, children, actions }: Props): React.JSX.Element {
  return (
    <EmptyState py={40} px="xl" maw={620} mx="auto">
      <EmptyState.Indicator>
        <TeachingIcon size={36} stroke={1.4} aria-hidden />
      </EmptyState.Indicator>
      <EmptyState.Title>{title}</EmptyState.Title>
      <EmptyState.Description>{children}</EmptyState.Description>
      {actions && <EmptyState.Actions>{actions}</EmptyState.Actions>}
    </EmptyState>
  );
}

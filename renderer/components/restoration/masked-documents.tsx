import { Group, Pagination, Stack, Text } from '@mantine/core';
import { formatPlural } from '../../lib/format.ts';
import { RestorationCard, type Who } from './restoration-card.tsx';

interface Props {
  readonly rows: readonly React.ComponentProps<typeof RestorationCard>['restoration'][];
  readonly who: Who;
  /** Of all pages. */
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly onPage: (page: number) => void;
}

/** One page of masked documents, their number, and the way to the other pages. */
export function MaskedDocuments({ rows, who, total, page, pageSize, onPage }: Props): React.JSX.Element {
  return (
    <Stack gap="sm">
      {rows.map((restoration) => (
        <RestorationCard key={restoration.key} restoration={restoration} who={who} />
      ))}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" aria-live="polite">
          {total === 0 ? 'No document holds these words.' : formatPlural(total, 'masked document')}
        </Text>
        <Pagination
          size="sm"
          total={Math.ceil(total / pageSize)}
          value={page}
          onChange={onPage}
          getControlProps={(control) => ({ 'aria-label': `${control} page` })}
        />
      </Group>
    </Stack>
  );
}

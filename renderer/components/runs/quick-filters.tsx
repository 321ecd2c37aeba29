import { Chip, Group } from '@mantine/core';
import { hasTerm, toggleTerm } from '../../lib/query-text.ts';

/** Terms that are asked for most. */
const TERMS = [
  ['is:active', 'Running'],
  ['is:queued', 'Queued'],
  ['state:finished', 'Finished'],
  ['state:stopped,failed,interrupted', 'Ended early'],
  ['is:starred', 'Starred'],
  ['-is:evaluation', 'No evaluations'],
] as const;

interface Props {
  readonly query: string;
  readonly onChange: (query: string) => void;
}

/** Filters by one click; what they stand for shows in the query box. */
export function QuickFilters({ query, onChange }: Props): React.JSX.Element {
  return (
    <Group gap={6} role="group" aria-label="Quick filters">
      {TERMS.map(([term, label]) => (
        <Chip
          key={term}
          size="xs"
          variant="light"
          checked={hasTerm(query, term)}
          onChange={() => onChange(toggleTerm(query, term))}
        >
          {label}
        </Chip>
      ))}
    </Group>
  );
}

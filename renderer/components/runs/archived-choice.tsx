import type { RunTableView } from '../../data/run-table-view.ts';
import { ARCHIVED } from '../../lib/run-table-question.ts';
import { Select } from '../common/select.tsx';

interface Props {
  readonly value: RunTableView['archived'];
  readonly onChange: RunTableView['setArchived'];
}

const LABELS = { hide: 'Without archived', show: 'With archived', only: 'Archived only' } as const;

/** Whether archived runs are in the table. */
export function ArchivedChoice({ value, onChange }: Props): React.JSX.Element {
  return (
    <Select
      aria-label="Archived runs"
      size="xs"
      w={150}
      allowDeselect={false}
      value={value}
      onChange={(next) => onChange((next as Props['value'] | null) ?? 'hide')}
      data={ARCHIVED.map((one) => ({ value: one, label: LABELS[one] }))}
    />
  );
}

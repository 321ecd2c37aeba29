import { IconStack2 } from '@tabler/icons-react';
import type { TableField } from '../../../electron/contract/run-table.ts';
import { Select } from '../common/select.tsx';

interface Props {
  readonly fields: readonly TableField[];
  readonly value: string | null;
  readonly onChange: (field: string | null) => void;
}

const FIRST = ['configuration', 'sweep', 'stage', 'state', 'tag', 'base', 'corpus', 'engine'] as const;
const LABELS: Readonly<Record<string, string>> = {
  configuration: 'Configuration (all but the seed)',
};

/** By what rows are gathered into groups with means. */
export function GroupChoice({ fields, value, onChange }: Props): React.JSX.Element {
  const labelOf = new Map(fields.map(({ name, label }) => [name, label]));
  const offered = new Set([
    ...FIRST,
    ...fields.flatMap(({ name, section }) => (section === 'settings' ? [name] : [])),
    // An address may name a field that no run here has.
    ...(value === null ? [] : [value]),
  ]);
  const optionsOf = (names: readonly string[]): { value: string; label: string }[] =>
    names.map((name) => ({ value: name, label: LABELS[name] ?? labelOf.get(name) ?? name }));
  return (
    <Select
      aria-label="Group by"
      placeholder="No groups"
      leftSection={<IconStack2 size={16} aria-hidden />}
      clearable
      searchable
      w={190}
      comboboxProps={{ width: 270, position: 'bottom-end' }}
      value={value}
      onChange={onChange}
      data={[
        { group: 'Run', items: optionsOf(FIRST) },
        { group: 'Settings', items: optionsOf([...offered].slice(FIRST.length)) },
      ]}
    />
  );
}

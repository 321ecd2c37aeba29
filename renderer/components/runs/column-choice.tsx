import { ActionIcon, Button, Checkbox, Group, Popover, ScrollArea, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3, IconSearch, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { TableField } from '../../../electron/contract/run-table.ts';
import classes from './column-choice.module.css';

interface Props {
  readonly fields: readonly TableField[];
  readonly columns: readonly string[];
  /** null takes the usual ones. */
  readonly onChange: (columns: readonly string[] | null) => void;
}

const SECTIONS = [
  ['run', 'Run'],
  ['evaluation', 'Evaluation'],
  ['metrics', 'Metrics'],
  ['settings', 'Settings'],
] as const;
/** Always there. */
const FIXED: ReadonlySet<string> = new Set(['name']);

/** Which columns the table shows, and in which order. */
export function ColumnChoice({ fields, columns, onChange }: Props): React.JSX.Element {
  const [search, setSearch] = useState('');
  const byName = new Map(fields.map((field) => [field.name, field]));
  const words = search.toLowerCase();
  const offered = fields.filter(
    ({ name, label }) => !FIXED.has(name) && `${name} ${label}`.toLowerCase().includes(words),
  );
  const toggle = (name: string): void =>
    onChange(columns.includes(name) ? columns.filter((one) => one !== name) : [...columns, name]);
  const move = (at: number, by: number): void => {
    const next = [...columns];
    const [moved] = next.splice(at, 1);
    if (moved !== undefined) next.splice(at + by, 0, moved);
    onChange(next);
  };
  return (
    <Popover position="bottom-end" width={560} withArrow trapFocus withRoles shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <div className={classes.halves}>
          <div>
            <Text size="xs" fw={600} mb={6}>
              Shown, from left to right
            </Text>
            <ScrollArea.Autosize mah={340} type="auto">
              <ol className={classes.chosen}>
                {columns.map((name, at) => (
                  <li key={name}>
                    <span className="ellipsis" title={name}>
                      {byName.get(name)?.label ?? name}
                    </span>
                    <Step label={`Move ${name} left`} disabled={at === 0} onClick={() => move(at, -1)}>
                      <IconArrowUp size={13} />
                    </Step>
                    <Step
                      label={`Move ${name} right`}
                      disabled={at === columns.length - 1}
                      onClick={() => move(at, 1)}
                    >
                      <IconArrowDown size={13} />
                    </Step>
                    <Step label={`Take ${name} away`} onClick={() => toggle(name)}>
                      <IconX size={13} />
                    </Step>
                  </li>
                ))}
              </ol>
            </ScrollArea.Autosize>
            <Button size="compact-xs" variant="subtle" mt="xs" onClick={() => onChange(null)}>
              The usual columns
            </Button>
          </div>
          <div>
            <TextInput
              aria-label="Search columns"
              placeholder="Search"
              size="xs"
              mb={6}
              leftSection={<IconSearch size={13} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              data-autofocus
            />
            <ScrollArea.Autosize mah={340} type="auto">
              {SECTIONS.map(([section, title]) => {
                const list = offered.filter((field) => field.section === section);
                if (list.length === 0) return null;
                return (
                  <fieldset key={section} className={classes.section}>
                    <legend>{title}</legend>
                    {list.map(({ name, label }) => (
                      <Checkbox
                        key={name}
                        size="xs"
                        label={label}
                        title={name}
                        checked={columns.includes(name)}
                        onChange={() => toggle(name)}
                      />
                    ))}
                  </fieldset>
                );
              })}
            </ScrollArea.Autosize>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface StepProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}

function Step({ label, disabled = false, onClick, children }: StepProps): React.JSX.Element {
  return (
    <Group gap={0}>
      <ActionIcon
        size="xs"
        variant="subtle"
        color="gray"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Group>
  );
}

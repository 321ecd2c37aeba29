import { Autocomplete, type AutocompleteProps, Group, Kbd, Text } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import type { TableField } from '../../../electron/contract/run-table.ts';
import type { HostError } from '../../api.ts';
import { useContract } from '../../data/queries.ts';
import { suggestions } from '../../lib/query-text.ts';
import { Prose } from '../common/prose.tsx';
import classes from './query-box.module.css';

interface Props {
  readonly value: string;
  readonly onChange: (query: string) => void;
  readonly fields: readonly TableField[];
  readonly error: HostError | null;
  readonly inputRef: React.RefObject<HTMLInputElement | null>;
  /** Whether the keyboard asked for it before it was there; it answers once. */
  readonly sought: React.RefObject<boolean>;
  /** Leaves the box for the table. */
  readonly onLeave: () => void;
}

/** One line that says which runs are meant, with completion; what it does not understand it says where it stands. */
export function QueryBox(props: Props): React.JSX.Element {
  const { value, onChange, fields, error, inputRef, sought, onLeave } = props;
  const tags = useContract('runs.tags', {});
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    if (sought.current) inputRef.current?.focus();
    sought.current = false;
  }, [inputRef, sought]);
  const offered = useMemo(() => {
    const list = suggestions(value, fields, tags.data?.map(({ tag }) => tag) ?? []);
    return new Map(list.map((one) => [one.query, one]));
  }, [value, fields, tags.data]);
  const isError = error?.name === 'InvalidQuery';
  const renderOption: NonNullable<AutocompleteProps['renderOption']> = ({ option }) => {
    const shown = offered.get(option.value);
    return (
      <Group gap="sm" wrap="nowrap" justify="space-between" w="100%">
        <code className={classes.term}>{shown?.text.trim() ?? option.value}</code>
        <Text size="xs" c="dimmed" className="ellipsis">
          {shown?.hint}
        </Text>
      </Group>
    );
  };
  return (
    <div className={classes.box}>
      <Autocomplete
        ref={inputRef}
        aria-label="Filter runs"
        aria-invalid={isError}
        {...(isError ? { 'aria-describedby': 'query-problem', error: true } : {})}
        placeholder="stage:rmt state:finished reward>0.5 lr<1e-3 tag:mine …"
        classNames={{ input: classes.input ?? '' }}
        leftSection={<IconFilter size={15} aria-hidden />}
        rightSection={value === '' ? <Kbd size="xs">/</Kbd> : null}
        rightSectionPointerEvents="none"
        data={[...offered.keys()]}
        filter={({ options }) => options}
        renderOption={renderOption}
        maxDropdownHeight={330}
        dropdownOpened={opened && offered.size > 0}
        onDropdownOpen={() => setOpened(true)}
        onDropdownClose={() => setOpened(false)}
        onOptionSubmit={() => {
          // What was chosen may want a value: the box stays open for it.
          requestAnimationFrame(() => setOpened(true));
        }}
        value={value}
        onChange={onChange}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || (opened && offered.size > 0)) return;
          event.preventDefault();
          onLeave();
        }}
        spellCheck={false}
        autoCorrect="off"
        autoCapitalize="off"
      />
      {isError && (
        <p id="query-problem" role="alert" className={classes.problem}>
          {error.message} <Prose text={error.wayOut} />
        </p>
      )}
    </div>
  );
}

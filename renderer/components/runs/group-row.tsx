import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import type { TableGroup } from '../../data/run-table.ts';
import { formatPlural } from '../../lib/format.ts';
import type { Column } from '../../lib/run-columns.ts';
import { numberText } from './cells.tsx';
import classes from './run-table.module.css';

interface Props {
  readonly group: TableGroup;
  readonly opened: boolean;
  readonly selected: boolean;
  readonly place: number;
  readonly columns: readonly Column[];
  readonly current: boolean;
  readonly onOpen: (key: string) => void;
  readonly onFocus: (key: string) => void;
  readonly onToggle: (runIds: readonly string[]) => void;
}

const isNumeric = ({ kind }: Column['field']): boolean => kind === 'number' || kind === 'duration';

/** A group's label, its count, and each column's mean with its spread. */
export const GroupRow = memo(function GroupRow(props: Props): React.JSX.Element {
  const { group, opened, selected, place, columns, current, onOpen, onFocus, onToggle } = props;
  const first = columns.findIndex(({ field }) => isNumeric(field));
  const named = first === -1 ? columns.length : first;
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <tr
      className={classes.row}
      data-group
      {...(current ? { 'data-current': true } : {})}
      aria-rowindex={place}
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      onFocus={() => onFocus(`group:${group.key}`)}
    >
      <td>
        <input
          type="checkbox"
          tabIndex={-1}
          className={classes.check}
          aria-label={`Select the runs of ${group.label}`}
          checked={selected}
          onChange={() => onToggle(group.runIds)}
        />
      </td>
      {/* The name takes the place of the columns that have no mean. */}
      <td className={classes.name} colSpan={1 + named}>
        <UnstyledButton
          className={classes.groupName ?? ''}
          tabIndex={-1}
          aria-expanded={opened}
          onClick={() => onOpen(group.key)}
        >
          <Chevron size={15} aria-hidden />
          <span className="ellipsis" title={group.label}>
            {group.label}
          </span>
        </UnstyledButton>
        <div className={classes.under}>{formatPlural(group.runIds.length, 'run')}</div>
      </td>
      {columns.slice(named).map(({ field, number }, i) => {
        const aggregate = isNumeric(field) ? group.aggregates[named + i] : null;
        return (
          <td key={field.name} className={number ? 'number' : ''}>
            {aggregate && (
              <span
                title={`${aggregate.n} of ${group.runIds.length} runs, ${numberText(field, aggregate.min)} to ${numberText(field, aggregate.max)}`}
              >
                {numberText(field, aggregate.mean)}
                {aggregate.std !== null && (
                  <span className={classes.spread}>± {numberText(field, aggregate.std)}</span>
                )}
              </span>
            )}
          </td>
        );
      })}
      <td />
    </tr>
  );
});

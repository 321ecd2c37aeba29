import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { TableField } from '../../../electron/contract/run-table.ts';
import type { Column, SortKey } from '../../lib/run-columns.ts';
import classes from './run-table.module.css';

interface Props {
  readonly columns: readonly Column[];
  readonly sort: readonly SortKey[];
  readonly onSort: (field: TableField, add: boolean) => void;
  readonly runIds: readonly string[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (runIds: ReadonlySet<string>) => void;
}

const NAME: TableField = {
  name: 'name',
  label: 'Run',
  kind: 'text',
  section: 'run',
  better: null,
  unit: null,
};

export function TableHead({ columns, sort, onSort, runIds, selected, onSelect }: Props): React.JSX.Element {
  const all = runIds.length > 0 && selected.size === runIds.length;
  const some = selected.size > 0 && !all;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  return (
    <thead className={classes.head}>
      <tr aria-rowindex={1}>
        <th style={{ width: 64 }}>
          <input
            ref={box}
            type="checkbox"
            className={classes.check}
            aria-label="Select all runs shown"
            checked={all}
            onChange={() => onSelect(all ? new Set() : new Set(runIds))}
          />
        </th>
        <HeadCell field={NAME} sort={sort} onSort={onSort} />
        {columns.map(({ field, width, number }) => (
          <HeadCell
            key={field.name}
            field={field}
            width={width}
            number={number}
            sort={sort}
            onSort={onSort}
          />
        ))}
        <th style={{ width: 40 }}>
          <span className="visually-hidden">Actions</span>
        </th>
      </tr>
    </thead>
  );
}

interface HeadCellProps {
  readonly field: TableField;
  readonly width?: number;
  readonly number?: boolean;
  readonly sort: readonly SortKey[];
  readonly onSort: (field: TableField, add: boolean) => void;
}

function HeadCell({ field, width, number = false, sort, onSort }: HeadCellProps): React.JSX.Element {
  const at = sort.findIndex((key) => key.field === field.name);
  const descending = sort[at]?.descending ?? false;
  const Arrow = descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      className={number ? 'number' : ''}
      {...(width ? { style: { width } } : {})}
      {...(at === 0 ? { 'aria-sort': descending ? 'descending' : 'ascending' } : {})}
    >
      <button
        type="button"
        className={classes.sort}
        title={`${field.name}${field.unit ? `, ${field.unit}` : ''}: sort; with Shift, sort by it as well`}
        onClick={(event) => onSort(field, event.shiftKey)}
      >
        <span className="ellipsis">{field.label}</span>
        {at !== -1 && <Arrow size={13} aria-hidden className={classes.arrow ?? ''} />}
        {at !== -1 && sort.length > 1 && <sup>{at + 1}</sup>}
      </button>
    </th>
  );
}

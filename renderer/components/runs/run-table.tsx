import { Checkbox, Table, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useRef } from 'react';
import type { Run } from '../../../electron/contract/runs.ts';
import type { SortKey } from '../../lib/run-filter.ts';
import { RUN_COLUMNS, type RunColumn } from './columns.tsx';
import { RunMenu } from './run-menu.tsx';
import classes from './run-table.module.css';

const ROW_HEIGHT = 54;
const NARROW_COLUMNS = RUN_COLUMNS.filter((column) => !column.wide);

interface Props {
  readonly runs: readonly Run[];
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly onSort: (key: SortKey) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (runIds: ReadonlySet<string>) => void;
}

/** All runs; only the rows in sight are drawn, so thousands stay quick. */
export function RunTable({ runs, sort, descending, onSort, selected, onSelect }: Props): React.JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const wide = useMediaQuery('(min-width: 1500px)') ?? false;
  const columns = wide ? RUN_COLUMNS : NARROW_COLUMNS;
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => runs[index]?.id ?? index,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = rows.getTotalSize() - (items.at(-1)?.end ?? 0);
  const shown = runs.filter((run) => selected.has(run.id)).length;
  const newest = useRef({ selected, onSelect });
  useEffect(() => {
    newest.current = { selected, onSelect };
  });
  const toggle = useCallback((id: string): void => {
    const next = new Set(newest.current.selected);
    if (!next.delete(id)) next.add(id);
    newest.current.onSelect(next);
  }, []);
  return (
    <div ref={scroller} className={classes.scroller}>
      <Table
        className={classes.table ?? ''}
        horizontalSpacing={8}
        aria-rowcount={runs.length + 1}
        aria-label="Runs"
      >
        <Table.Thead className={classes.head ?? ''}>
          <Table.Tr>
            <Table.Th w={40}>
              <Checkbox
                size="xs"
                aria-label="Select all runs shown"
                checked={runs.length > 0 && shown === runs.length}
                indeterminate={shown > 0 && shown < runs.length}
                onChange={() =>
                  onSelect(shown === runs.length ? new Set() : new Set(runs.map((run) => run.id)))
                }
              />
            </Table.Th>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} descending={descending} onSort={onSort} />
            ))}
            <Table.Th w={46}>
              <span className="visually-hidden">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map(({ index, key }) => {
            const run = runs[index];
            if (!run) return null;
            return (
              <Row
                key={key}
                run={run}
                place={index + 2}
                columns={columns}
                wide={wide}
                selected={selected.has(run.id)}
                onToggle={toggle}
              />
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface RowProps {
  readonly run: Run;
  /** From 1, the head's row. */
  readonly place: number;
  readonly columns: readonly RunColumn[];
  readonly wide: boolean;
  readonly selected: boolean;
  readonly onToggle: (runId: string) => void;
}

/** Drawn anew only when its run changes: a run at work moves several times a second. */
const Row = memo(function Row({
  run,
  place,
  columns,
  wide,
  selected,
  onToggle,
}: RowProps): React.JSX.Element {
  return (
    <tr
      className={classes.row}
      style={{ height: ROW_HEIGHT }}
      aria-rowindex={place}
      {...(selected ? { 'data-selected': true } : {})}
    >
      <td>
        <input
          type="checkbox"
          className={classes.check}
          aria-label={`Select ${run.name}`}
          checked={selected}
          onChange={() => onToggle(run.id)}
        />
      </td>
      {columns.map((column) => (
        <td key={column.id} className={column.number ? 'number' : ''}>
          {column.cell(run, wide)}
        </td>
      ))}
      <td>
        <RunMenu run={run} />
      </td>
    </tr>
  );
});

interface HeadCellProps {
  readonly column: RunColumn;
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly onSort: (key: SortKey) => void;
}

function HeadCell({ column, sort, descending, onSort }: HeadCellProps): React.JSX.Element {
  const { sort: key } = column;
  const active = key === sort;
  const Arrow = descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th
      className={column.number ? 'number' : ''}
      {...(column.width ? { w: column.width } : {})}
      {...(active ? { 'aria-sort': descending ? 'descending' : 'ascending' } : {})}
    >
      {key ? (
        <UnstyledButton className={classes.sort ?? ''} onClick={() => onSort(key)}>
          {column.label}
          {active && <Arrow size={13} aria-hidden />}
        </UnstyledButton>
      ) : (
        column.label
      )}
    </Table.Th>
  );
}

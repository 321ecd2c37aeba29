import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Output } from '../../../electron/contract.ts';
import type { RunTableData, TableRow } from '../../data/run-table.ts';
import { useAfterFirst } from '../../data/use-turns.ts';
import type { Column, SortKey } from '../../lib/run-columns.ts';
import { type Place, placesOf, runsBetween } from '../../lib/table-places.ts';
import type { RowActs } from './cells.tsx';
import { GroupRow } from './group-row.tsx';
import { BaselineRow, RunRow } from './run-row.tsx';
import classes from './run-table.module.css';
import { TableHead } from './table-head.tsx';

const ROW_HEIGHT = 54;
/** Rows kept ready on either side, which the first drawing does without. */
const OVERSCAN = 8;
/** Pixels of the window that the table leaves to what is above it, as its stylesheet says. */
const ABOVE = 250;
/** Marks, name and menu. */
const FIXED_WIDTH = 64 + 230 + 40;

/** A table whose rows take the focus and are selected: what ARIA calls a grid. */
const GRID = { role: 'grid', 'aria-multiselectable': true } as const;

/** What the keyboard asks for at a run, beyond moving about. */
export interface TableKeys {
  readonly open: (runId: string) => void;
  readonly leave: () => void;
  /** A key pressed at a run; the runs are those selected, or that one. @returns whether it meant something */
  readonly act: (key: string, runIds: readonly string[], row: TableRow) => boolean;
}

interface Props {
  readonly answer: Output<'runs.query'>;
  readonly data: RunTableData;
  readonly columns: readonly Column[];
  readonly sort: readonly SortKey[];
  readonly onSort: (field: Column['field'], add: boolean) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (runIds: ReadonlySet<string>) => void;
  readonly acts: RowActs;
  readonly keys: TableKeys;
  readonly baseline: TableRow | null;
  readonly tableRef: React.RefObject<HTMLDivElement | null>;
}

/** All runs that fit; only those in sight are drawn and fetched. One row at a time takes the focus. */
export function RunTable(props: Props): React.JSX.Element {
  const { answer, data, columns, sort, onSort, selected, onSelect, acts, keys, baseline, tableRef } = props;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const places = useMemo(
    () => placesOf(answer.runIds, answer.groups, opened),
    [answer.runIds, answer.groups, opened],
  );
  const [current, setCurrent] = useState<string | null>(null);
  const wantsFocus = useRef(false);
  const at = Math.max(
    0,
    places.findIndex(({ key }) => key === current),
  );
  const isTime = useAfterFirst();
  const rows = useVirtualizer({
    count: places.length,
    getScrollElement: () => tableRef.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => places[index]?.key ?? index,
    overscan: isTime ? OVERSCAN : 1,
    // Rows are drawn with the table instead of after it was measured.
    initialRect: { width: 0, height: window.innerHeight - ABOVE },
    scrollPaddingStart: 40 + (baseline ? ROW_HEIGHT : 0),
  });
  const items = rows.getVirtualItems();
  useSeen(data.see, places, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);

  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = tableRef.current?.querySelector<HTMLElement>('tr[data-current]');
    if (!row) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });

  const goTo = (index: number): void => {
    const next = places[Math.max(0, Math.min(places.length - 1, index))];
    if (!next) return;
    wantsFocus.current = true;
    setCurrent(next.key);
    rows.scrollToIndex(places.indexOf(next), { align: 'auto' });
  };
  const toggleGroup = useCallback((key: string) => {
    setOpened((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  const newest = useRef({ selected, onSelect });
  useEffect(() => {
    newest.current = { selected, onSelect };
  });
  const toggle = useCallback((ids: readonly string[]) => {
    const next = new Set(newest.current.selected);
    const all = ids.every((id) => next.has(id));
    for (const id of ids) all ? next.delete(id) : next.add(id);
    newest.current.onSelect(next);
  }, []);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    // Keys belong to fields, menus and buttons first.
    if (target.closest('input:not([type=checkbox]), textarea, [role=menu], [role=dialog]')) return;
    const onControl = target.closest('a, button, input') !== null;
    if (onControl && (event.key === 'Enter' || event.key === ' ')) return;
    if (!handleKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  function handleKey({ key, shiftKey, altKey, ctrlKey, metaKey }: React.KeyboardEvent): boolean {
    const place = places[at];
    if (ctrlKey || metaKey) {
      if (key !== 'a') return false;
      onSelect(new Set(answer.runIds));
      return true;
    }
    const row = place?.kind === 'run' ? data.rowAt(place.row) : null;
    const meant = selected.size > 0 ? [...selected] : row ? [row.run.id] : [];
    if (altKey) return row !== null && keys.act(`Alt+${key}`, meant, row);
    const step = STEPS[key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(places.length - 1, at + step));
      if (shiftKey) onSelect(new Set([...selected, ...runsBetween(places, at, next)]));
      goTo(next);
      return true;
    }
    switch (key) {
      case 'Home':
        goTo(0);
        return true;
      case 'End':
        goTo(places.length - 1);
        return true;
      case 'Escape':
        if (selected.size > 0) onSelect(new Set());
        else keys.leave();
        return true;
      case 'Enter':
      case 'o':
        if (place?.kind === 'group') toggleGroup(place.group.key);
        else if (row) keys.open(row.run.id);
        return true;
      case 'x':
      case ' ':
        if (place) toggle(place.kind === 'group' ? place.group.runIds : [place.key]);
        return true;
      case 'ArrowRight':
      case 'ArrowLeft':
        if (place?.kind !== 'group' || opened.has(place.group.key) === (key === 'ArrowRight')) return false;
        toggleGroup(place.group.key);
        return true;
      default:
        return row !== null && keys.act(key, meant, row);
    }
  }

  const before = items[0]?.start ?? 0;
  const after = rows.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = FIXED_WIDTH + columns.reduce((sum, column) => sum + column.width, 0);
  return (
    <div ref={tableRef} className={classes.scroller}>
      <table
        {...GRID}
        onKeyDown={onKeyDown}
        className={classes.table}
        style={{ minWidth: width }}
        aria-rowcount={places.length + 1}
        aria-label="Runs"
      >
        <TableHead
          columns={columns}
          sort={sort}
          onSort={onSort}
          runIds={answer.runIds}
          selected={selected}
          onSelect={onSelect}
        />
        <tbody>
          {baseline && <BaselineRow row={baseline} columns={columns} acts={acts} />}
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map(({ index, key }) => {
            const place = places[index];
            if (!place) return null;
            const shared = {
              place: index + 2,
              columns,
              current: index === at,
              onFocus: setCurrent,
              onToggle: toggle,
            };
            if (place.kind === 'group') {
              return (
                <GroupRow
                  key={key}
                  {...shared}
                  group={place.group}
                  opened={opened.has(place.group.key)}
                  selected={place.group.runIds.every((id) => selected.has(id))}
                  onOpen={toggleGroup}
                />
              );
            }
            return (
              <RunRow
                key={key}
                {...shared}
                id={place.key}
                row={data.rowAt(place.row)}
                selected={selected.has(place.key)}
                pinned={answer.baselineId === place.key}
                inset={answer.groups.length > 0}
                acts={acts}
              />
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  J: 1,
  ArrowUp: -1,
  k: -1,
  K: -1,
  PageDown: 10,
  PageUp: -10,
};

/** Asks for the rows between the first and the last place in sight. */
function useSeen(see: RunTableData['see'], places: readonly Place[], first: number, last: number): void {
  const shown = places.slice(first, last + 1).flatMap((place) => (place.kind === 'run' ? [place.row] : []));
  const [from, to] = [shown[0] ?? 0, shown.at(-1) ?? 0];
  useEffect(() => see(from, to), [see, from, to]);
}

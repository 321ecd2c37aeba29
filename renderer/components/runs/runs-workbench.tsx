import { Button, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { TableField } from '../../../electron/contract/run-table.ts';
import { useContract } from '../../data/queries.ts';
import { type RunTableData, type TableRow, useRunTable } from '../../data/run-table.ts';
import { useRunTableView } from '../../data/run-table-view.ts';
import { formatPlural } from '../../lib/format.ts';
import { toggleTerm, toggleValue } from '../../lib/query-text.ts';
import { columnOf, nextSort } from '../../lib/run-columns.ts';
import { AfterFirst } from '../common/after-first.tsx';
import { ErrorNotice } from '../common/error-notice.tsx';
import { Loading } from '../common/loading.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import { ArchivedChoice } from './archived-choice.tsx';
import type { RowActs } from './cells.tsx';
import { ColumnChoice } from './column-choice.tsx';
import { useComparing } from './compare-selected.tsx';
import { ExportMenu } from './export-menu.tsx';
import { GroupChoice } from './group-choice.tsx';
import { NoRuns } from './no-runs.tsx';
import { NotesDialog } from './notes-dialog.tsx';
import { QueryBox } from './query-box.tsx';
import { QuickFilters } from './quick-filters.tsx';
import { RunTable, type TableKeys } from './run-table.tsx';
import classes from './runs-workbench.module.css';
import { differencesAddress, SelectionBar } from './selection-bar.tsx';
import { TableKeysHelp } from './table-keys.tsx';
import { TagsDialog } from './tags-dialog.tsx';
import { useBulk } from './use-bulk.tsx';
import { usePin } from './use-pin.ts';
import { useQueueMoves } from './use-queue-moves.ts';
import { ViewMenu } from './view-menu.tsx';

const NO_FIELDS: readonly TableField[] = [];
const TYPING_MS = 150;

type Dialog = {
  readonly kind: 'tags' | 'notes';
  readonly rows: readonly TableRow[];
  readonly runIds: readonly string[];
};

/** The table of runs with everything that chooses what it shows and acts on it. */
export function RunsWorkbench(): React.JSX.Element {
  const view = useRunTableView();
  const fields = useContract('runs.fields', {}).data ?? NO_FIELDS;
  const byName = useMemo(() => new Map(fields.map((field) => [field.name, field])), [fields]);
  const columns = useMemo(
    () =>
      view.columns
        .split(',')
        .map((name) => columnOf(name, byName))
        .filter((column) => column !== null),
    [view.columns, byName],
  );
  const names = columns.map(({ field }) => field.name);
  const [query] = useDebouncedValue(view.query, TYPING_MS);
  const { archived, sort, groupBy } = view;
  const data = useRunTable({ query, archived, sort: [...sort], groupBy, columns: names });
  const { answer, error } = data;
  const pin = usePin();
  const baselineId = answer?.baselineId ?? null;
  const baseline = useBaselineRow(baselineId, names);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // Runs that the filter took away are no longer meant.
  const selected = useMemo(
    () => new Set(answer ? answer.runIds.filter((id) => chosen.has(id)) : []),
    [answer, chosen],
  );
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const { bulk, undoLast } = useBulk();
  const move = useQueueMoves();
  const compare = useComparing();

  const focusTable = useCallback(
    () => table.current?.querySelector<HTMLElement>('tr[data-current]')?.focus(),
    [],
  );
  const sought = useRef(false);
  const goToBox = (): void => {
    if (box.current) box.current.focus();
    else sought.current = true;
  };
  // The keys go on where they were.
  const closeDialog = (): void => {
    setDialog(null);
    requestAnimationFrame(focusTable);
  };
  useHotkeys([
    ['/', goToBox],
    ['j', focusTable],
    ['k', focusTable],
    ['z', undoLast],
    ['mod+z', undoLast],
  ]);

  const acts = useStable<RowActs>({
    filter: (field, value) =>
      view.setQuery(
        field === 'tag' ? toggleTerm(view.query, `tag:${value}`) : toggleValue(view.query, field, value),
      ),
    star: (run) => bulk([run.id], { kind: 'star', starred: !run.starred }),
    move,
  });
  const rowsOf = (ids: readonly string[]): TableRow[] => readRows(data, answer?.runIds ?? [], new Set(ids));
  const keys: TableKeys = {
    open: (runId) => void navigate(`/runs/${runId}`),
    leave: () => box.current?.focus(),
    act: (key, runIds, row) => {
      switch (key) {
        case 's':
          bulk(runIds, { kind: 'star', starred: !row.run.starred });
          return true;
        case 'e':
          bulk(runIds, { kind: 'archive', archived: !row.run.archived });
          return true;
        case 't':
          setDialog({ kind: 'tags', rows: rowsOf(runIds), runIds });
          return true;
        case 'n':
          setDialog({ kind: 'notes', rows: [row], runIds: [row.run.id] });
          return true;
        case 'b':
          pin(baselineId === row.run.id ? null : row.run.id);
          return true;
        case 'd':
          void navigate(differencesAddress(runIds));
          return true;
        case 'c':
          compare(runIds);
          return true;
        case 'Delete':
        case '#':
          bulk(runIds, { kind: 'remove' });
          return true;
        case 'Alt+ArrowUp':
        case 'Alt+ArrowDown':
          move(row.run, key.endsWith('Up') ? 'up' : 'down');
          return true;
        default:
          return false;
      }
    },
  };

  if (!answer) {
    // An address may name a field to group or sort by that no run has, and there is no table to change it in.
    if (error?.name === 'UnknownField') {
      const usual = new URLSearchParams({ q: view.query, archived });
      return (
        <ErrorNotice
          error={error}
          onRetry={() => void navigate({ search: String(usual) })}
          retryLabel="Show the runs without groups, newest first"
        />
      );
    }
    if (error && error.name !== 'InvalidQuery') return <ErrorNotice error={error} onRetry={data.retry} />;
    if (!error) return <Loading what="the runs" />;
  }
  if (answer && answer.total === 0 && view.query === '' && archived === 'hide') return <NoRuns />;
  const shown = rowsOf([...selected]);
  return (
    <Stack gap="sm">
      <AfterFirst soon fallback={<div className={classes.tools} />}>
        <div className={classes.tools}>
          <Group gap="xs" align="flex-start">
            <QueryBox
              value={view.query}
              onChange={view.setQuery}
              fields={fields}
              error={error}
              inputRef={box}
              sought={sought}
              onLeave={focusTable}
            />
            <GroupChoice fields={fields} value={groupBy} onChange={view.setGroupBy} />
            <ColumnChoice fields={fields} columns={names} onChange={view.setColumns} />
            <ViewMenu />
          </Group>
          <Group gap="sm" mih={30}>
            {selected.size > 0 ? (
              <SelectionBar
                runIds={[...selected]}
                starred={shown.length > 0 && shown.every(({ run }) => run.starred)}
                archived={shown.length > 0 && shown.every(({ run }) => run.archived)}
                onBulk={(action) => bulk([...selected], action)}
                onTag={() => setDialog({ kind: 'tags', rows: shown, runIds: [...selected] })}
                onClear={() => setChosen(new Set())}
              />
            ) : (
              <>
                <QuickFilters query={view.query} onChange={view.setQuery} />
                <ArchivedChoice value={archived} onChange={view.setArchived} />
              </>
            )}
            <Group gap={8} ml="auto">
              <Text size="sm" c="dimmed" aria-live="polite">
                {answer && formatPlural(answer.total, 'run')}
              </Text>
              <ExportMenu runIds={selected.size > 0 ? [...selected] : (answer?.runIds ?? [])} />
              <TableKeysHelp />
            </Group>
          </Group>
        </div>
      </AfterFirst>
      {error && error.name !== 'InvalidQuery' && <ErrorNotice error={error} onRetry={data.retry} />}
      <Panel bare>
        {answer && answer.total > 0 ? (
          <RunTable
            answer={answer}
            data={data}
            columns={columns}
            sort={sort}
            onSort={(field, add) => view.setSort(nextSort(sort, field, add))}
            selected={selected}
            onSelect={setChosen}
            acts={acts}
            keys={keys}
            baseline={baseline}
            tableRef={table}
          />
        ) : (
          <NothingFits
            mistaken={error !== null}
            archived={archived}
            onShowAll={() => {
              view.setQuery('');
              view.setArchived('show');
            }}
          />
        )}
      </Panel>
      {answer?.protocol && columns.some(({ field }) => field.section === 'evaluation') && (
        <Text size="xs" c="dimmed">
          Evaluations are of one protocol, so that they may be compared: {answer.protocol.title}.
        </Text>
      )}
      {dialog?.kind === 'tags' && (
        <TagsDialog runs={dialog.rows.map(({ run }) => run)} runIds={dialog.runIds} onClose={closeDialog} />
      )}
      {dialog?.kind === 'notes' && dialog.rows[0] && (
        <NotesDialog run={dialog.rows[0].run} onClose={closeDialog} />
      )}
    </Stack>
  );
}

/** The same object for good, with the newest functions behind it: rows need not be drawn anew for them. */
function useStable<T extends object>(newest: T): T {
  const held = useRef(newest);
  held.current = newest;
  return useMemo(() => {
    const call =
      (name: keyof T) =>
      (...args: unknown[]): unknown =>
        (held.current[name] as (...args: unknown[]) => unknown)(...args);
    return Object.fromEntries(Object.keys(held.current).map((name) => [name, call(name as keyof T)])) as T;
  }, []);
}

/** The pinned run's row with the same columns, whatever the filter. */
function useBaselineRow(baselineId: string | null, columns: readonly string[]): TableRow | null {
  const { data } = useContract(
    'runs.query',
    { query: `id=${baselineId ?? ''}`, archived: 'show', columns: [...columns], limit: 1 },
    { enabled: baselineId !== null, keepPrevious: true },
  );
  const row = data?.rows[0];
  return row && row.run.id === baselineId && columns.length === row.cells.length ? row : null;
}

/** Those of the runs that were read; the others are far out of sight. */
function readRows(data: RunTableData, runIds: readonly string[], wanted: ReadonlySet<string>): TableRow[] {
  return runIds.flatMap((id, place) => {
    const row = wanted.has(id) ? data.rowAt(place) : null;
    return row ? [row] : [];
  });
}

const ELSEWHERE = {
  hide: 'Take a word or a filter away, or look among the archived runs.',
  show: 'Take a word or a filter away.',
  only: 'Take a word or a filter away, or look among the runs that are not archived.',
} as const;

interface NothingProps {
  /** Whether the filter was not understood. */
  readonly mistaken: boolean;
  /** Which runs were looked through. */
  readonly archived: keyof typeof ELSEWHERE;
  readonly onShowAll: () => void;
}

function NothingFits({ mistaken, archived, onShowAll }: NothingProps): React.JSX.Element {
  return (
    <Teaching
      icon={IconSearch}
      title={mistaken ? 'The filter is not understood' : 'No run fits'}
      actions={
        <Button variant="default" onClick={onShowAll}>
          Show all runs
        </Button>
      }
    >
      {mistaken ? 'What is wrong with it stands below it.' : ELSEWHERE[archived]}
    </Teaching>
  );
}

/** What the table of runs shows: kept in the address, and remembered for the next visit. */
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { DEFAULT_COLUMNS, type SortKey, sortFromText, sortToText, WIDE_COLUMNS } from '../lib/run-columns.ts';
import { ARCHIVED, WIDE } from '../lib/run-table-question.ts';
import { firstRows, rememberedView, rememberView } from './first-question.ts';
import { askEarly } from './queries.ts';
import { useUrlChoice, useUrlText } from './url-state.ts';

export interface RunTableView {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  readonly archived: (typeof ARCHIVED)[number];
  readonly setArchived: (archived: (typeof ARCHIVED)[number]) => void;
  readonly sort: readonly SortKey[];
  readonly setSort: (sort: readonly SortKey[]) => void;
  readonly groupBy: string | null;
  readonly setGroupBy: (field: string | null) => void;
  /** Names of fields, joined by commas. */
  readonly columns: string;
  /** null takes the usual ones. */
  readonly setColumns: (columns: readonly string[] | null) => void;
}

export function useRunTableView(): RunTableView {
  // At once: what was asked for early must be what is asked for first.
  const wide = useMediaQuery(WIDE, undefined, { getInitialValueInEffect: false }) ?? false;
  const [query, setQuery] = useUrlText('q');
  const [archived, setArchived] = useUrlChoice('archived', ARCHIVED);
  const [sort, setSort] = useUrlText('sort');
  const [groupBy, setGroupBy] = useUrlText('group');
  const [columns, setColumns] = useUrlText('cols');
  return {
    query: query ?? '',
    setQuery,
    archived,
    setArchived,
    sort: sortFromText(sort),
    setSort: (next) => setSort(sortToText(next)),
    groupBy,
    setGroupBy,
    columns: columns ?? (wide ? WIDE_COLUMNS : DEFAULT_COLUMNS).join(','),
    setColumns: (next) => setColumns(next === null ? null : next.join(',')),
  };
}

/** A host that is slower is waited for on the page itself. */
const PATIENCE_MS = 250;

/** Asks what the table will ask first, so that it is drawn once, with its rows. */
export async function askForRuns({ request }: { readonly request: Request }): Promise<null> {
  const rows = askEarly('runs.query', firstRows(new URL(request.url).search));
  const fields = askEarly('runs.fields', {});
  await Promise.race([
    Promise.allSettled([rows, fields]),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ]);
  return null;
}

/**
 * An address without a view takes the last one; every change is kept for the next visit.
 * @returns the search to go to before anything is shown, or null
 */
export function useLastView(): string | null {
  const { search } = useLocation();
  const arrived = useRef(false);
  const last = arrived.current || search !== '' ? '' : rememberedView();
  useEffect(() => {
    if (last !== '') return;
    arrived.current = true;
    rememberView(search === '?' ? '' : search);
  }, [last, search]);
  return last || null;
}

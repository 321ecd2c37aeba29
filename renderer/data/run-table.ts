/** The table of runs, asked for page by page: only what is in sight is fetched. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Output } from '../../electron/contract.ts';
import { call, type HostError } from '../api.ts';
import { PAGE, pageOf, type TableQuestion } from '../lib/run-table-question.ts';
import { queryKey, useContract } from './queries.ts';

type Answer = Output<'runs.query'>;
export type TableRow = Answer['rows'][number];
export type TableGroup = Answer['groups'][number];

export interface RunTableData {
  /** Null until the first answer. */
  readonly answer: Answer | null;
  /** Why the newest question has no answer; the table shows the last one that has. */
  readonly error: HostError | null;
  readonly retry: () => void;
  /** The row at a place of `runIds`, or null while it is on its way. */
  readonly rowAt: (place: number) => TableRow | null;
  /** Fetches what these places show. */
  readonly see: (first: number, last: number) => void;
}

export function useRunTable(question: TableQuestion): RunTableData {
  const first = useContract('runs.query', pageOf(question, 0), { keepPrevious: true });
  const [shown, setShown] = useState<Answer | null>(null);
  if (first.data && first.data !== shown) setShown(first.data);
  const [pages, setPages] = useState<readonly number[]>([]);
  const asked = useRef('');
  const answers = useQueries({
    queries: pages.map((page) => {
      const input = pageOf(question, page);
      return {
        queryKey: queryKey('runs.query', input),
        queryFn: ({ signal }: { signal: AbortSignal }) => call('runs.query', input, signal),
      };
    }),
  });
  const rows = useMemo(() => {
    const byPage = new Map<number, readonly TableRow[]>(shown ? [[0, shown.rows]] : []);
    pages.forEach((page, i) => {
      const { data } = answers[i] ?? {};
      if (data) byPage.set(page, data.rows);
    });
    return byPage;
  }, [shown, pages, answers]);
  const rowAt = useCallback(
    (place: number) => rows.get(Math.floor(place / PAGE))?.[place % PAGE] ?? null,
    [rows],
  );
  const see = useCallback((from: number, to: number) => {
    const wanted: number[] = [];
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page++) {
      if (page > 0) wanted.push(page);
    }
    if (wanted.join() === asked.current) return;
    asked.current = wanted.join();
    setPages(wanted);
  }, []);
  return {
    answer: first.data ?? shown,
    error: first.error,
    retry: () => void first.refetch(),
    rowAt,
    see,
  };
}

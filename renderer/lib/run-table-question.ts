/** What the table of runs asks for. It needs no parser of the contract: the first question goes out while they load. */
import type { Input } from '../../electron/contract.ts';
import { columnOf, DEFAULT_COLUMNS, sortFromText, WIDE_COLUMNS } from './run-columns.ts';

export const ARCHIVED = ['hide', 'show', 'only'] as const;
/** Where there is room for more columns. */
export const WIDE = '(min-width: 1500px)';

/** Rows asked for at a time. */
export const PAGE = 25;

export type TableQuestion = Omit<Input<'runs.query'>, 'offset' | 'limit'>;

/** @param page counted from 0 */
export const pageOf = (question: TableQuestion, page: number): Input<'runs.query'> => ({
  ...question,
  offset: page * PAGE,
  limit: PAGE,
});

/**
 * The question with which a visit begins.
 * @param search of the address, with or without its question mark
 * @param remembered the last visit's, for an address without one
 */
export function firstQuestion(search: string, remembered: string, wide: boolean): Input<'runs.query'> {
  const view = new URLSearchParams(search || remembered);
  const columns = view.get('cols') ?? (wide ? WIDE_COLUMNS : DEFAULT_COLUMNS).join(',');
  return pageOf(
    {
      query: view.get('q') ?? '',
      archived: ARCHIVED.find((one) => one === view.get('archived')) ?? 'hide',
      sort: sortFromText(view.get('sort')),
      groupBy: view.get('group'),
      columns: columns.split(',').filter((name) => columnOf(name, new Map()) !== null),
    },
    0,
  );
}

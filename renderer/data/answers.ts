import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import type { Input, Output } from '../../electron/contract.ts';
import { call, type HostError } from '../api.ts';

/** Few, so that the first of them are shown soon and the next are read between two frames. */
const PAGE = 16;

type Page = Output<'compare.answers'>;

/** The same prompts' answers, fetched as far as they are read. */
export function useAnswers(
  input: Omit<Input<'compare.answers'>, 'offset' | 'limit'>,
): UseInfiniteQueryResult<InfiniteData<Page, number>, HostError> {
  return useInfiniteQuery<Page, HostError, InfiniteData<Page, number>, unknown[], number>({
    queryKey: ['compare.answers', input],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      call('compare.answers', { ...input, offset: pageParam, limit: PAGE }, signal),
    getNextPageParam: (last, pages) => {
      const read = pages.reduce((sum, page) => sum + page.rows.length, 0);
      return last.rows.length > 0 && read < last.total ? read : undefined;
    },
  });
}

import type { UseQueryResult } from '@tanstack/react-query';
import type { HostError } from '../../api.ts';
import { ErrorNotice } from './error-notice.tsx';
import { Loading } from './loading.tsx';

interface Props<T> {
  readonly query: UseQueryResult<T, HostError>;
  /** Completes "Loading …". */
  readonly what: string;
  readonly children: (data: T) => React.ReactNode;
}

/** What a query answered; until then that it is loading, or why it failed. */
export function Answered<T>({ query, what, children }: Props<T>): React.ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading what={what} />;
}

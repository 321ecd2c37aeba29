import type { UseQueryResult } from '@tanstack/react-query';
import type { HostError } from '../../api.ts';
import { ErrorNotice } from './error-notice.tsx';
import { ButtonLink } from './link.tsx';
import { Loading } from './loading.tsx';
import { Page } from './page.tsx';

interface Props<T> {
  readonly query: UseQueryResult<T, HostError>;
  /** What the page is about: "Run". */
  readonly title: string;
  /** Where all of these are listed, for whoever followed an old link. */
  readonly list: { readonly to: string; readonly label: string };
  readonly children: (data: T) => React.ReactNode;
}

/** A page about one thing that must be asked for first, and may be gone. */
export function AnsweredPage<T>({ query, title, list, children }: Props<T>): React.ReactNode {
  if (query.data !== undefined) return children(query.data);
  return (
    <Page
      title={title}
      actions={
        <ButtonLink to={list.to} variant="default">
          {list.label}
        </ButtonLink>
      }
    >
      {query.error ? (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading what={`the ${title.toLowerCase()}`} />
      )}
    </Page>
  );
}

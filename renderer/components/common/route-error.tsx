import { Stack } from '@mantine/core';
import { useRouteError } from 'react-router';
import { ErrorNotice } from './error-notice.tsx';

/** Shown in place of a page that could not be loaded or drawn. */
export function RouteError(): React.JSX.Element {
  const thrown = useRouteError();
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return (
    <Stack p="xl" maw={720}>
      <ErrorNotice error={error} onRetry={() => window.location.reload()} />
    </Stack>
  );
}

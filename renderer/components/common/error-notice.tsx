import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { HostError } from '../../api.ts';
import { Prose } from './prose.tsx';

interface Props {
  readonly error: Error;
  readonly onRetry?: () => void;
  /** Where trying the same again would not help. */
  readonly retryLabel?: string;
}

/** What went wrong and what to do about it. */
export function ErrorNotice({ error, onRetry, retryLabel = 'Try again' }: Props): React.JSX.Element {
  const wayOut =
    error instanceof HostError
      ? error.wayOut
      : 'This is a fault of the application. Reload the page; if it comes back, report the message above.';
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={error.message} role="alert">
      <Text size="sm">
        <Prose text={wayOut} />
      </Text>
      {onRetry && (
        <Button mt="sm" size="xs" variant="light" color="red" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
    </Alert>
  );
}

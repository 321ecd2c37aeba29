import { Alert, Button, Spoiler, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Output } from '../../../electron/contract.ts';
import { useRunActs } from '../runs/use-run-acts.ts';

/** Why a run ended before its end, what the trainer last wrote, and the way on. */
export function RunEnd({ detail }: { readonly detail: Output<'runs.get'> }): React.JSX.Element | null {
  const { run, lastOutput } = detail;
  const { act, busy } = useRunActs();
  if (run.state !== 'interrupted' && run.state !== 'failed') return null;
  const interrupted = run.state === 'interrupted';
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={interrupted ? 'The trainer died during this run.' : 'The run could not go on.'}
    >
      <Text size="sm">{run.reason ?? 'No reason was recorded.'}</Text>
      <Text size="sm" mt={4}>
        {interrupted
          ? 'Nothing recorded so far is lost. Resume goes on from the last checkpoint, or from the start where there is none.'
          : 'Once the cause is out of the way, resume goes on from the last checkpoint.'}
      </Text>
      {lastOutput && (
        <Spoiler maxHeight={90} showLabel="Show all of the last output" hideLabel="Show less" mt="sm">
          <Text size="xs" c="dimmed" mb={2}>
            Last output of the trainer
          </Text>
          <div className="reading">{lastOutput}</div>
        </Spoiler>
      )}
      <Button mt="sm" size="xs" disabled={busy} onClick={() => act('resume', run.id)}>
        Resume from the last checkpoint
      </Button>
    </Alert>
  );
}

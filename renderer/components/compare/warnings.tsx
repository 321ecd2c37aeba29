import { Alert, Button, List, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { Output } from '../../../electron/contract.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useMissingEvaluations } from '../../data/missing-evaluations.ts';
import { formatPlural } from '../../lib/format.ts';

/** Why some evaluations stand apart, and a way to make up for those that are missing. */
export function Warnings({
  data,
}: {
  readonly data: Output<'compare.checkpoints'>;
}): React.JSX.Element | null {
  const { plan, queue, busy } = useMissingEvaluations(data);
  if (data.warnings.length === 0 && plan.length === 0) return null;
  const start = (): void => {
    queue()
      .then((count) => showDone(`${formatPlural(count, 'evaluation')} queued.`))
      .catch(showError);
  };
  return (
    <Alert color="yellow" icon={<IconInfoCircle aria-hidden />} title="Not everything here can be compared.">
      {data.warnings.length === 1 ? (
        <Text size="sm">{data.warnings[0]}</Text>
      ) : (
        <List size="sm">
          {data.warnings.map((warning) => (
            <List.Item key={warning}>{warning}</List.Item>
          ))}
        </List>
      )}
      {plan.length > 0 && (
        <>
          <Text size="sm" mt="xs">
            Missing:{' '}
            {plan
              .map(({ checkpointName, likeRunName }) => `${checkpointName} as in ${likeRunName}`)
              .join('; ')}
            .
          </Text>
          <Button mt="sm" size="xs" loading={busy} onClick={start}>
            Queue {formatPlural(plan.length, 'missing evaluation')}
          </Button>
        </>
      )}
    </Alert>
  );
}

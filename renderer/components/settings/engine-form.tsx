import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AppInfo, Diagnosis } from '../../../electron/contract/app.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { queryKey, useCommand } from '../../data/queries.ts';
import { EngineText } from '../common/engine-text.tsx';

interface Props {
  readonly info: AppInfo;
  readonly choices: Diagnosis['engines'];
}

/** Which engine the next run asks for, and what the last one took. */
export function EngineForm({ info, choices }: Props): React.JSX.Element {
  const [request, setRequest] = useState(info.engineRequest);
  const [threads, setThreads] = useState<number>(info.threads);
  const client = useQueryClient();
  const setEngine = useCommand('app.setEngine');
  const data: readonly { value: AppInfo['engineRequest']; label: string }[] = [
    { value: 'auto', label: 'The best there is' },
    ...choices.map(({ name, available }) => ({
      value: name,
      label: available ? name : `${name} (not available here)`,
    })),
  ];
  const changed = request !== info.engineRequest || threads !== info.threads;
  return (
    <Stack gap="md">
      {info.engine ? (
        <div>
          <Text size="xs" c="dimmed">
            The last run used
          </Text>
          <EngineText engine={info.engine} />
        </div>
      ) : (
        <Text size="sm" c="dimmed">
          No run has chosen an engine yet. It is chosen when the first one starts, and the reason is shown
          here.
        </Text>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setEngine.mutate(
            { engineRequest: request, threads },
            {
              onError: showError,
              onSuccess: (next) => {
                client.setQueryData(queryKey('app.info', {}), next);
                showDone('The next run will ask for this engine.');
              },
            },
          );
        }}
      >
        <Group align="flex-end" gap="sm">
          <Select
            label="Next runs ask for"
            allowDeselect={false}
            w={230}
            value={request}
            data={data}
            onChange={(value) => setRequest(data.find((one) => one.value === value)?.value ?? 'auto')}
          />
          <NumberInput
            label="Threads"
            description="0: all cores"
            w={120}
            min={0}
            max={256}
            allowDecimal={false}
            value={threads}
            onChange={(value) => setThreads(Number(value) || 0)}
          />
          <Button type="submit" disabled={!changed} loading={setEngine.isPending}>
            Save
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

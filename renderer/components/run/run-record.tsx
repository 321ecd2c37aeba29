import { Alert, Button, Stack, Table, Text } from '@mantine/core';
import { IconCopy, IconRepeat } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import type { Run } from '../../../electron/contract/run.ts';
import type { Departure } from '../../../electron/contract/run-acts.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';
import { Answered } from '../common/answered.tsx';
import { PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';

/** What is needed to run it again, what of it is not as it was, and the way to do so. */
export function RunRecord({ run }: { readonly run: Run }): React.JSX.Element {
  const record = useContract('runs.diff', { runIds: [run.id], differencesOnly: false });
  return (
    <Stack gap="md">
      {run.origin === 'trained' && <AgainPanel run={run} />}
      <Panel
        title="Record"
        description="Kept when the run was made: what it learned from and what it ran on."
        flush
      >
        <Answered query={record} what="the record">
          {({ rows }) => (
            <Table horizontalSpacing="md" verticalSpacing={6} layout="fixed" aria-label="Record">
              <Table.Tbody>
                {rows
                  .filter(({ section }) => section !== 'settings')
                  .map(({ name, label, values }) => (
                    <Table.Tr key={name}>
                      <Table.Th scope="row" w="34%" fw={500}>
                        {label}
                      </Table.Th>
                      <Table.Td style={{ overflowWrap: 'anywhere' }}>
                        {values[0]?.kind === 'value' ? values[0].text : '–'}
                      </Table.Td>
                    </Table.Tr>
                  ))}
              </Table.Tbody>
            </Table>
          )}
        </Answered>
      </Panel>
    </Stack>
  );
}

function AgainPanel({ run }: { readonly run: Run }): React.JSX.Element {
  const departures = useContract('runs.departures', { runId: run.id });
  const again = useCommand('runs.again');
  const clone = useCommand('runs.clone');
  const navigate = useNavigate();
  const open = (made: Run, how: string): void => {
    showDone(`“${made.name}” was queued ${how}.`);
    void navigate(`/runs/${made.id}`);
  };
  return (
    <Panel
      title="Run again"
      actions={
        <>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCopy size={15} aria-hidden />}
            loading={clone.isPending}
            onClick={() =>
              clone.mutate(
                { runId: run.id },
                { onError: showError, onSuccess: (made) => open(made, 'with the same settings') },
              )
            }
          >
            Clone
          </Button>
          <Button
            size="xs"
            leftSection={<IconRepeat size={15} aria-hidden />}
            loading={again.isPending}
            onClick={() =>
              again.mutate(
                { runId: run.id },
                { onError: showError, onSuccess: ({ run: made }) => open(made, 'to run again exactly') },
              )
            }
          >
            Run again exactly
          </Button>
        </>
      }
    >
      <Answered query={departures} what="what changed since">
        {(list) => <Departures departures={list} />}
      </Answered>
      {run.againOf !== null && (
        <Text size="sm" c="dimmed" mt="sm">
          This run repeats <PageLink to={`/runs/${run.againOf}`}>an earlier one</PageLink>:{' '}
          <PageLink to={`/runs/differences?runs=${run.againOf},${run.id}`}>their differences</PageLink>.
        </Text>
      )}
    </Panel>
  );
}

function Departures({ departures }: { readonly departures: readonly Departure[] }): React.JSX.Element {
  if (departures.length === 0) {
    return (
      <Text size="sm">
        Its data, base, versions, engine and machine are as they were: the same seed gives the same numbers.
      </Text>
    );
  }
  const other = departures.some(({ kind }) => kind === 'other-data');
  return (
    <Alert
      color={other ? 'red' : 'yellow'}
      title={
        other
          ? 'It would learn from something else now, so it cannot be run again exactly.'
          : 'It can be run again; results may differ in the last digits, because these are not as they were.'
      }
    >
      <Table verticalSpacing={4} layout="fixed" aria-label="What is not as it was" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th>
            <Table.Th>Then</Table.Th>
            <Table.Th>Now</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {departures.map(({ name, recorded, now }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{recorded}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{now}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Alert>
  );
}

import { Badge, Button, Group, Table } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useState } from 'react';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Run } from '../../../electron/contract/run.ts';
import { showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';
import { useRemoved } from '../../data/removal.tsx';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { Ago } from '../common/ago.tsx';
import { Answered } from '../common/answered.tsx';
import { EditableName } from '../common/editable-name.tsx';
import { ButtonLink, PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import { ForkDialog } from './fork-dialog.tsx';

/** The checkpoints a run made: where others can start, be evaluated and compared. */
export function RunCheckpoints({ run }: { readonly run: Run }): React.JSX.Element {
  const checkpoints = useContract('checkpoints.list', {});
  const remove = useCommand('checkpoints.remove');
  const rename = useCommand('checkpoints.rename');
  const removed = useRemoved();
  const [forked, setForked] = useState<Checkpoint | null>(null);
  return (
    <Answered query={checkpoints} what="the checkpoints">
      {(all) => {
        const own = all.filter((checkpoint) => checkpoint.runId === run.id).sort((a, b) => b.step - a.step);
        if (own.length === 0) {
          return (
            <Panel>
              <Teaching icon={IconDatabase} title="No checkpoint yet">
                A run keeps one every so many steps (the setting “Checkpoint every”) and one at its end.
              </Teaching>
            </Panel>
          );
        }
        return (
          <Panel
            title="Checkpoints"
            flush
            actions={
              <ButtonLink size="xs" variant="default" to={`/compare?c=${own.map(({ id }) => id).join(',')}`}>
                Compare all of them
              </ButtonLink>
            }
          >
            <Table.ScrollContainer minWidth={760}>
              <Table horizontalSpacing="md" aria-label="Checkpoints of the run">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th className="number">Step</Table.Th>
                    <Table.Th>Name</Table.Th>
                    <Table.Th className="number">Size</Table.Th>
                    <Table.Th className="number">Evaluations</Table.Th>
                    <Table.Th>Created</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {own.map((checkpoint) => (
                    <Table.Tr key={checkpoint.id}>
                      <Table.Td className="number">{formatCount(checkpoint.step)}</Table.Td>
                      <Table.Td>
                        <Group gap={6} wrap="nowrap">
                          <EditableName
                            small
                            name={checkpoint.name}
                            what="checkpoint"
                            onRename={(name) =>
                              rename.mutate({ checkpointId: checkpoint.id, name }, { onError: showError })
                            }
                          />
                          {checkpoint.final && (
                            <Badge color="teal" miw="max-content">
                              final
                            </Badge>
                          )}
                        </Group>
                      </Table.Td>
                      <Table.Td className="number">{formatBytes(checkpoint.bytes)}</Table.Td>
                      <Table.Td className="number">
                        {checkpoint.evaluations > 0 ? (
                          <PageLink to={`/compare?c=${checkpoint.id}`}>
                            {formatCount(checkpoint.evaluations)}
                          </PageLink>
                        ) : (
                          '0'
                        )}
                      </Table.Td>
                      <Table.Td>
                        <Ago atMs={checkpoint.createdAtMs} />
                      </Table.Td>
                      <Table.Td className="number">
                        <Button.Group style={{ justifyContent: 'flex-end' }}>
                          <ButtonLink
                            size="compact-xs"
                            variant="default"
                            to={evaluateAddress(run, checkpoint.id)}
                          >
                            Evaluate
                          </ButtonLink>
                          <ButtonLink
                            size="compact-xs"
                            variant="default"
                            to={`/runs/new?stage=rmt&base=checkpoint:${checkpoint.id}${run.corpusId ? `&corpusId=${run.corpusId}` : ''}`}
                          >
                            Train from it
                          </ButtonLink>
                          {run.origin === 'trained' && (
                            <Button size="compact-xs" variant="default" onClick={() => setForked(checkpoint)}>
                              Branch off
                            </Button>
                          )}
                          <Button
                            size="compact-xs"
                            variant="default"
                            onClick={() =>
                              remove.mutate(
                                { checkpointId: checkpoint.id },
                                {
                                  onError: showError,
                                  onSuccess: () =>
                                    removed({ what: 'checkpoint', id: checkpoint.id, name: checkpoint.name }),
                                },
                              )
                            }
                          >
                            Remove
                          </Button>
                        </Button.Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {forked && <ForkDialog run={run} checkpoint={forked} onClose={() => setForked(null)} />}
          </Panel>
        );
      }}
    </Answered>
  );
}

function evaluateAddress(run: Run, checkpointId: string): string {
  const corpora = `${run.corpusId ? `&corpusId=${run.corpusId}` : ''}${run.questionsId ? `&questionsId=${run.questionsId}` : ''}`;
  return `/runs/new?stage=evaluate&base=checkpoint:${checkpointId}${corpora}`;
}

import { Table, Text } from '@mantine/core';
import { IconClipboardList } from '@tabler/icons-react';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { formatCount, formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import { budgetText, decodingText, familyTitle } from '../../lib/protocol-text.ts';
import { Answered } from '../common/answered.tsx';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';

/** What an evaluation run measured, one row for each protocol. */
export function EvaluationResults({ run }: { readonly run: Run }): React.JSX.Element {
  const evaluations = useContract('evaluations.list', {});
  return (
    <Answered query={evaluations} what="the results">
      {(all) => {
        const own = all.filter((evaluation) => evaluation.runId === run.id);
        const checkpointId = own[0]?.checkpointId;
        if (!checkpointId) {
          return (
            <Panel>
              <Teaching icon={IconClipboardList} title="No result yet">
                Each measurement shows here as soon as it is complete: next-token accuracy, restoration and
                questions, at every temperature and budget asked for.
              </Teaching>
            </Panel>
          );
        }
        return (
          <Panel
            title="Results"
            description="Means with 95% intervals, clustered by document."
            flush
            actions={<ButtonLink to={`/compare?c=${checkpointId}`}>Compare with others</ButtonLink>}
          >
            <Table.ScrollContainer minWidth={720}>
              <Table horizontalSpacing="md" aria-label="Results">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Measurement</Table.Th>
                    <Table.Th>Decoding</Table.Th>
                    <Table.Th className="number">n</Table.Th>
                    <Table.Th className="number">Score</Table.Th>
                    <Table.Th className="number">Thinking (tokens)</Table.Th>
                    <Table.Th className="number">Truncated</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {own.map(({ id, protocol, items, accuracy, thinkingLength, truncatedShare }) => (
                    <Table.Tr key={id}>
                      <Table.Td title={budgetText(protocol)}>{familyTitle(protocol)}</Table.Td>
                      <Table.Td>{decodingText(protocol)}</Table.Td>
                      <Table.Td className="number">{formatCount(items)}</Table.Td>
                      <Table.Td className="number">
                        <Mean parts={shareWithInterval(accuracy.all)} />
                      </Table.Td>
                      <Table.Td className="number">
                        {thinkingLength ? <Mean parts={valueWithInterval(thinkingLength)} /> : '–'}
                      </Table.Td>
                      <Table.Td className="number">
                        {protocol.mode === 'thinking' ? formatShare(truncatedShare) : '–'}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Panel>
        );
      }}
    </Answered>
  );
}

function Mean({
  parts,
}: {
  readonly parts: { readonly mean: string; readonly range: string };
}): React.JSX.Element {
  return (
    <>
      <strong>{parts.mean}</strong>{' '}
      <Text span size="xs" c="dimmed">
        {parts.range}
      </Text>
    </>
  );
}

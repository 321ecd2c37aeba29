import { Badge, Table, Text } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { ComparisonGroup } from '../../../electron/contract/comparisons.ts';
import type { Output } from '../../../electron/contract.ts';
import { useContract } from '../../data/queries.ts';
import { nameOf, placeOf, type TierQuery } from '../../lib/compare-view.ts';
import { decodingLabel } from '../../lib/comparison.ts';
import { formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { CheckpointCell } from './checkpoint-cell.tsx';
import classes from './compare.module.css';
import { Refusals } from './refusals.tsx';

interface Props {
  readonly group: ComparisonGroup;
  readonly checkpoints: readonly Checkpoint[];
  readonly tier: TierQuery;
}

type Point = Output<'compare.frontier'>['points'][number];

const SIGNIFICANT: Readonly<Record<Point['dominatedBy'][number]['significant'], string>> = {
  both: 'accuracy and length significant',
  accuracy: 'accuracy significant',
  length: 'length significant',
  none: 'not significant',
};

/** The Pareto set in figures: who is in it, how surely, and what beats the others. */
export function FrontierTable({ group, checkpoints, tier }: Props): React.JSX.Element {
  const frontier = useContract(
    'compare.frontier',
    { checkpointIds: checkpoints.map(({ id }) => id), protocolHash: group.protocolHash, tier },
    { keepPrevious: true },
  );
  const title = `Pareto set, ${decodingLabel(group.protocol).toLowerCase()}`;
  return (
    <Panel
      title={title}
      description="How often a checkpoint is in the set when documents are drawn anew, and which ones beat it in both; significance after Holm’s correction over all pairs, for accuracy and length together."
      flush
    >
      <Answered query={frontier} what="the Pareto set">
        {({ points, refused }) => (
          <>
            <Table.ScrollContainer minWidth={720}>
              <Table
                horizontalSpacing="sm"
                verticalSpacing={7}
                className={classes.table ?? ''}
                aria-label={title}
              >
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Checkpoint</Table.Th>
                    <Table.Th className="number">Accuracy</Table.Th>
                    <Table.Th className="number">Thinking (tokens)</Table.Th>
                    <Table.Th className="number">Truncated</Table.Th>
                    <Table.Th>Pareto set</Table.Th>
                    <Table.Th>Beaten by</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {points.map((point) => (
                    <PointRow key={point.checkpointId} point={point} checkpoints={checkpoints} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            <Refusals refused={refused} checkpoints={checkpoints} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

function PointRow({
  point,
  checkpoints,
}: {
  readonly point: Point;
  readonly checkpoints: readonly Checkpoint[];
}): React.JSX.Element {
  const { checkpointId, accuracy, length, truncatedShare, pareto, paretoShare, dominatedBy } = point;
  const [score, tokens] = [shareWithInterval(accuracy), valueWithInterval(length)];
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <CheckpointCell name={nameOf(checkpoints, checkpointId)} index={placeOf(checkpoints, checkpointId)} />
      </Table.Th>
      <Table.Td className="number">
        <strong>{score.mean}</strong>
        <span className={classes.range}>{score.range}</span>
      </Table.Td>
      <Table.Td className="number">
        {tokens.mean}
        <span className={classes.range}>{tokens.range}</span>
      </Table.Td>
      <Table.Td className="number">{formatShare(truncatedShare)}</Table.Td>
      <Table.Td>
        {pareto ? <Badge color="teal">in it</Badge> : <Badge color="gray">beaten</Badge>}
        <span className={classes.range}>in {formatShare(paretoShare, 0)} of draws</span>
      </Table.Td>
      <Table.Td>
        {dominatedBy.length === 0 ? (
          <Text span size="sm" c="dimmed">
            none
          </Text>
        ) : (
          dominatedBy.map(({ checkpointId: id, significant }) => (
            <div key={id}>
              {nameOf(checkpoints, id)} <span className={classes.range}>{SIGNIFICANT[significant]}</span>
            </div>
          ))
        )}
      </Table.Td>
    </Table.Tr>
  );
}

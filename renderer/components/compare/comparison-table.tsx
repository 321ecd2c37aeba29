import { Group, Table, Text } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import { type EvaluationSummary, otherScores } from '../../../electron/contract/comparisons.ts';
import type { Interval } from '../../../electron/contract/shapes.ts';
import { stageOf } from '../../lib/checkpoint-text.ts';
import {
  type ComparisonFamily,
  comparisonRows,
  decodingLabel,
  type TierChoice,
} from '../../lib/comparison.ts';
import { formatCount, formatNumber, formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import { Marker } from '../charts/markers.tsx';
import { Panel } from '../common/panel.tsx';
import classes from './compare.module.css';

interface Props {
  readonly family: ComparisonFamily;
  readonly checkpoints: readonly Checkpoint[];
  readonly tiers: readonly TierChoice[];
}

/** The figures behind the charts, with n and intervals; decodings of a checkpoint stand below each other. */
export function ComparisonTable({ family, checkpoints, tiers }: Props): React.JSX.Element {
  const rows = comparisonRows(family, checkpoints);
  const scores = otherScores(rows.flatMap((row) => row.evaluations.filter((one) => one !== null)));
  return (
    <Panel
      title={family.title}
      description="Mean with its 95% interval, clustered by document where items share one; n is the number of items."
      flush
    >
      <Table.ScrollContainer minWidth={860}>
        <Table
          horizontalSpacing="sm"
          verticalSpacing={7}
          className={classes.table ?? ''}
          aria-label={family.title}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Checkpoint</Table.Th>
              <Table.Th>Decoding</Table.Th>
              <Table.Th className="number">n</Table.Th>
              {family.thinking && <Table.Th className="number">Thinking (tokens)</Table.Th>}
              {family.thinking && <Table.Th className="number">Truncated</Table.Th>}
              {tiers.map((tier) => (
                <Table.Th key={tier} className="number">
                  {tier === 'all' ? 'All' : `${tier[0]?.toUpperCase()}${tier.slice(1)}`}
                </Table.Th>
              ))}
              {scores.map((name) => (
                <Table.Th key={name} className="number">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.flatMap(({ checkpoint, index, evaluations }) =>
              evaluations.map((evaluation, at) => {
                const group = family.groups[at];
                if (!group) return null;
                return (
                  <Table.Tr key={`${checkpoint.id} ${group.protocolHash}`}>
                    {at === 0 && (
                      <Table.Th scope="rowgroup" rowSpan={evaluations.length} fw={400}>
                        <CheckpointName checkpoint={checkpoint} index={index} />
                      </Table.Th>
                    )}
                    <Table.Td className="nowrap">{decodingLabel(group.protocol)}</Table.Td>
                    <Figures
                      evaluation={evaluation}
                      thinking={family.thinking}
                      tiers={tiers}
                      scores={scores}
                    />
                  </Table.Tr>
                );
              }),
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function CheckpointName({
  checkpoint,
  index,
}: {
  readonly checkpoint: Checkpoint;
  readonly index: number;
}): React.JSX.Element {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <Marker index={index} />
      <span>
        <Text size="sm" fw={560} maw={260} className="ellipsis" title={checkpoint.name}>
          {checkpoint.name}
        </Text>
        <Text size="xs" c="dimmed">
          {stageOf(checkpoint)}
        </Text>
      </span>
    </Group>
  );
}

interface FiguresProps {
  readonly evaluation: EvaluationSummary | null;
  readonly thinking: boolean;
  readonly tiers: readonly TierChoice[];
  readonly scores: readonly string[];
}

function Figures({ evaluation, thinking, tiers, scores }: FiguresProps): React.JSX.Element {
  if (!evaluation) {
    return (
      <Table.Td colSpan={1 + (thinking ? 2 : 0) + tiers.length + scores.length} c="dimmed">
        Not evaluated like this.
      </Table.Td>
    );
  }
  const length = evaluation.thinkingLength;
  return (
    <>
      <Table.Td className="number">
        {formatCount(evaluation.items)}
        <span className={classes.range}>{formatCount(evaluation.documents)} docs</span>
      </Table.Td>
      {thinking && (
        <Table.Td className="number">
          {length ? (
            <>
              {valueWithInterval(length).mean}
              <span className={classes.range}>{valueWithInterval(length).range}</span>
              <span className={classes.range}>median {formatNumber(length.median, 3)}</span>
            </>
          ) : (
            '–'
          )}
        </Table.Td>
      )}
      {thinking && <Table.Td className="number">{formatShare(evaluation.truncatedShare)}</Table.Td>}
      {tiers.map((tier) => (
        <ShareCell key={tier} interval={evaluation.accuracy[tier]} />
      ))}
      {scores.map((name) => (
        <ShareCell key={name} interval={evaluation.scores[name] ?? null} nats={name === 'logprob'} />
      ))}
    </>
  );
}

interface ShareCellProps {
  readonly interval: Interval | null;
  /** A log-probability, which is no share. */
  readonly nats?: boolean;
}

function ShareCell({ interval, nats = false }: ShareCellProps): React.JSX.Element {
  if (!interval) return <Table.Td className="number">–</Table.Td>;
  const { mean, range } = nats ? valueWithInterval(interval) : shareWithInterval(interval);
  return (
    <Table.Td className="number" title={`n = ${formatCount(interval.n)}`}>
      <strong>{mean}</strong>
      <span className={classes.range}>{range}</span>
    </Table.Td>
  );
}

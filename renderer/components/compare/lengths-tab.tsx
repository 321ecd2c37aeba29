import { Table } from '@mantine/core';
import type { Output } from '../../../electron/contract.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice } from '../../data/url-state.ts';
import { seriesColour } from '../../lib/colours.ts';
import { binText, type CompareView, keysOf, nameOf, placeOf, tierQuery } from '../../lib/compare-view.ts';
import { scoreExtent } from '../../lib/domain.ts';
import { formatCount, formatShare } from '../../lib/format.ts';
import { shareWithInterval } from '../../lib/interval-text.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import { Answered } from '../common/answered.tsx';
import { Later } from '../common/later.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import { CheckpointCell } from './checkpoint-cell.tsx';
import { CheckpointKeys } from './checkpoint-keys.tsx';
import classes from './compare.module.css';
import { Refusals } from './refusals.tsx';

const COUNTS = ['6', '3', '4', '8', '12', '20'] as const;

type Bins = Output<'compare.lengthBins'>;
type Cell = Bins['checkpoints'][number]['truncated'];

/** Accuracy by how long was thought; answers cut at the cap stand apart. */
export function LengthsTab({ view }: { readonly view: CompareView }): React.JSX.Element {
  const { checkpoints, group, tier } = view;
  const [count, setCount] = useUrlChoice('bins', COUNTS);
  const answer = useContract(
    'compare.lengthBins',
    {
      checkpointIds: checkpoints.map(({ id }) => id),
      protocolHash: group.protocolHash,
      tier: tierQuery(tier),
      count: Number(count),
    },
    { keepPrevious: true },
  );
  return (
    <Panel
      title="Accuracy by thinking length"
      description="Bins hold about equally many finished answers of all checkpoints together. What was cut at the cap gave no answer and stands apart, so that it does not pass for long thinking that failed. Bars are 95% intervals over documents."
      actions={
        <Select
          aria-label="Bins"
          size="xs"
          w={110}
          allowDeselect={false}
          value={count}
          onChange={(next) => next && setCount(next as (typeof COUNTS)[number])}
          data={COUNTS.toSorted((a, b) => Number(a) - Number(b)).map((value) => ({
            value,
            label: `${value} bins`,
          }))}
        />
      }
    >
      <Answered query={answer} what="the length bins">
        {(bins) => (
          <>
            <CheckpointKeys checkpoints={checkpoints} />
            <BinChart bins={bins} view={view} />
            <Later>
              <BinTable bins={bins} view={view} />
              <Refusals refused={bins.refused} checkpoints={checkpoints} />
            </Later>
          </>
        )}
      </Answered>
    </Panel>
  );
}

interface BinProps {
  readonly bins: Bins;
  readonly view: CompareView;
}

/** A share of fewer answers than this says little: its mark is small and no line leads through it. */
const FEW = 8;
/** Side by side within a bin, by how much. */
const SPREAD = 0.5;

function BinChart({ bins: { bins, checkpoints: rows }, view }: BinProps): React.JSX.Element {
  const { checkpoints, family } = view;
  const labels = [...bins.map(binText), 'cut'];
  const aside = (at: number): number => (rows.length < 2 ? 0 : (at / (rows.length - 1) - 0.5) * SPREAD);
  const points = rows.flatMap(({ checkpointId, cells, truncated }, at) =>
    [...cells, truncated].flatMap((cell, bin): ChartPoint[] =>
      cell.accuracy === null
        ? []
        : [
            {
              key: `${checkpointId} ${bin}`,
              label: `${nameOf(checkpoints, checkpointId)}, ${bin < bins.length ? `${labels[bin]} tokens` : 'cut at the cap'}`,
              index: placeOf(checkpoints, checkpointId),
              x: bin + aside(at),
              y: cell.accuracy.mean,
              yRange: [cell.accuracy.low, cell.accuracy.high],
              look: cell.n < FEW ? 'small' : 'full',
              rows: cellRows(cell, family.score),
            },
          ],
    ),
  );
  const axis = {
    domain: [-0.5, labels.length - 0.5] as const,
    ticks: labels.map((_, i) => i),
  };
  return (
    <PointChart
      title="Accuracy by length bin"
      summary={points.map(({ label, y }) => `${label}: ${formatShare(y)}`).join('; ')}
      keys={keysOf(checkpoints)}
      xLabel="thinking length (tokens)"
      yLabel={family.score}
      xAxis={axis}
      yAxis={roundAxis(
        ...scoreExtent(rows.flatMap((row) => [...row.cells, row.truncated].map((c) => c.accuracy))),
      )}
      formatX={(value) => labels[value] ?? ''}
      formatY={(value) => formatShare(value, 0)}
      points={points}
      curves={rows.map(({ checkpointId, cells }, at) => {
        const drawn = cells.flatMap((cell, bin) =>
          cell.accuracy && cell.n >= FEW ? [{ bin, y: cell.accuracy.mean }] : [],
        );
        return {
          kind: 'line',
          key: checkpointId,
          x: drawn.map(({ bin }) => bin + aside(at)),
          y: drawn.map(({ y }) => y),
          colour: seriesColour(placeOf(checkpoints, checkpointId)),
          opacity: 0.5,
          width: 1.2,
        };
      })}
      nothing="No answer was finished."
    />
  );
}

function cellRows({ accuracy, n, share }: Cell, score: string) {
  return [
    ...(accuracy
      ? [
          {
            key: 'score',
            label: score,
            value: shareWithInterval(accuracy).mean,
            detail: shareWithInterval(accuracy).range,
          },
        ]
      : []),
    { key: 'n', label: 'answers', value: formatCount(n), detail: formatShare(share) },
  ];
}

function BinTable({ bins: { bins, checkpoints: rows }, view }: BinProps): React.JSX.Element {
  const { checkpoints } = view;
  return (
    <Table.ScrollContainer minWidth={640} mt="sm">
      <Table
        horizontalSpacing="sm"
        verticalSpacing={7}
        className={classes.table ?? ''}
        aria-label="Accuracy by length bin"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Checkpoint</Table.Th>
            {bins.map((bin) => (
              <Table.Th key={bin.from} className="number">
                {binText(bin)}
              </Table.Th>
            ))}
            <Table.Th className="number">Cut at the cap</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ checkpointId, cells, truncated }) => (
            <Table.Tr key={checkpointId}>
              <Table.Th scope="row" fw={400}>
                <CheckpointCell
                  name={nameOf(checkpoints, checkpointId)}
                  index={placeOf(checkpoints, checkpointId)}
                />
              </Table.Th>
              {[...cells, truncated].map((cell, i) => (
                <Table.Td key={bins[i]?.from ?? 'cut'} className="number">
                  {cell.accuracy ? (
                    <>
                      <strong>{shareWithInterval(cell.accuracy).mean}</strong>
                      <span className={classes.range}>{shareWithInterval(cell.accuracy).range}</span>
                    </>
                  ) : (
                    '–'
                  )}
                  <span className={classes.range}>
                    n = {formatCount(cell.n)}, {formatShare(cell.share, 0)}
                  </span>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

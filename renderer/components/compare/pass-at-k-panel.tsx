import { useContract } from '../../data/queries.ts';
import { seriesColour } from '../../lib/colours.ts';
import { type CompareView, keysOf, nameOf, placeOf, tierQuery } from '../../lib/compare-view.ts';
import { scoreExtent } from '../../lib/domain.ts';
import { formatCount, formatShare } from '../../lib/format.ts';
import { shareWithInterval } from '../../lib/interval-text.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { PointChart } from '../charts/point-chart.tsx';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';

/** pass@k from several samples of each item. */
export function PassAtKPanel({ view }: { readonly view: CompareView }): React.JSX.Element {
  const { checkpoints, group, tier } = view;
  const answer = useContract(
    'compare.passAtK',
    {
      checkpointIds: checkpoints.map(({ id }) => id),
      protocolHash: group.protocolHash,
      tier: tierQuery(tier),
    },
    { keepPrevious: true },
  );
  return (
    <Panel
      title="pass@k"
      description="The chance that at least one of k samples of an item is right: the unbiased estimate, with 95% intervals over documents."
    >
      <Answered query={answer} what="pass@k">
        {({ curves, samplesPerItem }) => {
          const log = (k: number): number => Math.log2(k);
          const points = curves.flatMap(({ checkpointId, points: own }) =>
            own.map(({ k, share }) => ({
              key: `${checkpointId} ${k}`,
              label: `${nameOf(checkpoints, checkpointId)}, k = ${k}`,
              index: placeOf(checkpoints, checkpointId),
              x: log(k),
              y: share.mean,
              yRange: [share.low, share.high] as const,
              rows: [
                {
                  key: 'share',
                  label: `pass@${k}`,
                  value: shareWithInterval(share).mean,
                  detail: shareWithInterval(share).range,
                },
              ],
            })),
          );
          const ks = [...new Set(curves.flatMap(({ points: own }) => own.map(({ k }) => k)))];
          return (
            <PointChart
              title={`pass@k, up to ${formatCount(samplesPerItem)} samples`}
              summary={points.map(({ label, y }) => `${label}: ${formatShare(y)}`).join('; ')}
              keys={keysOf(checkpoints)}
              xLabel="k (doubling)"
              yLabel="pass@k"
              xAxis={{ domain: [0, log(samplesPerItem)], ticks: ks.map(log) }}
              yAxis={roundAxis(
                ...scoreExtent(curves.flatMap(({ points: own }) => own.map(({ share }) => share))),
              )}
              formatX={(value) => String(Math.round(2 ** value))}
              formatY={(value) => formatShare(value, 0)}
              points={points}
              curves={curves.map(({ checkpointId, points: own }) => ({
                kind: 'line',
                key: checkpointId,
                x: own.map(({ k }) => log(k)),
                y: own.map(({ share }) => share.mean),
                colour: seriesColour(placeOf(checkpoints, checkpointId)),
              }))}
            />
          );
        }}
      </Answered>
    </Panel>
  );
}

import type { Restorations } from '../../../electron/contract/analysis.ts';
import { useUrlText } from '../../data/url-state.ts';
import { seriesColour } from '../../lib/colours.ts';
import { formatCount, formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import { formatTick, formatWithUnit, isCounted, metricFor } from '../../lib/metric-text.ts';
import { extent } from '../../lib/series.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import type { Who } from './restoration-card.tsx';

interface Props {
  readonly byMaskFraction: Restorations['byMaskFraction'];
  readonly who: Who;
}

/** Beside each other within a bin. */
const SPREAD = 0.4;

/** Each part of the reward by how much of the document was masked. */
export function MaskFractionPanel({ byMaskFraction, who }: Props): React.JSX.Element {
  const [part, setPart] = useUrlText('part');
  const parts = [
    ...new Set(byMaskFraction.flatMap(({ groups }) => groups.flatMap(({ scores }) => Object.keys(scores)))),
  ];
  const shown = parts.find((name) => name === part) ?? parts[0] ?? '';
  const { unit } = metricFor(`restore/${shown}`);
  const ids = byMaskFraction[0]?.groups.map(({ checkpointId }) => checkpointId) ?? [];
  const aside = (at: number): number => (ids.length < 2 ? 0 : (at / (ids.length - 1) - 0.5) * SPREAD);
  const labels = byMaskFraction.map(({ from, to }) => `${formatCount(100 * from)}–${formatShare(to, 0)}`);
  const points = byMaskFraction.flatMap(({ groups }, bin) =>
    groups.flatMap(({ checkpointId, scores, n }, at): ChartPoint[] => {
      const score = scores[shown];
      if (!score) return [];
      const { name, index } = who(checkpointId);
      const text = unit === 'share' ? shareWithInterval(score) : valueWithInterval(score);
      return [
        {
          key: `${checkpointId} ${bin}`,
          label: `${name}, ${labels[bin]} masked`,
          index: Math.max(0, index),
          x: bin + aside(at),
          y: score.mean,
          yRange: [score.low, score.high],
          rows: [
            {
              key: 'score',
              label: shown,
              value: text.mean,
              detail: text.range,
            },
            { key: 'n', label: 'answers', value: formatCount(n) },
          ],
        },
      ];
    }),
  );
  const [low, high] = extent(points.flatMap(({ y, yRange }) => [y, ...(yRange ?? [])])) ?? [0, 1];
  return (
    <Panel
      title="Reward by mask"
      description="A larger mask leaves less to work it out from. Bars are 95% intervals over documents."
      actions={
        <Select
          aria-label="Reward part"
          size="xs"
          w={140}
          allowDeselect={false}
          value={shown}
          onChange={setPart}
          data={parts}
        />
      }
    >
      <PointChart
        title={`Mean ${shown} by masked share`}
        summary={points.map(({ label, y }) => `${label}: ${formatWithUnit(y, unit)}`).join('; ')}
        keys={ids.map((id) => {
          const { name, index } = who(id);
          return { key: id ?? 'step', label: name, colour: seriesColour(Math.max(0, index)) };
        })}
        xLabel="masked share of the document"
        yLabel={shown}
        xAxis={{ domain: [-0.5, labels.length - 0.5], ticks: labels.map((_, i) => i) }}
        yAxis={roundAxis(isCounted(unit) ? 0 : Math.min(0, low), high)}
        formatX={(value) => labels[value] ?? ''}
        formatY={(value) => formatTick(value, unit)}
        points={points}
        curves={ids.map((id, at) => {
          const own = byMaskFraction.flatMap(({ groups }, bin) => {
            const score = groups[at]?.scores[shown];
            return score ? [{ x: bin + aside(at), y: score.mean }] : [];
          });
          return {
            kind: 'line',
            key: id ?? 'step',
            x: own.map(({ x }) => x),
            y: own.map(({ y }) => y),
            colour: seriesColour(Math.max(0, who(id).index)),
            opacity: 0.5,
            width: 1.2,
          };
        })}
        nothing="No masked document here."
        height={260}
      />
    </Panel>
  );
}

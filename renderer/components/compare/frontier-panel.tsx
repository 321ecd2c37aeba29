import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import {
  type ComparisonFamily,
  decodingLabel,
  frontierPoints,
  type TierChoice,
} from '../../lib/comparison.ts';
import { lengthAxis, scoreAxis } from '../../lib/domain.ts';
import { FrontierChart } from '../charts/frontier-chart.tsx';
import { Panel } from '../common/panel.tsx';
import { CheckpointKeys } from './checkpoint-keys.tsx';
import classes from './compare.module.css';

interface Props {
  readonly family: ComparisonFamily;
  readonly checkpoints: readonly Checkpoint[];
  readonly tier: TierChoice;
}

/** Length against accuracy under each decoding, side by side on the same axes. */
export function FrontierPanel({ family, checkpoints, tier }: Props): React.JSX.Element {
  const charts = family.groups.map((group) => ({ group, points: frontierPoints(group, checkpoints, tier) }));
  const all = charts.flatMap(({ points }) => points);
  const scoreLabel = tier === 'all' ? family.score : `${family.score}, ${tier} tier`;
  return (
    <Panel
      title="Thinking length against accuracy"
      description="Up and to the left is better: right more often, in fewer tokens. Bars are 95% intervals."
    >
      <CheckpointKeys checkpoints={checkpoints} />
      <div className={classes.charts}>
        {charts.map(({ group, points }) => (
          <FrontierChart
            key={group.protocolHash}
            title={decodingLabel(group.protocol)}
            points={points}
            scoreLabel={scoreLabel}
            lengthAxis={lengthAxis(all)}
            scoreAxis={scoreAxis(all)}
          />
        ))}
      </div>
    </Panel>
  );
}

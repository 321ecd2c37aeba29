import { Stack } from '@mantine/core';
import type { CompareView } from '../../lib/compare-view.ts';
import type { TierChoice } from '../../lib/comparison.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { PassAtKPanel } from './pass-at-k-panel.tsx';
import { TierPanel } from './tier-panel.tsx';

interface Props {
  readonly view: CompareView;
  readonly tiers: readonly TierChoice[];
}

/** Accuracy in every tier, drawn and in figures. */
export function TiersTab({ view, tiers }: Props): React.JSX.Element {
  const { family, checkpoints, group } = view;
  return (
    <Stack gap="md">
      <TierPanel view={view} tiers={tiers} />
      {group.protocol.samplesPerItem > 1 && <PassAtKPanel view={view} />}
      <ComparisonTable family={family} checkpoints={checkpoints} tiers={tiers} />
    </Stack>
  );
}

import { Group, SegmentedControl, Select, Stack } from '@mantine/core';
import { IconClipboardList } from '@tabler/icons-react';
import type { Output } from '../../../electron/contract.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import { familiesOf, rankFamilies, TIER_CHOICES, type TierChoice } from '../../lib/comparison.ts';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import { AnswersPanel } from './answers-panel.tsx';
import { ComparisonTable } from './comparison-table.tsx';
import { FrontierPanel } from './frontier-panel.tsx';
import { TierPanel } from './tier-panel.tsx';
import { Warnings } from './warnings.tsx';

type Data = Output<'compare.checkpoints'>;

/** What the chosen checkpoints have in common, drawn; what they lack, said. */
export function Comparison({ data }: { readonly data: Data }): React.JSX.Element {
  const families = rankFamilies(familiesOf(data.groups));
  const [key, setKey] = useUrlText('measure');
  const [tier, setTier] = useUrlChoice('tier', TIER_CHOICES);
  const family = families.find((one) => one.key === key) ?? families[0];
  if (!family) {
    const [first] = data.checkpoints;
    return (
      <Stack gap="md">
        <Warnings data={data} />
        <Panel>
          <Teaching
            icon={IconClipboardList}
            title="None of these checkpoints has been evaluated"
            actions={
              first && (
                <ButtonLink to={`/runs/new?stage=evaluate&base=checkpoint:${first.id}`}>
                  Evaluate {first.name}
                </ButtonLink>
              )
            }
          >
            Evaluate one of them as you like; for the others the same evaluation can then be queued from here
            with one click, so that prompts, decoding and caps are equal.
          </Teaching>
        </Panel>
      </Stack>
    );
  }
  const tiers = TIER_CHOICES.filter((choice) =>
    family.groups.some((group) =>
      group.evaluations.some((evaluation) => evaluation.accuracy[choice] !== null),
    ),
  );
  const shownTier: TierChoice = tiers.includes(tier) ? tier : 'all';
  return (
    <Stack gap="md">
      <Warnings data={data} />
      <Group gap="md">
        <Select
          aria-label="What is measured"
          w={400}
          allowDeselect={false}
          value={family.key}
          onChange={setKey}
          data={families.map((one) => ({ value: one.key, label: one.title }))}
        />
        {tiers.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label="Tier"
            value={shownTier}
            onChange={(value) => setTier(value as TierChoice)}
            data={tiers.map((choice) => ({ value: choice, label: choice === 'all' ? 'All tiers' : choice }))}
          />
        )}
      </Group>
      {family.thinking && <FrontierPanel family={family} checkpoints={data.checkpoints} tier={shownTier} />}
      <TierPanel family={family} checkpoints={data.checkpoints} tiers={tiers} />
      <ComparisonTable family={family} checkpoints={data.checkpoints} tiers={tiers} />
      <AnswersPanel family={family} checkpoints={data.checkpoints} />
    </Stack>
  );
}

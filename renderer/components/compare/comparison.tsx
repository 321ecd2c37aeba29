import { Box, Group, SegmentedControl, Stack, Tabs } from '@mantine/core';
import { IconClipboardList } from '@tabler/icons-react';
import type { Output } from '../../../electron/contract.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import { type CompareView, tierQuery } from '../../lib/compare-view.ts';
import {
  decodingLabel,
  familiesOf,
  rankFamilies,
  TIER_CHOICES,
  type TierChoice,
} from '../../lib/comparison.ts';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import { Teaching } from '../common/teaching.tsx';
import { AnswersTab } from './answers-tab.tsx';
import { BudgetsTab } from './budgets-tab.tsx';
import { ComputeTab } from './compute-tab.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FrontierTab } from './frontier-tab.tsx';
import { LengthsTab } from './lengths-tab.tsx';
import { RestorationsTab } from './restorations-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { TestsTab } from './tests-tab.tsx';
import { TiersTab } from './tiers-tab.tsx';
import { Warnings } from './warnings.tsx';

type Data = Output<'compare.checkpoints'>;

const TABS = [
  'frontier',
  'tiers',
  'lengths',
  'budgets',
  'tests',
  'answers',
  'restorations',
  'compute',
  'settings',
] as const;
type Tab = (typeof TABS)[number];

const LABELS: Readonly<Record<Tab, string>> = {
  frontier: 'Frontier',
  tiers: 'Tiers',
  lengths: 'Length bins',
  budgets: 'Budgets',
  tests: 'Paired tests',
  answers: 'Answers',
  restorations: 'Restorations',
  compute: 'Compute',
  settings: 'Settings',
};
/** What speaks of one measurement; the others choose for themselves. */
const MEASURED: readonly Tab[] = ['frontier', 'tiers', 'lengths', 'tests', 'answers'];
/** What speaks of one decoding of it. */
const DECODED: readonly Tab[] = ['lengths', 'tests', 'answers'];
const TIERED: readonly Tab[] = ['frontier', 'lengths', 'budgets', 'tests', 'answers'];

interface Props {
  readonly data: Data;
  /** The address of this comparison with one checkpoint more. */
  readonly addressWith: (checkpointId: string) => string;
}

/** What the chosen checkpoints have in common, drawn; what they lack, said. */
export function Comparison({ data, addressWith }: Props): React.JSX.Element {
  const families = rankFamilies(familiesOf(data.groups));
  const [tab, setTab] = useUrlChoice('tab', TABS);
  const [key, setKey] = useUrlText('measure');
  const [hash, setHash] = useUrlText('decoding');
  const [tier, setTier] = useUrlChoice('tier', TIER_CHOICES);
  const family = families.find((one) => one.key === key) ?? families[0];
  const [first] = family?.groups ?? [];
  if (!family || !first) {
    return (
      <Stack gap="md">
        <Warnings data={data} />
        <NotEvaluated data={data} />
      </Stack>
    );
  }
  const tiers = TIER_CHOICES.filter((choice) =>
    family.groups.some((group) =>
      group.evaluations.some((evaluation) => evaluation.accuracy[choice] !== null),
    ),
  );
  const view: CompareView = {
    checkpoints: data.checkpoints,
    family,
    group: family.groups.find((one) => one.protocolHash === hash) ?? first,
    tier: tiers.includes(tier) ? tier : 'all',
    addressWith,
  };
  return (
    <Stack gap="md">
      <Warnings data={data} />
      <Tabs value={tab} onChange={(next) => setTab((next ?? TABS[0]) as Tab)}>
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {LABELS[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Group gap="md" my="md">
          {MEASURED.includes(tab) && (
            <Select
              aria-label="What is measured"
              w={360}
              allowDeselect={false}
              value={family.key}
              onChange={setKey}
              data={families.map((one) => ({ value: one.key, label: one.title }))}
            />
          )}
          {DECODED.includes(tab) && family.groups.length > 1 && (
            <Select
              aria-label="Decoding"
              w={170}
              allowDeselect={false}
              value={view.group.protocolHash}
              onChange={setHash}
              data={family.groups.map((one) => ({
                value: one.protocolHash,
                label: decodingLabel(one.protocol),
              }))}
            />
          )}
          {TIERED.includes(tab) && tiers.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label="Tier"
              value={view.tier}
              onChange={(value) => setTier(value as TierChoice)}
              data={tiers.map((choice) => ({
                value: choice,
                label: choice === 'all' ? 'All tiers' : choice,
              }))}
            />
          )}
          <Box ml="auto">
            <ExportMenu checkpointIds={data.checkpoints.map(({ id }) => id)} tier={tierQuery(view.tier)} />
          </Box>
        </Group>
        <Tabs.Panel value="frontier">
          <FrontierTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="tiers">
          <TiersTab view={view} tiers={tiers} />
        </Tabs.Panel>
        <Tabs.Panel value="lengths">
          <LengthsTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="budgets">
          <BudgetsTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="tests">
          <TestsTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="answers">
          <AnswersTab view={view} />
        </Tabs.Panel>
        <Tabs.Panel value="restorations">
          <RestorationsTab checkpoints={data.checkpoints} groups={data.groups} />
        </Tabs.Panel>
        <Tabs.Panel value="compute">
          <ComputeTab checkpoints={data.checkpoints} addressWith={addressWith} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab checkpoints={data.checkpoints} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function NotEvaluated({ data }: { readonly data: Data }): React.JSX.Element {
  const [first] = data.checkpoints;
  return (
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
        Evaluate one of them as you like; for the others the same evaluation can then be queued from here with
        one click, so that prompts, decoding and caps are equal.
      </Teaching>
    </Panel>
  );
}

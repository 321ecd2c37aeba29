import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { IconMessages } from '@tabler/icons-react';
import type { Run } from '../../../electron/contract/run.ts';
import type { Output } from '../../../electron/contract.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlNumber, useUrlText } from '../../data/url-state.ts';
import { formatCount, formatNumber, formatPlural } from '../../lib/format.ts';
import {
  filterGroups,
  GROUP_FILTER_LABELS,
  GROUP_FILTERS,
  type GroupFilter,
  groupSamples,
  type SampleGroup,
} from '../../lib/sample-groups.ts';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { SearchField } from '../common/search-field.tsx';
import { Teaching } from '../common/teaching.tsx';
import { TierBadge } from '../common/tier-badge.tsx';
import classes from './run.module.css';
import { RunRestorations } from './run-restorations.tsx';
import { SampleGroupView } from './sample-group.tsx';

const MOST_SAMPLES = 1000;
const VIEWS = ['rollouts', 'documents'] as const;

/** The rollouts kept from a step: every prompt with its group, thinking and reward parts. */
export function RunSamples({ run }: { readonly run: Run }): React.JSX.Element {
  const [at, setAt] = useUrlText('at');
  const step = at === null ? null : Number(at);
  const samples = useContract(
    'runs.samples',
    { runId: run.id, step, limit: MOST_SAMPLES },
    { keepPrevious: true },
  );
  return (
    <Answered query={samples} what="the samples">
      {(data) =>
        data.samples.length === 0 ? (
          <Panel>
            <Teaching icon={IconMessages} title="No sample kept">
              The RL stages keep the rollouts of every so many steps for reading (the setting “Keep samples
              every”), each with its thinking, its answer and the parts of its reward. Other stages sample
              nothing.
            </Teaching>
          </Panel>
        ) : (
          <SamplesOfStep run={run} data={data} following={at === null} onStep={setAt} />
        )
      }
    </Answered>
  );
}

interface SamplesOfStepProps {
  readonly run: Run;
  readonly data: Output<'runs.samples'>;
  readonly following: boolean;
  readonly onStep: (step: string | null) => void;
}

function SamplesOfStep({ run, data, following, onStep }: SamplesOfStepProps): React.JSX.Element {
  const [view, setView] = useUrlChoice('view', VIEWS);
  const [filter, setFilter] = useUrlChoice('group', GROUP_FILTERS);
  const [prompt, setPrompt] = useUrlNumber('prompt', -1);
  const groups = groupSamples(data.samples);
  const [text, setText] = useUrlText('text');
  const shown = filterGroups(groups, filter, text ?? '');
  const chosen = shown.find((group) => group.promptIndex === prompt) ?? shown[0];
  const masked = data.samples.some(({ maskFraction }) => maskFraction !== null);
  const steps = (
    <Select
      aria-label="Step"
      w={170}
      allowDeselect={false}
      value={following ? 'newest' : String(data.step)}
      onChange={(next) => onStep(next === 'newest' ? null : next)}
      data={[
        { value: 'newest', label: `Newest (step ${formatCount(data.steps.at(-1) ?? 0)})` },
        ...data.steps
          .toReversed()
          .map((step) => ({ value: String(step), label: `Step ${formatCount(step)}` })),
      ]}
    />
  );
  const views = masked && (
    <SegmentedControl
      size="xs"
      aria-label="View"
      value={view}
      onChange={(next) => setView(next as (typeof VIEWS)[number])}
      data={[
        { value: 'rollouts', label: 'Rollouts' },
        { value: 'documents', label: 'Masked documents' },
      ]}
    />
  );
  if (masked && view === 'documents') {
    return (
      <Stack gap="sm">
        <Group gap="sm">
          {steps}
          {views}
        </Group>
        <RunRestorations run={run} step={following ? null : data.step} />
      </Stack>
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="sm">
        {steps}
        {views}
        <Select
          aria-label="Which prompts"
          w={190}
          allowDeselect={false}
          value={filter}
          onChange={(next) => next && setFilter(next as GroupFilter)}
          data={GROUP_FILTERS.map((value) => ({ value, label: GROUP_FILTER_LABELS[value] }))}
        />
        <SearchField label="Search rollouts" value={text} onChange={setText} />
        <Text size="sm" c="dimmed" aria-live="polite">
          {formatPlural(shown.length, 'prompt')} of {formatCount(groups.length)}
          {data.total > data.samples.length &&
            `; the first ${formatCount(data.samples.length)} of ${formatCount(data.total)} rollouts are shown`}
        </Text>
      </Group>
      {chosen ? (
        <div className={classes.samples}>
          <PromptList groups={shown} chosen={chosen.promptIndex} onChoose={setPrompt} />
          <SampleGroupView group={chosen} />
        </div>
      ) : (
        <Panel>
          <Text c="dimmed">No prompt of this step fits.</Text>
        </Panel>
      )}
    </Stack>
  );
}

interface PromptListProps {
  readonly groups: readonly SampleGroup[];
  readonly chosen: number;
  readonly onChoose: (promptIndex: number) => void;
}

function PromptList({ groups, chosen, onChoose }: PromptListProps): React.JSX.Element {
  return (
    <Panel bare className={classes.prompts ?? ''}>
      <nav aria-label="Prompts">
        {groups.map((group) => (
          <button
            key={group.promptIndex}
            type="button"
            className={classes.prompt}
            aria-current={group.promptIndex === chosen}
            onClick={() => onChoose(group.promptIndex)}
          >
            <Group gap={6} wrap="nowrap" justify="space-between">
              <Text size="sm" fw={560} className="ellipsis">
                Prompt {group.promptIndex + 1}
              </Text>
              {group.tier && <TierBadge tier={group.tier} />}
            </Group>
            <Text size="xs" c="dimmed" className="ellipsis">
              truth: {group.truthText}
            </Text>
            <Text size="xs" c="dimmed">
              reward {formatNumber(group.meanReward, 3)} · {formatNumber(group.meanThinking, 3)} tokens
              {group.tied && ' · no spread'}
              {group.truncated > 0 && ` · ${group.truncated} cut`}
            </Text>
          </button>
        ))}
      </nav>
    </Panel>
  );
}

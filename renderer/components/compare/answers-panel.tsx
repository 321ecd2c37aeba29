import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import { useAnswers } from '../../data/answers.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import { type ComparisonFamily, decodingLabel } from '../../lib/comparison.ts';
import { formatCount, formatPlural } from '../../lib/format.ts';
import { ErrorNotice } from '../common/error-notice.tsx';
import { Loading } from '../common/loading.tsx';
import { Panel } from '../common/panel.tsx';
import { AnswerList } from './answer-list.tsx';

const SHOW = ['all', 'flips', 'shorter-and-wrong', 'all-wrong'] as const;
const SHOW_LABELS: Readonly<Record<(typeof SHOW)[number], string>> = {
  all: 'All prompts',
  flips: 'Answer flips',
  'shorter-and-wrong': 'Shorter and now wrong',
  'all-wrong': 'All wrong',
};
const MOST_COLUMNS = 8;

interface Props {
  readonly family: ComparisonFamily;
  readonly checkpoints: readonly Checkpoint[];
}

/** The same prompt's answers side by side. */
export function AnswersPanel({ family, checkpoints }: Props): React.JSX.Element {
  const [show, setShow] = useUrlChoice('show', SHOW);
  const [hash, setHash] = useUrlText('decoding');
  const group = family.groups.find((one) => one.protocolHash === hash) ?? family.groups[0];
  const columns = checkpoints
    .map((checkpoint, index) => ({ checkpoint, index }))
    .filter(({ checkpoint }) => group?.evaluations.some((one) => one.checkpointId === checkpoint.id))
    .slice(0, MOST_COLUMNS);
  const answers = useAnswers({
    protocolHash: group?.protocolHash ?? '',
    checkpointIds: columns.map(({ checkpoint }) => checkpoint.id),
    show,
  });
  const rows = answers.data?.pages.flatMap((page) => page.rows) ?? [];
  const total = answers.data?.pages[0]?.total ?? 0;
  return (
    <Panel
      title="Answers side by side"
      description={`Flips are counted against ${columns[0]?.checkpoint.name ?? 'the first checkpoint'}, the first one chosen.`}
      actions={
        family.groups.length > 1 && (
          <Select
            aria-label="Decoding"
            size="xs"
            w={160}
            allowDeselect={false}
            value={group?.protocolHash ?? null}
            onChange={setHash}
            data={family.groups.map((one) => ({
              value: one.protocolHash,
              label: decodingLabel(one.protocol),
            }))}
          />
        )
      }
    >
      <Stack gap="sm">
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label="Which prompts"
            value={show}
            onChange={(value) => setShow(value as (typeof SHOW)[number])}
            data={SHOW.map((value) => ({ value, label: SHOW_LABELS[value] }))}
          />
          <Text size="sm" c="dimmed" aria-live="polite">
            {answers.data && formatPlural(total, 'prompt')}
            {checkpoints.length > columns.length &&
              ` · ${formatCount(columns.length)} of ${formatCount(checkpoints.length)} checkpoints have answers here`}
          </Text>
        </Group>
        {answers.error ? (
          <ErrorNotice error={answers.error} onRetry={() => void answers.refetch()} />
        ) : !answers.data ? (
          <Loading what="the answers" />
        ) : rows.length === 0 ? (
          <Text c="dimmed" size="sm">
            {show === 'all' ? 'There are no answers.' : 'No prompt is of this kind: try another filter.'}
          </Text>
        ) : (
          <AnswerList
            rows={rows}
            columns={columns}
            more={answers.hasNextPage && !answers.isFetchingNextPage}
            onMore={() => void answers.fetchNextPage()}
          />
        )}
      </Stack>
    </Panel>
  );
}

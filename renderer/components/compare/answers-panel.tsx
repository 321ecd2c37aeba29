import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Input } from '../../../electron/contract.ts';
import { useAnswers } from '../../data/answers.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import { type CompareView, nameOf, tierQuery } from '../../lib/compare-view.ts';
import { formatCount, formatPlural } from '../../lib/format.ts';
import { ErrorNotice } from '../common/error-notice.tsx';
import { Loading } from '../common/loading.tsx';
import { Panel } from '../common/panel.tsx';
import { SEARCH_AFTER_MS, SearchField } from '../common/search-field.tsx';
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
  readonly view: CompareView;
  readonly change: NonNullable<Input<'compare.answers'>['change']> | null;
  readonly onUnfilter: () => void;
}

/** The same prompt's answers side by side. */
export function AnswersPanel({ view, change, onUnfilter }: Props): React.JSX.Element {
  const { checkpoints, group, tier } = view;
  const [show, setShow] = useUrlChoice('show', SHOW);
  const [text, setText] = useUrlText('text');
  const [wanted] = useDebouncedValue(text ?? '', SEARCH_AFTER_MS);
  // The same as long as nothing changes: cards are drawn again where they are not.
  const columns = useMemo(
    () =>
      checkpoints
        .map((checkpoint, index) => ({ checkpoint, index }))
        .filter(({ checkpoint }) => group.evaluations.some((one) => one.checkpointId === checkpoint.id))
        .slice(0, MOST_COLUMNS),
    [checkpoints, group],
  );
  const answers = useAnswers({
    protocolHash: group.protocolHash,
    checkpointIds: columns.map(({ checkpoint }) => checkpoint.id),
    // A cell of the table above says which prompts by itself.
    show: change ? 'all' : show,
    tier: tierQuery(tier),
    change,
    text: wanted,
  });
  const rows = answers.data?.pages.flatMap((page) => page.rows) ?? [];
  const total = answers.data?.pages[0]?.total ?? 0;
  return (
    <Panel
      title="Answers side by side"
      description={`Flips are counted against ${columns[0]?.checkpoint.name ?? 'the first checkpoint'}, the first one chosen.`}
      actions={<SearchField label="Search prompts and answers" value={text} onChange={setText} />}
    >
      <Stack gap="sm">
        <Group gap="sm">
          {!change && (
            <SegmentedControl
              size="xs"
              aria-label="Which prompts"
              value={show}
              onChange={(value) => setShow(value as (typeof SHOW)[number])}
              data={SHOW.map((value) => ({ value, label: SHOW_LABELS[value] }))}
            />
          )}
          <Text size="sm" c="dimmed" aria-live="polite">
            {answers.data && formatPlural(total, 'prompt')}
            {change &&
              `, from ${nameOf(checkpoints, change.a)} to ${nameOf(checkpoints, change.b)}: ${[change.outcome?.replace('-', ', now '), change.length].filter(Boolean).join(', ')}`}
            {checkpoints.length > columns.length &&
              ` · ${formatCount(columns.length)} of ${formatCount(checkpoints.length)} checkpoints have answers here`}
          </Text>
          {change && (
            <Button size="compact-xs" variant="subtle" onClick={onUnfilter}>
              Show all changes
            </Button>
          )}
        </Group>
        {answers.error ? (
          <ErrorNotice error={answers.error} onRetry={() => void answers.refetch()} />
        ) : !answers.data ? (
          <Loading what="the answers" />
        ) : rows.length === 0 ? (
          <Text c="dimmed" size="sm">
            {show === 'all' && !change && wanted === ''
              ? 'There are no answers.'
              : 'No prompt is of this kind: try another filter.'}
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

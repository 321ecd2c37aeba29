import { Button, Group, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconListDetails, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Run } from '../../electron/contract/runs.ts';
import { STAGE_NAMES, stageDeclarations } from '../../trainer/config/stages.ts';
import { Answered } from '../components/common/answered.tsx';
import { ButtonLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { Teaching } from '../components/common/teaching.tsx';
import { ChartSelected } from '../components/runs/chart-selected.tsx';
import { CompareSelected } from '../components/runs/compare-selected.tsx';
import { RunTable } from '../components/runs/run-table.tsx';
import { useContract } from '../data/queries.ts';
import { useUrlChoice, useUrlText } from '../data/url-state.ts';
import { formatPlural } from '../lib/format.ts';
import {
  SORT_KEYS,
  type SortKey,
  STATE_FILTER_LABELS,
  STATE_FILTERS,
  type StateFilter,
  selectRuns,
} from '../lib/run-filter.ts';

export function RunsPage(): React.JSX.Element {
  const runs = useContract('runs.list', {});
  return (
    <Page title="Runs" description="Everything that was trained or evaluated here, live.">
      <Answered query={runs} what="the runs">
        {(list) =>
          list.length > 0 ? (
            <FilteredRuns runs={list} />
          ) : (
            <Panel>
              <NoRuns />
            </Panel>
          )
        }
      </Answered>
    </Page>
  );
}

function FilteredRuns({ runs }: { readonly runs: readonly Run[] }): React.JSX.Element {
  const [text, setText] = useUrlText('q');
  const [state, setState] = useUrlChoice('state', STATE_FILTERS);
  const [stage, setStage] = useUrlText('stage');
  const [sort, setSort] = useUrlChoice('sort', SORT_KEYS);
  const [order, setOrder] = useUrlChoice('order', ['descending', 'ascending']);
  const [evaluations, setEvaluations] = useUrlChoice('evaluations', ['shown', 'hidden']);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const descending = order === 'descending';
  const offered = evaluations === 'hidden' ? runs.filter((run) => run.stage !== 'evaluate') : runs;
  const shown = selectRuns(offered, { text: text ?? '', state, stage, sort, descending });
  const onSort = (key: SortKey): void => {
    if (key === sort) setOrder(descending ? 'ascending' : 'descending');
    else setSort(key);
  };
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <TextInput
          aria-label="Search runs"
          placeholder="Search name, stage, base, corpus"
          leftSection={<IconSearch size={15} aria-hidden />}
          w={260}
          value={text ?? ''}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          aria-label="State"
          value={state}
          onChange={(value) => setState(value as StateFilter)}
          data={STATE_FILTERS.map((value) => ({ value, label: STATE_FILTER_LABELS[value] }))}
        />
        <Select
          aria-label="Stage"
          placeholder="Any stage"
          clearable
          w={150}
          value={stage}
          onChange={setStage}
          data={STAGE_NAMES.map((value) => ({ value, label: stageDeclarations[value].label }))}
        />
        <Switch
          size="xs"
          label="Evaluations"
          checked={evaluations === 'shown'}
          onChange={(event) => setEvaluations(event.currentTarget.checked ? 'shown' : 'hidden')}
        />
        <Text size="sm" c="dimmed" ml="auto" aria-live="polite">
          {formatPlural(shown.length, 'run')}
        </Text>
        <ChartSelected runIds={[...selected]} />
        <CompareSelected runIds={[...selected]} />
      </Group>
      <Panel bare>
        {shown.length > 0 ? (
          <RunTable
            runs={shown}
            sort={sort}
            descending={descending}
            onSort={onSort}
            selected={selected}
            onSelect={setSelected}
          />
        ) : (
          <Teaching
            icon={IconSearch}
            title="No run fits"
            actions={
              <Button
                variant="default"
                onClick={() => {
                  setText(null);
                  setState('all');
                  setStage(null);
                }}
              >
                Show all runs
              </Button>
            }
          >
            Take a word or a filter away.
          </Teaching>
        )}
      </Panel>
    </Stack>
  );
}

function NoRuns(): React.JSX.Element {
  return (
    <Teaching
      icon={IconListDetails}
      title="No run yet"
      actions={
        <>
          <ButtonLink to="/runs/new">New run</ButtonLink>
          <ButtonLink to="/" variant="default">
            Try the sample project
          </ButtonLink>
        </>
      }
    >
      A run trains a checkpoint on a corpus by one stage (pre-train, SFT, RMT, RPT, RLM, post-train) or
      evaluates one. It shows here while it waits, works and after it ended.
    </Teaching>
  );
}

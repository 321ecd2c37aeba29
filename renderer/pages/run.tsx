import { Stack, Tabs } from '@mantine/core';
import { useParams } from 'react-router';
import type { Output } from '../../electron/contract.ts';
import { AnsweredPage } from '../components/common/answered-page.tsx';
import { EditableName } from '../components/common/editable-name.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import { EvaluationResults } from '../components/run/evaluation-results.tsx';
import { RunActions } from '../components/run/run-actions.tsx';
import { RunCheckpoints } from '../components/run/run-checkpoints.tsx';
import { RunCurves } from '../components/run/run-curves.tsx';
import { RunDiagnosis } from '../components/run/run-diagnosis.tsx';
import { RunEnd } from '../components/run/run-end.tsx';
import { RunEvents } from '../components/run/run-events.tsx';
import { RunMarks } from '../components/run/run-marks.tsx';
import { RunOrigins } from '../components/run/run-origins.tsx';
import { RunRecord } from '../components/run/run-record.tsx';
import { RunSamples } from '../components/run/run-samples.tsx';
import { RunSettings } from '../components/run/run-settings.tsx';
import { RunStatus } from '../components/run/run-status.tsx';
import { StallNotice } from '../components/run/stall-notice.tsx';
import { showError } from '../data/announce.tsx';
import { useCommand, useContract } from '../data/queries.ts';
import { useUrlChoice } from '../data/url-state.ts';

export function RunPage(): React.JSX.Element {
  const { runId = '' } = useParams();
  const detail = useContract('runs.get', { runId });
  return (
    <AnsweredPage query={detail} title="Run" list={{ to: '/runs', label: 'All runs' }}>
      {(data) => <RunDetail key={runId} detail={data} />}
    </AnsweredPage>
  );
}

const TRAINING_TABS = [
  'curves',
  'samples',
  'diagnosis',
  'checkpoints',
  'events',
  'settings',
  'record',
] as const;
const EVALUATION_TABS = ['results', 'events', 'settings', 'record'] as const;
const TAB_LABELS = {
  curves: 'Curves',
  results: 'Results',
  samples: 'Samples',
  diagnosis: 'Diagnosis',
  checkpoints: 'Checkpoints',
  events: 'Events',
  settings: 'Settings and engine',
  record: 'Record',
} as const;

type Tab = keyof typeof TAB_LABELS;

function RunDetail({ detail }: { readonly detail: Output<'runs.get'> }): React.JSX.Element {
  const { run } = detail;
  const tabs: readonly [Tab, ...Tab[]] = run.stage === 'evaluate' ? EVALUATION_TABS : TRAINING_TABS;
  const [tab, setTab] = useUrlChoice('tab', tabs);
  const rename = useCommand('runs.rename');
  return (
    <Page
      title={run.name}
      heading={
        <EditableName
          name={run.name}
          what="run"
          onRename={(name) => rename.mutate({ runId: run.id, name }, { onError: showError })}
        />
      }
      description={
        <>
          <RunOrigins run={run} />
          <RunMarks run={run} />
        </>
      }
      actions={<RunActions run={run} />}
    >
      <Stack gap="md">
        <RunEnd detail={detail} />
        {tab !== 'diagnosis' && <StallNotice run={run} />}
        <Panel>
          <RunStatus run={run} />
        </Panel>
        <Tabs value={tab} onChange={(next) => next && setTab(next as Tab)}>
          <Tabs.List mb="md">
            {tabs.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {TAB_LABELS[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map((name) => (
            <Tabs.Panel key={name} value={name}>
              <TabContent tab={name} detail={detail} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
    </Page>
  );
}

function TabContent({
  tab,
  detail,
}: {
  readonly tab: Tab;
  readonly detail: Output<'runs.get'>;
}): React.JSX.Element {
  switch (tab) {
    case 'curves':
      return <RunCurves run={detail.run} metricNames={detail.metricNames} settings={detail.settings} />;
    case 'results':
      return <EvaluationResults run={detail.run} />;
    case 'samples':
      return <RunSamples run={detail.run} />;
    case 'diagnosis':
      return <RunDiagnosis run={detail.run} />;
    case 'checkpoints':
      return <RunCheckpoints run={detail.run} />;
    case 'events':
      return <RunEvents events={detail.events} />;
    case 'settings':
      return <RunSettings detail={detail} />;
    case 'record':
      return <RunRecord run={detail.run} />;
    default:
      return tab satisfies never;
  }
}

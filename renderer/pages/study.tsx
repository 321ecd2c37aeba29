import { Alert, Code, Group, Stack, Tabs, Text } from '@mantine/core';
import { useParams } from 'react-router';
import type { StudyDetail, StudyResults } from '../../electron/contract/studies.ts';
import { Answered } from '../components/common/answered.tsx';
import { AnsweredPage } from '../components/common/answered-page.tsx';
import { Facts } from '../components/common/facts.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import classes from '../components/studies/studies.module.css';
import { StudyActions } from '../components/studies/study-actions.tsx';
import { StudyClaims } from '../components/studies/study-claims.tsx';
import { StudyFigure } from '../components/studies/study-figure.tsx';
import { StudyGraph } from '../components/studies/study-graph.tsx';
import { StudyBadge, StudyProgress } from '../components/studies/study-state.tsx';
import { StudyTable } from '../components/studies/study-table.tsx';
import { useContract } from '../data/queries.ts';
import { useUrlChoice } from '../data/url-state.ts';
import { statedTime } from '../lib/study-state.ts';

export function StudyPage(): React.JSX.Element {
  const { studyId = '' } = useParams();
  const detail = useContract('studies.get', { studyId });
  return (
    <AnsweredPage query={detail} title="Study" list={{ to: '/studies', label: 'All studies' }}>
      {(data) => <Shown key={studyId} detail={data} />}
    </AnsweredPage>
  );
}

const TABS = ['results', 'graph', 'file'] as const;
const TAB_LABELS = { results: 'Verdicts and tables', graph: 'Graph of runs', file: 'File' } as const;

function Shown({ detail }: { readonly detail: StudyDetail }): React.JSX.Element {
  const { study } = detail;
  const [tab, setTab] = useUrlChoice('tab', TABS);
  return (
    <Page title={study.title} description={study.question} actions={<StudyActions detail={detail} />}>
      <Stack gap="md">
        {study.reason && study.state !== 'running' && (
          <Alert color="orange" title={`This study is ${study.state}.`}>
            {study.reason}
          </Alert>
        )}
        <Panel>
          <Status detail={detail} />
        </Panel>
        <Tabs value={tab} onChange={(next) => next && setTab(next as (typeof TABS)[number])}>
          <Tabs.List mb="md">
            {TABS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {TAB_LABELS[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="results">
            <Results studyId={study.id} />
          </Tabs.Panel>
          <Tabs.Panel value="graph">
            <Panel
              title="Runs, their seeds and evaluations"
              description="From what is given, on the left, to what is made last. A seed opens its run."
            >
              <StudyGraph detail={detail} />
            </Panel>
          </Tabs.Panel>
          <Tabs.Panel value="file">
            <Panel title={`${study.name}.yaml`} description="The format is told in docs/studies.md.">
              <Code block className={classes.source ?? ''}>
                {detail.source}
              </Code>
            </Panel>
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Page>
  );
}

function Status({ detail }: { readonly detail: StudyDetail }): React.JSX.Element {
  const { study, note, corpora } = detail;
  const reused = detail.nodes.filter((node) => node.reused).length;
  const facts = [
    { label: 'State', value: <StudyBadge study={study} /> },
    { label: 'Seeds', value: study.seeds.join(', ') },
    { label: 'On two cores', value: statedTime(study) },
    ...(study.paper ? [{ label: 'Paper', value: study.paper }] : []),
    ...(reused > 0 ? [{ label: 'Taken over', value: String(reused), detail: 'from earlier runs' }] : []),
  ];
  return (
    <Stack gap="sm">
      <Facts facts={facts} />
      <StudyProgress study={study} />
      {note && (
        <Text size="sm" c="dimmed" maw="110ch">
          {note}
        </Text>
      )}
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          Corpora: {corpora.map(({ name, text }) => `${name}: ${text}`).join('; ')}
        </Text>
      </Group>
    </Stack>
  );
}

function Results({ studyId }: { readonly studyId: string }): React.JSX.Element {
  const results = useContract('studies.results', { studyId });
  return (
    <Answered query={results} what="the results">
      {(data) => <ResultPanels results={data} />}
    </Answered>
  );
}

function ResultPanels({ results }: { readonly results: StudyResults }): React.JSX.Element {
  const { claims, tables, figures } = results;
  return (
    <Stack gap="md">
      <StudyClaims claims={claims} />
      {tables.map((table) => (
        <StudyTable key={table.id} table={table} />
      ))}
      {figures.length > 0 && (
        <Panel title="Figures">
          <div className={classes.figures}>
            {figures.map((figure) => (
              <div key={figure.id} style={figure.kind === 'sensitivity' ? { gridColumn: '1 / -1' } : {}}>
                <StudyFigure figure={figure} />
                {figure.note && (
                  <Text size="xs" c="dimmed">
                    {figure.note}
                  </Text>
                )}
              </div>
            ))}
          </div>
        </Panel>
      )}
    </Stack>
  );
}

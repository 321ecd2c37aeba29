import { Stack, Table, Text } from '@mantine/core';
import { IconChartDots3, IconFileImport, IconPlus } from '@tabler/icons-react';
import type { Run } from '../../electron/contract/run.ts';
import { Ago } from '../components/common/ago.tsx';
import { Answered } from '../components/common/answered.tsx';
import { PageLink } from '../components/common/link.tsx';
import { Page } from '../components/common/page.tsx';
import { Panel } from '../components/common/panel.tsx';
import classes from '../components/home/home.module.css';
import { SampleWalk } from '../components/home/sample-walk.tsx';
import { RunProgress } from '../components/runs/run-progress.tsx';
import { StateBadge } from '../components/runs/state-badge.tsx';
import { useContract } from '../data/queries.ts';

const RECENT = 6;

export function HomePage(): React.JSX.Element {
  const sample = useContract('sample.get', {});
  const runs = useContract('runs.list', {});
  return (
    <Page
      title="Home"
      description="Reinforcement mid-training on your own text: how long a model thinks, how often it is right, checkpoint by checkpoint."
    >
      <Answered query={runs} what="the runs">
        {(list) => (
          <div className={classes.columns}>
            <Stack gap="md" miw={0}>
              <Answered query={sample} what="the sample project">
                {(project) => <SampleWalk project={project} runs={list} />}
              </Answered>
            </Stack>
            <Stack gap="md" miw={0}>
              <YourOwnText />
              <RecentRuns
                runs={list.filter(({ id }) => !sample.data?.runIds.includes(id)).slice(0, RECENT)}
              />
            </Stack>
          </div>
        )}
      </Answered>
    </Page>
  );
}

const WAYS = [
  {
    icon: IconFileImport,
    to: '/corpora',
    title: 'Import a corpus',
    text: 'Drop files or folders anywhere on this window.',
  },
  {
    icon: IconPlus,
    to: '/runs/new?stage=pretrain',
    title: 'Train a base, then mid-train it',
    text: 'Pre-train a small model on it, then SFT, RMT or RLM from its checkpoint.',
  },
  {
    icon: IconChartDots3,
    to: '/compare',
    title: 'Compare checkpoints',
    text: 'Length against accuracy, with intervals, on the same prompts.',
  },
] as const;

function YourOwnText(): React.JSX.Element {
  return (
    <Panel title="Your own text">
      <ul className={classes.ways}>
        {WAYS.map(({ icon: WayIcon, to, title, text }) => (
          <li key={to}>
            <WayIcon size={20} stroke={1.6} aria-hidden />
            <div>
              <PageLink to={to} fw={560} size="sm">
                {title}
              </PageLink>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The newest runs besides the sample project's, which stand beside it. */
function RecentRuns({ runs }: { readonly runs: readonly Run[] }): React.JSX.Element | null {
  if (runs.length === 0) return null;
  return (
    <Panel
      title="Recent runs"
      flush
      actions={
        <PageLink to="/runs" size="sm">
          All runs
        </PageLink>
      }
    >
      <Table horizontalSpacing="md" verticalSpacing="xs" layout="fixed" aria-label="Recent runs">
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <PageLink
                  to={`/runs/${run.id}`}
                  size="sm"
                  fw={540}
                  display="block"
                  className="ellipsis"
                  title={run.name}
                >
                  {run.name}
                </PageLink>
                <Text size="xs" c="dimmed">
                  <Ago atMs={run.createdAtMs} />
                </Text>
              </Table.Td>
              <Table.Td w={180}>
                {run.state === 'running' ? <RunProgress run={run} /> : <StateBadge run={run} />}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

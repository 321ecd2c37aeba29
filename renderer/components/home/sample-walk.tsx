import { Button, Stack, Text } from '@mantine/core';
import { IconArrowRight, IconCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { SampleProject } from '../../../electron/contract/app.ts';
import type { Run } from '../../../electron/contract/run.ts';
import { showError } from '../../data/announce.tsx';
import { queryKey, useCommand } from '../../data/queries.ts';
import { walkOf } from '../../lib/sample-walk.ts';
import { useTour } from '../comfort/use-tour.ts';
import { ButtonLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { WalkRuns } from '../runs/walk-runs.tsx';
import classes from './home.module.css';

interface Props {
  readonly project: SampleProject;
  readonly runs: readonly Run[];
}

/** The sample project, from nothing to a finished comparison by clicking only. */
export function SampleWalk({ project, runs }: Props): React.JSX.Element {
  const client = useQueryClient();
  const install = useCommand('sample.install');
  const start = useCommand('sample.start');
  const tour = useTour();
  const walk = walkOf(project, runs);
  const keep = {
    onError: showError,
    onSuccess: (next: SampleProject) => client.setQueryData(queryKey('sample.get', {}), next),
  };
  return (
    <Panel
      title="Sample project"
      description="A small synthetic corpus whose answers can be worked out, and a base model that half knows how. From it: SFT, RMT and RLM, each evaluated on the same held-out questions."
      actions={
        <Button variant="default" size="xs" onClick={tour.start}>
          Take the tour
        </Button>
      }
    >
      <ol className={classes.steps}>
        <Step number={1} title="Install" state={walk.stage === 'install' ? 'now' : 'done'}>
          <Text size="sm" c="dimmed">
            Puts the corpus, its questions and the base checkpoint into this workspace.
          </Text>
          {walk.stage === 'install' && (
            <Button loading={install.isPending} onClick={() => install.mutate({}, keep)}>
              Install the sample project
            </Button>
          )}
        </Step>
        <Step
          number={2}
          title="Train and evaluate"
          state={walk.stage === 'install' ? 'later' : walk.stage === 'compare' ? 'done' : 'now'}
        >
          <Text size="sm" c="dimmed">
            Queues the whole walk. It takes a few minutes; you can read along in every run.
          </Text>
          {walk.stage === 'start' && (
            <Button loading={start.isPending} onClick={() => start.mutate({}, keep)}>
              Start the walk
            </Button>
          )}
          {walk.runs.length > 0 && <WalkRuns runs={walk.runs} />}
        </Step>
        <Step number={3} title="Compare" state={walk.stage === 'compare' ? 'now' : 'later'}>
          <Text size="sm" c="dimmed">
            Reasoning length against accuracy, base against SFT, RMT and RLM, sampled beside greedy.
          </Text>
          {walk.compareAddress && (
            <ButtonLink
              to={walk.compareAddress}
              variant={walk.stage === 'compare' ? 'filled' : 'default'}
              rightSection={<IconArrowRight size={16} aria-hidden />}
            >
              {walk.stage === 'compare' ? 'Compare' : 'Compare what is done so far'}
            </ButtonLink>
          )}
        </Step>
      </ol>
    </Panel>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly state: 'done' | 'now' | 'later';
  readonly children: React.ReactNode;
}

function Step({ number, title, state, children }: StepProps): React.JSX.Element {
  return (
    <li className={classes.step} data-state={state} {...(state === 'now' ? { 'aria-current': 'step' } : {})}>
      <span className={classes.number} aria-hidden="true">
        {state === 'done' ? <IconCheck size={15} stroke={2.4} /> : number}
      </span>
      <Stack gap="xs" miw={0} flex={1} align="flex-start">
        <Text fw={600}>
          {title}
          {state === 'done' && <span className="visually-hidden"> (done)</span>}
        </Text>
        {children}
      </Stack>
    </li>
  );
}

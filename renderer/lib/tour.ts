/** A tour of the sample project: where each thing is and what it is good for. Pure. */
import type { SampleProject } from '../../electron/contract/app.ts';
import type { Run } from '../../electron/contract/run.ts';
import { compareAddress } from './sample-walk.ts';

export interface TourStep {
  readonly title: string;
  readonly text: string;
  readonly to: string;
}

/** Steps lead to the sample project's own pages once these are there, else to where they will be. */
export function tourSteps(project: SampleProject | undefined, runs: readonly Run[]): TourStep[] {
  const own = runs.filter((run) => project?.runIds.includes(run.id));
  const rmt = own.find((run) => run.stage === 'rmt') ?? runs.find((run) => run.stage === 'rmt');
  const run = rmt ? `/runs/${rmt.id}` : '/runs';
  const corpus = project?.corpusId ? `/corpora/${project.corpusId}` : '/corpora';
  return [
    {
      title: 'The sample project',
      text: 'Install it and start its walk here: a small corpus and a base model, then SFT, RMT and RLM from it, each evaluated. It takes a few minutes; the tour can go on meanwhile.',
      to: '/',
    },
    {
      title: 'A corpus',
      text: 'Ledgers whose answers can be worked out. Its documents, what tokens they become, and how many are held out for evaluation.',
      to: corpus,
    },
    {
      title: 'A run is set up',
      text: 'Every setting with its range, help and the paper’s symbol; what it will cost stands beside. The address keeps what you set, through a reload and in a link.',
      to: '/runs/new?stage=rmt',
    },
    {
      title: 'All runs',
      text: 'Filter with the query box, group by configuration, select with x. Selected runs can be charted together or compared.',
      to: '/runs',
    },
    {
      title: 'A run’s curves',
      text: 'Thinking length against its budget with the length reward behind; the curriculum’s mix with the accuracy of each tier. Drag over a chart to zoom; all charts follow the pointer.',
      to: `${run}${rmt ? '?tab=curves' : ''}`,
    },
    {
      title: 'What it thought',
      text: 'Rollouts of every tenth step or so, by prompt: thinking, answer, truth and the parts of the reward.',
      to: `${run}${rmt ? '?tab=samples' : ''}`,
    },
    {
      title: 'Why a run learns nothing',
      text: 'Groups without spread, truncation, entropy collapse, dead gradients: each with its numbers and the rollouts that show it.',
      to: `${run}${rmt ? '?tab=diagnosis' : ''}`,
    },
    {
      title: 'The comparison',
      text: 'Reasoning length against accuracy, one point a checkpoint, with intervals; paired tests; the same prompts side by side.',
      to: compareAddress(project?.checkpointIds ?? []) ?? '/compare',
    },
    {
      title: 'That is all',
      text: 'Ctrl K (⌘ K) finds any page, run or checkpoint; ? shows every key. Your own text: drop files anywhere on this window.',
      to: '/',
    },
  ];
}

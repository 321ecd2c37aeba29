/** What a run's state means: its words, its colour and what may be done in it. */
import type { Run, RunState } from '../../electron/contract/run.ts';
import { formatCount, formatDuration } from './format.ts';

interface StateText {
  readonly label: string;
  /** Key of the theme's colours. */
  readonly colour: string;
  readonly help: string;
}

export const STATE_TEXT: Readonly<Record<RunState, StateText>> = {
  queued: { label: 'Queued', colour: 'gray', help: 'Waits for the runs before it.' },
  running: { label: 'Running', colour: 'blue', help: 'At work now.' },
  pausing: { label: 'Pausing', colour: 'yellow', help: 'Pauses at the end of this step.' },
  paused: { label: 'Paused', colour: 'yellow', help: 'Keeps its place in memory and goes on when resumed.' },
  stopping: {
    label: 'Stopping',
    colour: 'orange',
    help: 'Stops at the end of this step, with a checkpoint.',
  },
  stopped: {
    label: 'Stopped',
    colour: 'orange',
    help: 'Ended early by hand; it can be resumed from its last checkpoint.',
  },
  finished: { label: 'Finished', colour: 'teal', help: 'Did all its steps.' },
  failed: { label: 'Failed', colour: 'red', help: 'Could not go on; the reason is on the run’s page.' },
  interrupted: {
    label: 'Interrupted',
    colour: 'red',
    help: 'The trainer died; it can be resumed from the last checkpoint.',
  },
};

/** At work or holding the trainer. */
export function isActive(state: RunState): boolean {
  return state === 'running' || state === 'pausing' || state === 'paused' || state === 'stopping';
}

export function isOver(state: RunState): boolean {
  return state === 'finished' || state === 'failed' || state === 'stopped' || state === 'interrupted';
}

export type RunAct = 'pause' | 'resume' | 'stop' | 'remove';

export function actsOf(state: RunState): readonly RunAct[] {
  switch (state) {
    case 'queued':
      return ['stop'];
    case 'running':
      return ['pause', 'stop'];
    case 'paused':
      return ['resume', 'stop'];
    case 'pausing':
      return ['stop'];
    case 'stopping':
      return [];
    case 'stopped':
    case 'failed':
    case 'interrupted':
      return ['resume', 'remove'];
    case 'finished':
      return ['remove'];
    default:
      return state satisfies never;
  }
}

/** How far a run is: the share done, null where that is not known yet, and the same in words. */
export function progressOf(run: Run): { share: number | null; text: string } {
  if (run.state === 'finished') return { share: 1, text: `Done in ${formatDuration(run.durationMs)}` };
  if (run.state === 'queued' && run.step === 0) return { share: null, text: 'Not started' };
  const { progress, step, totalSteps } = run;
  if (progress && progress.total > 0) {
    return {
      share: Math.min(1, progress.done / progress.total),
      text: `${progress.label}: ${formatCount(progress.done)} of ${formatCount(progress.total)}`,
    };
  }
  if (totalSteps) {
    return {
      share: Math.min(1, step / totalSteps),
      text: `Step ${formatCount(step)} of ${formatCount(totalSteps)}`,
    };
  }
  return { share: null, text: 'Getting ready' };
}

/** What the states of a study and of its nodes mean, in words and colours of the theme. */
import type { StudyNode, StudySummary, Verdict } from '../../electron/contract/studies.ts';
import { formatDuration, formatPlural } from './format.ts';
import { STATE_TEXT } from './run-state.ts';

interface StateText {
  readonly label: string;
  readonly colour: string;
}

export const STUDY_STATE_TEXT: Readonly<Record<StudySummary['state'], StateText>> = {
  new: { label: 'Not started', colour: 'gray' },
  running: { label: 'Running', colour: 'blue' },
  stopping: { label: 'Stopping', colour: 'orange' },
  stopped: { label: 'Stopped', colour: 'orange' },
  interrupted: { label: 'Interrupted', colour: 'red' },
  finished: { label: 'Finished', colour: 'teal' },
  failed: { label: 'Failed', colour: 'red' },
};

export const VERDICT_COLOURS: Readonly<Record<Verdict, string>> = {
  reproduced: 'teal',
  not: 'red',
  undecided: 'gray',
};

export function nodeStateText({ state, reused }: StudyNode): StateText {
  if (state === 'waiting') return { label: 'Waiting', colour: 'gray' };
  const { label, colour } = STATE_TEXT[state];
  return { label: reused ? `${label}, taken from an earlier run` : label, colour };
}

/** “about 25 min”, as the file states. */
export function statedTime({ quick, minutes, quickMinutes }: StudySummary): string {
  const stated = quick ? quickMinutes : minutes;
  return stated === null ? 'not stated' : `about ${formatPlural(stated, 'minute')}`;
}

/** In two parts, so that a line may break between them. */
export function progressText({ done, total, durationMs }: StudySummary): readonly string[] {
  const time = durationMs > 0 ? [`${formatDuration(durationMs)} at work`] : [];
  return [`${done} of ${total} runs and evaluations`, ...time];
}

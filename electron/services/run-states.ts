import type { RunState } from '../contract/run.ts';
import { AppError } from '../errors.ts';

/** Every state a run may go to from each: nothing else happens to a run. */
const TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['running', 'stopped', 'failed'],
  running: ['pausing', 'stopping', 'finished', 'stopped', 'failed', 'interrupted'],
  pausing: ['paused', 'running', 'stopping', 'finished', 'stopped', 'failed', 'interrupted'],
  paused: ['running', 'stopping', 'stopped', 'failed', 'interrupted'],
  stopping: ['stopped', 'finished', 'failed', 'interrupted'],
  stopped: ['queued'],
  failed: ['queued'],
  interrupted: ['queued'],
  finished: [],
};

export function mayBecome(from: RunState, to: RunState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** In the hands of the trainer process. */
export function isActive(state: RunState): boolean {
  return state === 'running' || state === 'pausing' || state === 'paused' || state === 'stopping';
}

/** Nothing will happen to it by itself any more. */
export function isSettled(state: RunState): boolean {
  return state === 'finished' || state === 'stopped' || state === 'failed' || state === 'interrupted';
}

/** @throws AppError WrongState where the user asks for what the run's state does not allow */
export function requireTransition(name: string, from: RunState, to: RunState, verb: string): void {
  if (mayBecome(from, to)) return;
  throw new AppError(
    'WrongState',
    `“${name}” is ${from} and cannot be ${verb}.`,
    'Look at its state again: it may have changed in the meantime.',
  );
}

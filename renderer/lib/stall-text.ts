import type { StallKind } from '../../electron/contract/stalls.ts';

interface StallWords {
  readonly label: string;
  /** What it would mean. */
  readonly help: string;
}

export const STALL_TEXT: Readonly<Record<StallKind, StallWords>> = {
  'not-finite': { label: 'Numbers that are none', help: 'A loss or gradient became NaN or infinite.' },
  truncation: { label: 'Truncation', help: 'Rollouts are cut off before they answer and earn nothing.' },
  'zero-variance': {
    label: 'Groups without spread',
    help: 'All rollouts of a group earn the same, so the group teaches nothing.',
  },
  'entropy-collapse': { label: 'Entropy collapse', help: 'The policy says the same thing again and again.' },
  'dead-gradients': { label: 'Dead gradients', help: 'Gradients or the learning rate are 0.' },
  'exploding-gradients': { label: 'Exploding gradients', help: 'Steps far beyond the usual size.' },
  'length-hacking': {
    label: 'Length hacking',
    help: 'The length reward is earned at the cost of the answer.',
  },
  'reward-saturation': { label: 'Saturated reward', help: 'Nearly all there is to earn is earned.' },
};

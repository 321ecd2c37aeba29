import type { X_AXES } from '../../electron/contract/x-axes.ts';

export type XAxisName = (typeof X_AXES)[number];

interface XAxisText {
  /** For the switch. */
  readonly short: string;
  readonly label: string;
  readonly unit: string | undefined;
}

export const X_AXIS_TEXT: Readonly<Record<XAxisName, XAxisText>> = {
  step: { short: 'Step', label: 'step', unit: undefined },
  wall_time: { short: 'Time', label: 'training time (s)', unit: 's' },
  num_tokens: { short: 'Tokens', label: 'tokens', unit: 'tokens' },
  flops: { short: 'FLOPs', label: 'operations (FLOP)', unit: 'FLOP' },
};

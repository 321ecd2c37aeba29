import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import { stageDeclarations } from '../../trainer/config/stages.ts';
import { formatCount } from './format.ts';

/** The stage in a word; a checkpoint that no run made has none. */
export function stageOf(checkpoint: Checkpoint): string {
  return checkpoint.stage ? stageDeclarations[checkpoint.stage].label : 'Base';
}

/** The name, and the step where it is not the run's last. */
export function checkpointLabel(checkpoint: Checkpoint): string {
  const step = `step ${formatCount(checkpoint.step)}`;
  return checkpoint.final || checkpoint.name.includes(step) ? checkpoint.name : `${checkpoint.name}, ${step}`;
}

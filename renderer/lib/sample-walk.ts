/** Where the sample project stands. */
import type { SampleProject } from '../../electron/contract/app.ts';
import type { Run } from '../../electron/contract/run.ts';

export interface SampleWalkState {
  readonly stage: 'install' | 'start' | 'running' | 'compare';
  /** The walk's runs, in its order. */
  readonly runs: readonly Run[];
  /** Where the comparison is, as soon as there is something to compare. */
  readonly compareAddress: string | null;
}

export function walkOf(project: SampleProject, runs: readonly Run[]): SampleWalkState {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const own = project.runIds.flatMap((id) => byId.get(id) ?? []);
  return { stage: stageOf(project, own), runs: own, compareAddress: compareAddress(project.checkpointIds) };
}

/** Where checkpoints are compared; null with nothing to compare. */
export function compareAddress(checkpointIds: readonly string[]): string | null {
  return checkpointIds.length > 1 ? `/compare?c=${checkpointIds.join(',')}` : null;
}

function stageOf(project: SampleProject, runs: readonly Run[]): SampleWalkState['stage'] {
  if (!project.installed) return 'install';
  if (project.runIds.length === 0) return 'start';
  const done = runs.length > 0 && runs.every((run) => run.state === 'finished');
  return done && project.checkpointIds.length > 1 ? 'compare' : 'running';
}

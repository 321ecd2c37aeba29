/** Which saved steps of a run an evaluation looks at. Pure. */
import type { StepsDeclaration } from './declaration.ts';
import type { PlannedRun } from './planned.ts';
import type { Problem } from './problem.ts';

type Settings = Readonly<Record<string, unknown>>;

const numberOf = (settings: Settings, name: string): number => {
  const value = settings[name];
  return typeof value === 'number' ? value : 0;
};

/** Whether a run of these settings keeps a checkpoint of that step. */
export function saves(settings: Settings, step: number): boolean {
  const every = numberOf(settings, 'saveSteps');
  const last = numberOf(settings, 'maxSteps');
  return step === last || (step > 0 && step < last && every > 0 && step % every === 0);
}

/** Steps in order, null for the last; 0 for where the run starts from. */
export function resolveSteps(
  declared: StepsDeclaration,
  run: PlannedRun,
  path: readonly PropertyKey[],
  problems: Problem[],
): (number | null)[] {
  if (declared === 'final') return [null];
  const last = numberOf(run.settings, 'maxSteps');
  const wanted = Array.isArray(declared)
    ? declared
    : Array.from({ length: Math.floor(last / declared.every) + 1 }, (_, i) => i * declared.every);
  const steps = [...new Set([...wanted, ...(Array.isArray(declared) ? [] : [last])])].sort((a, b) => a - b);
  return steps.flatMap((step) => {
    if (step === last) return [null];
    if (step === 0 || saves(run.settings, step)) return [step];
    problems.push({
      path,
      message: `want step ${step} of “${run.id}”, which saves none then.`,
      wayOut: `Its saveSteps are ${numberOf(run.settings, 'saveSteps')} and it ends at ${last}.`,
    });
    return [];
  });
}

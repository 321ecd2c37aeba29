/** The runs of a study: grids spread out, settings resolved, bases first. Pure. */
import type { SettingInput, Study } from './declaration.ts';
import { mergeSettings, resolveFor } from './plan-settings.ts';
import type { PlannedRun } from './planned.ts';
import type { Problem } from './problem.ts';

export function planRuns(
  study: Study,
  quick: boolean,
  seeds: readonly number[],
  problems: Problem[],
): PlannedRun[] {
  const runs = study.runs.flatMap((declaration, at) => {
    const { id, label, stage, grid = {} } = declaration;
    const names = Object.keys(grid);
    return combinations(grid).map((values): PlannedRun => {
      const unnamed = names.filter((name) => !id.includes(`{${name}}`));
      return {
        id: [fill(id, values, idText), ...unnamed.map((name) => idText(values[name]!))].join('-'),
        declared: id,
        label: fill(label, values, valueText),
        stage,
        base: typeof declaration.base === 'object' ? declaration.base.run : (declaration.base ?? null),
        baseStep: null,
        seeds: declaration.seeds ?? seeds,
        values,
        settings: resolveFor(
          study,
          stage,
          mergeSettings(study, stage, { ...declaration.settings, ...values }, quick),
          ['runs', at],
          problems,
        ),
      };
    });
  });
  const taken = new Map<string, number>();
  for (const { id } of runs) taken.set(id, (taken.get(id) ?? 0) + 1);
  for (const name of Object.keys(study.checkpoints)) taken.set(name, (taken.get(name) ?? 0) + 1);
  study.runs.forEach(({ id }, at) => {
    for (const run of runs.filter(({ declared }) => declared === id)) {
      if ((taken.get(run.id) ?? 0) < 2) continue;
      problems.push({
        path: ['runs', at, 'id'],
        message: `gives “${run.id}”, which stands for something else too.`,
        wayOut:
          'Every run and checkpoint needs a name of its own; {setting} in an id takes in a grid’s values.',
      });
      taken.delete(run.id);
    }
  });
  return runs;
}

/** At which step of its base each run starts; a share is of the steps that the base has in this form of the study. */
export function withBaseSteps(study: Study, runs: readonly PlannedRun[]): PlannedRun[] {
  return runs.map((run) => {
    const { base } = study.runs.find(({ id }) => id === run.declared)!;
    if (typeof base !== 'object') return run;
    const steps = Number(runs.find(({ id }) => id === base.run)?.settings.maxSteps ?? 0);
    return { ...run, baseStep: 'step' in base ? base.step : Math.max(1, Math.round(base.share * steps)) };
  });
}

/** Every combination of a grid's values, the last setting's changing fastest; one empty one without a grid. */
function combinations(
  grid: Readonly<Record<string, readonly SettingInput[]>>,
): Readonly<Record<string, SettingInput>>[] {
  return Object.entries(grid).reduce<Record<string, SettingInput>[]>(
    (before, [name, values]) => before.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

export const valueText = (value: SettingInput): string =>
  Array.isArray(value) ? value.join(' / ') : String(value);
const idText = (value: SettingInput): string =>
  (Array.isArray(value) ? value.join('-') : String(value)).replaceAll(/[^A-Za-z0-9_.-]/g, '-');

function fill(
  pattern: string,
  values: Readonly<Record<string, SettingInput>>,
  write: (value: SettingInput) => string,
): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : write(value);
  });
}

/** Bases before the runs that start from them. */
export function inOrder(
  runs: readonly PlannedRun[],
  byId: ReadonlyMap<string, PlannedRun>,
  problems: Problem[],
): PlannedRun[] {
  const ordered: PlannedRun[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (run: PlannedRun): void => {
    if (state.get(run.id) === 'done') return;
    if (state.get(run.id) === 'open') {
      problems.push({ path: ['runs'], message: `“${run.id}” starts from itself, through other runs.` });
      return;
    }
    state.set(run.id, 'open');
    const base = run.base === null ? undefined : byId.get(run.base);
    if (base) visit(base);
    state.set(run.id, 'done');
    ordered.push(run);
  };
  for (const run of runs) visit(run);
  return ordered;
}

/** The settings of a study's runs and evaluations, and where in the file they stand. Pure. */
import { resolveStage, type StageName, stageSettings } from '../../trainer/config/stages.ts';
import type { SettingInput, Study } from './declaration.ts';
import type { Problem } from './problem.ts';

/** A setting for all stages that no stage of the study has is a misspelt one. */
export function checkCommonSettings(study: Study, problems: Problem[]): void {
  const stages = new Set<StageName>([...study.runs.map((run) => run.stage), 'evaluate']);
  const known = new Set([...stages].flatMap((stage) => Object.keys(stageSettings[stage])));
  const parts = [
    { at: ['settings'], by: study.settings },
    { at: ['quick', 'settings'], by: study.quick?.settings ?? {} },
  ];
  for (const { at, by } of parts) {
    for (const [stage, given] of Object.entries(by)) {
      if (stage === 'common') {
        for (const name of Object.keys(given)) {
          if (known.has(name)) continue;
          problems.push({
            path: [...at, stage, name],
            message: 'is a setting that no stage of this study has.',
          });
        }
      } else if (!Object.hasOwn(stageSettings, stage)) {
        problems.push({
          path: [...at, stage],
          message: 'is no stage.',
          wayOut: `Use common, ${Object.keys(stageSettings).join(', ')}.`,
        });
      }
    }
  }
}

/** What holds for a stage: common settings it has, then the stage's own, then `own`, and over all the quick form's. */
export function mergeSettings(
  study: Study,
  stage: StageName,
  own: Readonly<Record<string, SettingInput>>,
  quick: boolean,
): Record<string, SettingInput> {
  const layer = (by: Study['settings']): Record<string, SettingInput> => ({
    ...Object.fromEntries(
      Object.entries(by.common ?? {}).filter(([name]) => Object.hasOwn(stageSettings[stage], name)),
    ),
    ...by[stage],
  });
  return { ...layer(study.settings), ...own, ...(quick ? layer(study.quick?.settings ?? {}) : {}) };
}

/** Resolved settings of a run or evaluation; what is wrong with one is told where it stands. */
export function resolveFor(
  study: Study,
  stage: StageName,
  given: Readonly<Record<string, SettingInput>>,
  path: readonly PropertyKey[],
  problems: Problem[],
): Readonly<Record<string, unknown>> {
  const resolved = resolveStage(stage, given);
  for (const { message, wayOut, settings } of resolved.problems) {
    const name = settings.find((setting) => Object.hasOwn(given, setting)) ?? settings[0]!;
    const place = placeOf(study, stage, name, path);
    const isKnown = problems.some((one) => one.message === message && String(one.path) === String(place));
    if (!isKnown) problems.push({ path: place, message, wayOut });
  }
  return resolved.values;
}

/** Where a setting was given: by the run or evaluation itself, for its stage, for all, or nowhere but there. */
function placeOf(
  study: Study,
  stage: StageName,
  name: string,
  path: readonly PropertyKey[],
): readonly PropertyKey[] {
  const [part, at] = path;
  const own = part === 'runs' ? study.runs[Number(at)] : study.evaluations[Number(at)];
  const has = (settings: object | undefined): boolean =>
    settings !== undefined && Object.hasOwn(settings, name);
  if (own && 'grid' in own && has(own.grid)) return [...path, 'grid', name];
  if (has(own?.settings)) return [...path, 'settings', name];
  if (has(study.settings[stage])) return ['settings', stage, name];
  if (has(study.settings.common)) return ['settings', 'common', name];
  if (has(study.quick?.settings[stage])) return ['quick', 'settings', stage, name];
  return path;
}

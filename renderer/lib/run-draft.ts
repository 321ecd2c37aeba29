/**
 * A run that is being set up, as an address: the stage, where it starts from, and every setting that departs from its
 * default under its own name. A reload keeps it, and a link hands it on.
 */
import type { RunBase } from '../../electron/contract/run.ts';
import type { NewRun } from '../../electron/contract/runs.ts';
import type { Setting, SettingValue } from '../../trainer/config/setting.ts';
import { STAGE_NAMES, type StageName, stageSettings } from '../../trainer/config/stages.ts';
import { type SweepDraft, sweepFromText, sweepToText } from './sweep-text.ts';

export interface RunDraft {
  readonly stage: StageName;
  readonly name: string;
  readonly corpusId: string | null;
  readonly questionsId: string | null;
  readonly base: RunBase | null;
  readonly tierReference: RunBase | null;
  /** Settings that differ from the stage's defaults. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  /** Null for one run. */
  readonly sweep: SweepDraft | null;
}

export const EMPTY_DRAFT: RunDraft = {
  stage: 'rmt',
  name: '',
  corpusId: null,
  questionsId: null,
  base: null,
  tierReference: null,
  settings: {},
  sweep: null,
};

export function settingsOf(stage: StageName): Readonly<Record<string, Setting>> {
  return stageSettings[stage];
}

/** `checkpoint:ID` or `run:ID`. */
export function baseToText(base: RunBase | null): string | null {
  if (!base) return null;
  return base.kind === 'checkpoint' ? `checkpoint:${base.checkpointId}` : `run:${base.runId}`;
}

export function baseFromText(text: string | null): RunBase | null {
  const [, kind, id] = /^(checkpoint|run):(.+)$/.exec(text ?? '') ?? [];
  if (!kind || !id) return null;
  return kind === 'checkpoint' ? { kind, checkpointId: id } : { kind: 'run', runId: id };
}

export function valueToText(value: SettingValue): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** The value a text stands for, or null where it cannot be one of this setting's. */
export function valueFromText(setting: Setting, text: string): SettingValue | null {
  switch (setting.kind) {
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : null;
    case 'choice':
      return text in setting.choices ? text : null;
    case 'mix':
    case 'numbers': {
      const numbers = text === '' ? [] : text.split(',').map(Number);
      return numbers.every(Number.isFinite) ? numbers : null;
    }
    default:
      return setting satisfies never;
  }
}

export function sameValue(a: SettingValue, b: SettingValue): boolean {
  return valueToText(a) === valueToText(b);
}

export function draftFromParams(params: URLSearchParams): RunDraft {
  const asked = params.get('stage');
  const stage = STAGE_NAMES.find((name) => name === asked) ?? EMPTY_DRAFT.stage;
  const settings: Record<string, SettingValue> = {};
  for (const [name, setting] of Object.entries(settingsOf(stage))) {
    const text = params.get(name);
    const value = text === null ? null : valueFromText(setting, text);
    if (value !== null && !sameValue(value, setting.default)) settings[name] = value;
  }
  return {
    stage,
    name: params.get('name') ?? '',
    corpusId: params.get('corpusId'),
    questionsId: params.get('questionsId'),
    base: baseFromText(params.get('base')),
    tierReference: baseFromText(params.get('tierReference')),
    settings,
    sweep: sweepFromText(params.get('sweep')),
  };
}

export function paramsOfDraft(draft: RunDraft): URLSearchParams {
  const params = new URLSearchParams({ stage: draft.stage });
  const given = {
    name: draft.name,
    corpusId: draft.corpusId,
    questionsId: draft.questionsId,
    base: baseToText(draft.base),
    tierReference: baseToText(draft.tierReference),
    sweep: sweepToText(draft.sweep),
  };
  for (const [key, value] of Object.entries(given)) if (value) params.set(key, value);
  for (const [name, value] of Object.entries(draft.settings)) params.set(name, valueToText(value));
  return params;
}

/** The draft with one setting at a value; at its default it is left out. */
export function withSetting(draft: RunDraft, name: string, value: SettingValue | null): RunDraft {
  const setting = settingsOf(draft.stage)[name];
  const { [name]: _, ...others } = draft.settings;
  if (!setting || value === null || sameValue(value, setting.default)) return { ...draft, settings: others };
  return { ...draft, settings: { ...others, [name]: value } };
}

/** The draft for another stage: what both stages know is kept. */
export function withStage(draft: RunDraft, stage: StageName): RunDraft {
  const known = settingsOf(stage);
  const settings = Object.fromEntries(
    Object.entries(draft.settings).filter(([name, value]) => {
      const setting = known[name];
      return (
        setting && valueFromText(setting, valueToText(value)) !== null && !sameValue(value, setting.default)
      );
    }),
  );
  return { ...draft, stage, settings };
}

/** A draft that repeats a run's settings. */
export function draftLike(run: {
  readonly stage: StageName;
  readonly corpusId: string | null;
  readonly questionsId: string | null;
  readonly base: RunBase | null;
  readonly tierReference: RunBase | null;
  readonly settings: Readonly<Record<string, unknown>>;
}): RunDraft {
  const { stage, corpusId, questionsId, base, tierReference } = run;
  let draft: RunDraft = {
    stage,
    name: '',
    corpusId,
    questionsId,
    base,
    tierReference,
    settings: {},
    sweep: null,
  };
  for (const [name, value] of Object.entries(run.settings))
    draft = withSetting(draft, name, value as SettingValue);
  return draft;
}

export function newRunOf(draft: RunDraft): NewRun {
  const { stage, name, corpusId, questionsId, base, tierReference, settings } = draft;
  return {
    stage,
    name: name.trim() || null,
    corpusId,
    questionsId,
    base,
    tierReference,
    settings: { ...settings },
  };
}

/**
 * How a setting is declared. Everything that shows, checks, stores or documents a setting (the form, the
 * command line's flags, validation on arrival, the stored JSON, docs/settings.md) derives from these values. Names and
 * defaults follow TRL and Hugging Face where they have one; the papers' defaults are scaled to a workstation only where
 * the help says so.
 */
import { z } from 'zod';

interface Declared<T> {
  readonly default: T;
  /** What a researcher would call it. */
  readonly label: string;
  /** One or two sentences: what it does and when to change it. */
  readonly help: string;
  /** The paper's symbol, where it has one (B_0, γ, λ …). */
  readonly symbol?: string;
  /** Hidden behind "more settings" in the form. */
  readonly advanced?: boolean;
}

export interface NumberSetting extends Declared<number> {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  readonly unit?: string;
}

export interface BooleanSetting extends Declared<boolean> {
  readonly kind: 'boolean';
}

export interface ChoiceSetting extends Declared<string> {
  readonly kind: 'choice';
  readonly choices: Readonly<Record<string, string>>;
}

/** A fixed-length list of probabilities that sums to one. */
export interface MixSetting extends Declared<readonly number[]> {
  readonly kind: 'mix';
  readonly parts: readonly string[];
}

/** A list of numbers of any length, for example the budgets of a sweep. */
export interface NumbersSetting extends Declared<readonly number[]> {
  readonly kind: 'numbers';
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  readonly maxLength: number;
}

export type Setting = NumberSetting | BooleanSetting | ChoiceSetting | MixSetting | NumbersSetting;
export type Settings = Readonly<Record<string, Setting>>;
export type SettingValue = number | boolean | string | readonly number[];

type ValueOf<S> = S extends NumberSetting
  ? number
  : S extends BooleanSetting
    ? boolean
    : S extends { kind: 'choice'; choices: infer C }
      ? Extract<keyof C, string>
      : S extends MixSetting | NumbersSetting
        ? readonly number[]
        : never;

/** The values of a group of settings, typed from their declarations. */
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** A relation between settings that must hold; `wayOut` tells the user what to change. */
export interface SettingCheck<V> {
  readonly settings: readonly (keyof V & string)[];
  readonly holds: (values: V) => boolean;
  readonly message: string;
  readonly wayOut: string;
}

export interface SettingProblem {
  readonly settings: readonly string[];
  readonly message: string;
  readonly wayOut: string;
}

const MIX_TOLERANCE = 1e-6;

/** The zod schema of one setting. */
export function schemaOf(setting: Setting): z.ZodType<SettingValue> {
  switch (setting.kind) {
    case 'number': {
      const bounded = z.number().min(setting.min).max(setting.max);
      return setting.integer ? bounded.int() : bounded;
    }
    case 'boolean':
      return z.boolean();
    case 'choice':
      return z.enum(Object.keys(setting.choices) as [string, ...string[]]);
    case 'mix':
      return z
        .array(z.number().min(0).max(1))
        .length(setting.parts.length)
        .refine((mix) => Math.abs(mix.reduce((sum, part) => sum + part, 0) - 1) < MIX_TOLERANCE, {
          message: 'must sum to 1',
        });
    case 'numbers': {
      const item = z.number().min(setting.min).max(setting.max);
      return z.array(setting.integer ? item.int() : item).max(setting.maxLength);
    }
    default:
      return setting satisfies never;
  }
}

/** The declared defaults of a group of settings. */
export function defaultsOf<S extends Settings>(settings: S): ValuesOf<S> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [name, setting.default]),
  ) as ValuesOf<S>;
}

/**
 * Fills the gaps of `given` with defaults and checks every value and relation.
 * Unknown names are problems too: a misspelt setting must not be ignored silently.
 */
export function resolveSettings<S extends Settings>(
  settings: S,
  checks: readonly SettingCheck<ValuesOf<S>>[],
  given: Readonly<Record<string, unknown>>,
): { values: ValuesOf<S>; problems: SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = { ...defaultsOf(settings) };
  for (const [name, value] of Object.entries(given)) {
    const setting = settings[name];
    if (!setting) {
      problems.push({
        settings: [name],
        message: `There is no setting "${name}" here.`,
        wayOut: `Remove it, or use one of: ${Object.keys(settings).join(', ')}.`,
      });
      continue;
    }
    const parsed = schemaOf(setting).safeParse(value);
    if (parsed.success) values[name] = parsed.data;
    else {
      problems.push({
        settings: [name],
        message: `${setting.label} (${name}) is ${JSON.stringify(value)}, which is not allowed: ${parsed.error.issues[0]?.message ?? 'invalid'}.`,
        wayOut: `Use ${allowedRange(setting)}.`,
      });
    }
  }
  if (problems.length === 0) {
    for (const check of checks) {
      if (!check.holds(values as ValuesOf<S>)) {
        problems.push({ settings: check.settings, message: check.message, wayOut: check.wayOut });
      }
    }
  }
  return { values: values as ValuesOf<S>, problems };
}

/** What values a setting takes, in words. */
export function allowedRange(setting: Setting): string {
  switch (setting.kind) {
    case 'number':
      return `${setting.integer ? 'a whole number' : 'a number'} from ${setting.min} to ${setting.max}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${Object.keys(setting.choices).join(', ')}`;
    case 'mix':
      return `${setting.parts.length} shares (${setting.parts.join(', ')}) that sum to 1`;
    case 'numbers':
      return `at most ${setting.maxLength} numbers from ${setting.min} to ${setting.max}`;
    default:
      return setting satisfies never;
  }
}

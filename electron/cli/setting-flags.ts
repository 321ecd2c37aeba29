/** Command-line flags made from the settings' declarations: `learningRate` becomes `--learning-rate <number>`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { allowedRange, type Setting, type SettingValue } from '../../trainer/config/setting.ts';
import { type StageName, stageSettings } from '../../trainer/config/stages.ts';

const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Flags that commands have of their own; a setting of the same name is given by `--set`. */
const OWN_FLAGS: ReadonlySet<string> = new Set([
  'workspace',
  'json',
  'corpus',
  'questions',
  'base',
  'tierReference',
  'name',
  'wait',
  'set',
  'grid',
  'random',
  'count',
  'drawSeed',
  'seeds',
  'skipInvalid',
  'preview',
]);

/** The value of a setting from its text. @throws InvalidArgumentError; ranges are checked with the whole */
export function parseSetting(setting: Setting, text: string): SettingValue {
  switch (setting.kind) {
    case 'number':
      return parseNumber(text);
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw new InvalidArgumentError('Use true or false.');
    case 'choice':
      return text;
    case 'mix':
    case 'numbers':
      return text.trim() === '' ? [] : text.split(',').map(parseNumber);
    default:
      return setting satisfies never;
  }
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError(`“${text}” is not a number.`);
  return value;
}

function placeholder(setting: Setting): string {
  if (setting.kind === 'boolean') return '<true|false>';
  if (setting.kind === 'choice') return '<choice>';
  return setting.kind === 'number' ? '<number>' : '<list>';
}

function describe(setting: Setting): string {
  const symbol = setting.symbol ? ` (${setting.symbol})` : '';
  const unit = 'unit' in setting && setting.unit ? `, ${setting.unit}` : '';
  return `${setting.label}${symbol}: ${allowedRange(setting)}${unit}`;
}

/** Gives a command a flag for every setting of a stage, and `--set name=value` for all alike. */
export function addSettingFlags(command: Command, stage: StageName): void {
  const settings: Readonly<Record<string, Setting>> = stageSettings[stage];
  for (const [name, setting] of Object.entries(settings)) {
    if (OWN_FLAGS.has(name)) continue;
    const option = new Option(`${flagOf(name)} ${placeholder(setting)}`, describe(setting));
    option.argParser((text: string) => parseSetting(setting, text));
    const shown = Array.isArray(setting.default) ? setting.default.join(',') : String(setting.default);
    option.defaultValueDescription = shown;
    option.description += ` (default ${shown})`;
    command.addOption(option);
  }
  command.option(
    '--set <name=value>',
    'a setting by its name; may be repeated',
    (text: string, before: string[]) => [...before, text],
    [],
  );
}

/** The settings given on a command line: by their own flags and by `--set`. @throws InvalidArgumentError */
export function givenSettings(
  stage: StageName,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const settings: Readonly<Record<string, Setting>> = stageSettings[stage];
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(settings)) {
    if (!OWN_FLAGS.has(name) && options[name] !== undefined) given[name] = options[name];
  }
  const assignments = Array.isArray(options.set) ? options.set.map(String) : [];
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at === -1) throw new InvalidArgumentError(`--set ${assignment}: use name=value.`);
    const name = assignment.slice(0, at);
    const setting = settings[name];
    const text = assignment.slice(at + 1);
    // An unknown name goes on as it is: the check of the whole names it with all others.
    given[name] = setting ? parseSetting(setting, text) : text;
  }
  return given;
}

/** Writes docs/settings.md from the settings' declarations: `npm run settings-reference`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allowedRange, type Setting, type Settings, type SettingValue } from '../trainer/config/setting.ts';
import { STAGE_NAMES, type StageName, stageDeclarations, stageSettings } from '../trainer/config/stages.ts';

const INTRODUCTION = `# Settings

Every setting of every stage, under the heading it has in the form, with the paper's symbol where there is one. On the
command line \`budgetInitial\` is \`--budget-initial\`; in a study's file it is written as here. Made by
\`npm run settings-reference\` from the declarations in \`trainer/config/\`.
`;

const settingOf = (stage: StageName, name: string): Setting | undefined =>
  (stageSettings[stage] as Settings)[name];

function valueText(value: SettingValue): string {
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'none';
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(4)));
  return String(value);
}

/** The default, and the stages that depart from it. */
function defaultsText(name: string, stages: readonly StageName[]): string {
  const byValue = Map.groupBy(stages, (stage) => valueText(settingOf(stage, name)!.default));
  const [usual, ...others] = [...byValue].sort(([, a], [, b]) => b.length - a.length);
  return [usual![0], ...others.map(([value, where]) => `${value} in ${where.join(', ')}`)].join('; ');
}

function settingText(name: string, setting: Setting, stages: readonly StageName[]): string {
  const symbol = setting.symbol ? `, ${setting.symbol}` : '';
  const unit = setting.kind === 'number' && setting.unit ? ` ${setting.unit}` : '';
  const choices =
    setting.kind === 'choice'
      ? Object.entries(setting.choices).map(([choice, meaning]) => `  - \`${choice}\`: ${meaning}`)
      : [];
  return [
    `- **\`${name}\`** (${setting.label}${symbol}): ${allowedRange(setting)}${unit}; default ${defaultsText(name, stages)}.`,
    `  ${setting.help} For ${stages.join(', ')}.`,
    ...choices,
  ].join('\n');
}

/** The whole page. Each setting stands once, under the first heading that has it. */
export function settingsReference(): string {
  const told = new Set<string>();
  const bySection = new Map<string, string[]>();
  for (const stage of STAGE_NAMES) {
    for (const { title, names } of stageDeclarations[stage].sections) {
      for (const name of names.filter((name) => !told.has(name))) {
        told.add(name);
        const stages = STAGE_NAMES.filter((other) => settingOf(other, name));
        const texts = bySection.get(title) ?? [];
        bySection.set(title, [...texts, settingText(name, settingOf(stage, name)!, stages)]);
      }
    }
  }
  const sections = [...bySection].map(([title, texts]) => `## ${title}\n\n${texts.join('\n')}\n`);
  return [INTRODUCTION, ...sections].join('\n').replace(/<\/?\w+>/g, '`$&`');
}

if (import.meta.main) {
  writeFileSync(fileURLToPath(new URL('../docs/settings.md', import.meta.url)), settingsReference());
}

/** Settings, inputs and circumstances of runs side by side. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Setting } from '../../trainer/config/setting.ts';
import { stageDeclarations, stageSettings } from '../../trainer/config/stages.ts';
import type { RunDifference } from '../contract/run-acts.ts';
import type { Output } from '../contract.ts';
import type { RunRow } from '../db/runs.ts';
import { recordOf } from './run-record.ts';
import { toRun } from './run-view.ts';

type Value = RunDifference['values'][number];
const ABSENT: Value = { kind: 'absent' };
const storedSettings = z.record(z.string(), z.unknown());

/** A value as tables show it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

const plain = (value: unknown): Value => ({ kind: 'value', value, text: valueText(value), isDefault: null });

function rowOf(
  section: RunDifference['section'],
  name: string,
  label: string,
  values: readonly Value[],
  symbol: string | null = null,
): RunDifference {
  return { section, name, label, symbol, values: [...values], differs: !allEqual(values) };
}

/** `absent` beside a value is a difference of stage, which its own row tells; equal values are none. */
function allEqual(values: readonly Value[]): boolean {
  const present = values.filter((value) => value.kind === 'value');
  return (
    (present.length === values.length || present.length === 0) &&
    present.every((value) => isDeepStrictEqual(value.value, present[0]?.value))
  );
}

export function runDifferences(rows: readonly RunRow[], differencesOnly: boolean): Output<'runs.diff'> {
  const all = [...inputRows(rows), ...settingRows(rows), ...circumstanceRows(rows)];
  return {
    runs: rows.map((row) => toRun(row, undefined)),
    rows: differencesOnly ? all.filter((row) => row.differs) : all,
  };
}

function inputRows(rows: readonly RunRow[]): RunDifference[] {
  const records = rows.map(recordOf);
  const hashed = (name: string | null, sha256: string | null): Value =>
    plain(name === null ? null : sha256 === null ? name : `${name} (${sha256.slice(0, 8)})`);
  return [
    rowOf(
      'run',
      'stage',
      'Stage',
      rows.map((row) => plain(stageDeclarations[row.stage].label)),
    ),
    rowOf(
      'inputs',
      'corpus',
      'Corpus',
      rows.map((row, i) => hashed(row.corpusName, records[i]!.corpusSha256)),
    ),
    rowOf(
      'inputs',
      'questions',
      'Questions',
      rows.map((row, i) => hashed(row.questionsName, records[i]!.questionsSha256)),
    ),
    rowOf(
      'inputs',
      'base',
      'Base',
      rows.map((row, i) => hashed(row.baseName, records[i]!.baseSha256)),
    ),
    rowOf(
      'inputs',
      'fork',
      'Branches off from',
      rows.map((row) => plain(row.forkStep === null ? null : `${row.forkName}, step ${row.forkStep}`)),
    ),
  ];
}

function settingRows(rows: readonly RunRow[]): RunDifference[] {
  const settings = rows.map((row) => storedSettings.parse(JSON.parse(row.settings)));
  // Imported runs declare no settings: what a stage of their kind would have is not known of them.
  const declared = rows.map(
    (row): Readonly<Record<string, Setting>> => (row.origin === 'trained' ? stageSettings[row.stage] : {}),
  );
  const names = new Set([...declared, ...settings].flatMap((group) => Object.keys(group)));
  return [...names].map((name) => {
    const setting = declared.find((group) => name in group)?.[name];
    const values = rows.map((_, i): Value => {
      if (!(name in settings[i]!)) return ABSENT;
      const value = settings[i]![name];
      const own = declared[i]![name];
      const isDefault = own ? isDeepStrictEqual(value, own.default) : null;
      return { kind: 'value', value, text: valueText(value), isDefault };
    });
    return rowOf('settings', name, setting?.label ?? name, values, setting?.symbol ?? null);
  });
}

const engineName = z.object({ name: z.string(), description: z.string() });

function circumstanceRows(rows: readonly RunRow[]): RunDifference[] {
  const records = rows.map(recordOf);
  const engines = rows.map((row) => (row.engine === null ? null : engineName.parse(JSON.parse(row.engine))));
  const row = (name: string, label: string, values: readonly unknown[]): RunDifference =>
    rowOf('circumstances', name, label, values.map(plain));
  const packages = new Set(records.flatMap((record) => Object.keys(record.packages)));
  return [
    row(
      'engine',
      'Engine',
      engines.map((engine) => engine?.name ?? null),
    ),
    row(
      'device',
      'Device',
      engines.map((engine) => engine?.description ?? null),
    ),
    ...(
      [
        ['midtrain', 'Midtrain'],
        ['commit', 'Commit'],
        ['modified', 'Changes since the commit'],
        ['node', 'Node'],
        ['platform', 'Platform'],
        ['processor', 'Processor'],
        ['cores', 'Cores'],
        ['gpus', 'GPUs'],
      ] as const
    ).map(([name, label]) =>
      row(
        name,
        label,
        records.map((record) => record[name]),
      ),
    ),
    ...[...packages].map((name) =>
      row(
        `package ${name}`,
        name,
        records.map((record) => record.packages[name] ?? null),
      ),
    ),
  ];
}

/** The study files that come with the program, and what a caller means by a study's id or name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StudyReads, StudyRow } from '../db/studies.ts';
import { AppError } from '../errors.ts';
import { programPaths } from '../paths.ts';
import { type LoadedStudy, loadStudy } from '../studies/load.ts';
import type { Asked } from '../studies/planned.ts';

const FOLDER = join(programPaths.assets, 'studies');

/** Names in alphabetical order. */
export function shippedStudies(): string[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The file's text, or null if none of that name is shipped. */
export function shippedStudy(name: string): string | null {
  return shippedStudies().includes(name) ? readFileSync(join(FOLDER, `${name}.yaml`), 'utf8') : null;
}

/** A study of the workspace, or a shipped file that was never started. */
export type FoundStudy =
  | { readonly kind: 'stored'; readonly row: StudyRow }
  | { readonly kind: 'shipped'; readonly name: string; readonly source: string };

/** @param key id or name. @throws AppError NotFound */
export function findStudy(studies: StudyReads, key: string): FoundStudy {
  const row = studies.byId(key) ?? studies.byName(key)[0];
  if (row) return { kind: 'stored', row };
  const source = shippedStudy(key);
  if (source !== null) return { kind: 'shipped', name: key, source };
  throw new AppError('NotFound', `There is no study ${key}.`, '`midtrain study list` lists what there is.');
}

export const askedOf = (row: Pick<StudyRow, 'quick' | 'seeds'>): Asked => ({
  quick: row.quick === 1,
  seeds: row.seeds === null ? null : (JSON.parse(row.seeds) as number[]),
});

const IN_FULL: Asked = { quick: false, seeds: null };

/** Remembers what it read: a file is read and spread out once. */
export function studyLoader(): (found: FoundStudy) => LoadedStudy {
  const loaded = new Map<string, LoadedStudy>();
  return (found) => {
    const { source, asked } =
      found.kind === 'stored'
        ? { source: found.row.source, asked: askedOf(found.row) }
        : { source: found.source, asked: IN_FULL };
    const key = JSON.stringify([source, asked]);
    let study = loaded.get(key);
    if (!study) {
      const name = found.kind === 'stored' ? found.row.name : found.name;
      study = loadStudy(source, `${name}.yaml`, asked);
      loaded.set(key, study);
    }
    return study;
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readMigrations } from '../../../electron/db/migrate.ts';
import { openDatabase } from '../../../electron/db/open.ts';
import { programPaths } from '../../../electron/paths.ts';
import { temporaryFolder } from '../support.ts';

const columns = z.array(z.object({ name: z.string(), type: z.string() }));

it('docs/schema.md tells of every table and column, and of no other', () => {
  const db = openDatabase(join(temporaryFolder(), 'midtrain.db'), readMigrations(programPaths.migrations));
  const tables = z
    .array(z.string())
    .parse(
      db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .pluck()
        .all(),
    );
  const actual = tables.map((table) => [
    table,
    columns
      .parse(db.prepare('SELECT name, type FROM pragma_table_info(?)').all(table))
      .map(({ name, type }) => `${name} ${type}`),
  ]);
  db.close();
  const text = readFileSync(join(programPaths.root, 'docs', 'schema.md'), 'utf8');
  const documented = text
    .split(/^## /m)
    .slice(1)
    .map((section) => [
      section.split('\n')[0],
      [...section.matchAll(/^\| (\w+) +\| ([A-Z]+) +\|/gm)].map(([, name, type]) => `${name} ${type}`),
    ]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(actual));
});

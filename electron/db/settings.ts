/** Queries of the workspace's own settings: named JSON values. */
import type { Database } from 'better-sqlite3';
import type { z } from 'zod';

export function settingsQueries(db: Database) {
  const get = db.prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?');
  const set = db.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    /** The stored value, or `fallback` where there is none or it is not of this shape any more. */
    get<T>(name: string, schema: z.ZodType<T>, fallback: T): T {
      const row = get.get(name);
      if (!row) return fallback;
      const parsed = schema.safeParse(JSON.parse(row.value));
      return parsed.success ? parsed.data : fallback;
    },
    set(name: string, value: unknown): void {
      set.run(name, JSON.stringify(value));
    },
  };
}
export type SettingsQueries = ReturnType<typeof settingsQueries>;

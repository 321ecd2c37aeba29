import type { Database, Statement } from 'better-sqlite3';

type Value = string | number | null;

/**
 * Updates any of a table's columns of one row: `columns` maps the changes' names to columns. Statements are prepared
 * once for each set of names.
 */
export function updater<C extends Record<string, Value>>(
  db: Database,
  table: string,
  columns: { readonly [K in keyof C]-?: string },
): (id: string, changes: Partial<C>) => void {
  const statements = new Map<string, Statement<Value[]>>();
  return (id, changes) => {
    const names = Object.keys(changes).filter((name) => changes[name] !== undefined);
    if (names.length === 0) return;
    const key = names.join();
    let statement = statements.get(key);
    if (!statement) {
      const assignments = names.map((name) => `${columns[name]} = ?`).join(', ');
      statement = db.prepare(`UPDATE ${table} SET ${assignments} WHERE id = ?`);
      statements.set(key, statement);
    }
    statement.run(...names.map((name) => changes[name] as Value), id);
  };
}

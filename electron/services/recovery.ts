/** What a workspace needs after a process ended without closing it. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeChunks } from '../series/chunk.ts';
import type { Context } from './context.ts';
import { removeOldExports } from './export-files.ts';
import { totalsIn } from './metric-writer.ts';
import { purgeDue } from './trash.ts';
import { removeOldUploads } from './uploads.ts';

const DIED = 'Midtrain ended while it ran. Resume it to go on from its last checkpoint.';

/** Runs and imports that a dead process left under way are marked so, and leftovers are removed. */
export async function recover(context: Context): Promise<void> {
  const { db, queries, folder } = context;
  db.transaction(() => {
    const nowMs = Date.now();
    for (const run of queries.runs.active()) {
      queries.runs.update(run.id, { state: 'interrupted', reason: DIED, endedAtMs: nowMs });
      queries.runs.addEvent(run.id, nowMs, 'interrupted', DIED);
    }
    for (const corpus of queries.corpora.all()) {
      if (corpus.state !== 'importing') continue;
      const reason = 'Midtrain ended during the import. Import the files again.';
      queries.corpora.update(corpus.id, { state: 'failed', reason });
    }
    for (const series of queries.metrics.withoutTotals()) {
      const { values } = decodeChunks(queries.metrics.chunks(series.id));
      if (values.length > 0) queries.metrics.updateSeries(series.id, totalsIn(values));
    }
  })();
  await removeOldUploads(folder);
  await removeOldExports(folder);
  await purgeDue(context, Date.now());
  // What was removed but not purged keeps its folders.
  const unready = new Set(
    queries.corpora
      .all()
      .filter((corpus) => corpus.state !== 'ready')
      .map((corpus) => corpus.id),
  );
  const corpora = queries.trash.everyId('corpus').filter((id) => !unready.has(id));
  await removeUnknown(join(folder, 'corpora'), new Set(corpora));
  await removeUnknown(join(folder, 'runs'), new Set(queries.trash.everyId('run')));
  await removeUnknown(join(folder, 'checkpoints'), new Set(queries.trash.everyId('checkpoint')));
}

/** Folders whose rows are gone: their removal was cut short. */
async function removeUnknown(root: string, known: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(root)) {
    if (!known.has(name)) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** What is done with runs beyond starting and stopping: notes, bulk actions, queue, forks, repeats, differences. */
import { z } from 'zod';
import { run } from './run.ts';
import { appError, command, id, query } from './shapes.ts';

export const tag = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\s,:"()]+$/, 'a tag has no spaces, commas, colons, quotes or brackets');

const runIds = z.array(id).min(1).max(10_000);

const bulkAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('star'), starred: z.boolean() }),
  z.object({ kind: z.literal('archive'), archived: z.boolean() }),
  z.object({ kind: z.literal('tag'), add: z.array(tag).default([]), remove: z.array(tag).default([]) }),
  /** Soft: `runs.undo` or `trash.restore` takes it back until it is purged. */
  z.object({ kind: z.literal('remove') }),
  z.object({ kind: z.literal('stop') }),
  z.object({ kind: z.literal('resume') }),
]);
export type BulkAction = z.infer<typeof bulkAction>;

/** A setting, input or circumstance of several runs side by side. */
const difference = z.object({
  section: z.enum(['run', 'inputs', 'settings', 'circumstances']),
  name: z.string(),
  label: z.string(),
  symbol: z.string().nullable(),
  /** In the order of the runs; `absent` where a run’s stage has no such setting. */
  values: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('value'),
        value: z.unknown(),
        text: z.string(),
        /** Whether it is what its stage declares; null for what has no default. */
        isDefault: z.boolean().nullable(),
      }),
      z.object({ kind: z.literal('absent') }),
    ]),
  ),
  differs: z.boolean(),
});
export type RunDifference = z.infer<typeof difference>;

/** What is not as it was when a run was recorded. */
const departure = z.object({
  name: z.string(),
  recorded: z.string(),
  now: z.string(),
  /** `other-data`: the run would learn from something else. `may-differ`: results may differ in the last digits. */
  kind: z.enum(['other-data', 'may-differ']),
});
export type Departure = z.infer<typeof departure>;

export const runActsContract = {
  'runs.edit': command(
    z.object({
      runId: id,
      notes: z.string().max(100_000).optional(),
      starred: z.boolean().optional(),
      archived: z.boolean().optional(),
      /** All of its tags. */
      tags: z.array(tag).max(100).optional(),
    }),
    run,
  ),
  'runs.tags': query(z.object({}), z.array(z.object({ tag: z.string(), runs: z.number() }))),
  /** Does to each run what can be done; the others say why not. */
  'runs.bulk': command(
    z.object({ runIds, action: bulkAction }),
    z.object({
      done: z.array(id),
      refused: z.array(z.object({ runId: id, name: z.string(), error: appError })),
      /** For `runs.undo`; null where nothing was done or it cannot be undone (stop, resume). */
      undoId: id.nullable(),
    }),
  ),
  /** Takes a bulk action back, as long as this process lives. @throws NotFound */
  'runs.undo': command(z.object({ undoId: id }), z.object({ runIds: z.array(id) })),
  /** The run that tables show deltas to; null unpins it. */
  'runs.setBaseline': command(z.object({ runId: id.nullable() }), z.object({ baselineId: id.nullable() })),
  'runs.baseline': query(z.object({}), z.object({ baselineId: id.nullable() })),
  /** Moves queued runs, in this order, so that the first of them is at `position` (from 1). @returns the queue */
  'runs.move': command(z.object({ runIds, position: z.number().int().min(1) }), z.array(run)),
  /** Settings, inputs and circumstances of runs side by side. */
  'runs.diff': query(
    z.object({ runIds: z.array(id).min(1).max(100), differencesOnly: z.boolean().default(true) }),
    z.object({ runs: z.array(run), rows: z.array(difference) }),
  ),
  /** The same again with other settings where given: a new run from the same inputs. */
  'runs.clone': command(
    z.object({
      runId: id,
      name: z.string().max(200).nullable().default(null),
      settings: z.record(z.string(), z.unknown()).default({}),
    }),
    run,
  ),
  /**
   * A new run from any checkpoint of another one. `continue` goes on with its optimizer, step and draws, and keeps the
   * points up to there, so that its curves branch off; `restart` takes the weights only and counts from 0.
   */
  'runs.fork': command(
    z.object({
      checkpointId: id,
      how: z.enum(['continue', 'restart']).default('continue'),
      name: z.string().max(200).nullable().default(null),
      settings: z.record(z.string(), z.unknown()).default({}),
    }),
    run,
  ),
  /** What is not as it was when the run was recorded: data, base, versions, engine, machine. */
  'runs.departures': query(z.object({ runId: id }), z.array(departure)),
  /** Runs it again exactly. @throws RecordUnmatched where its data or base are not the same any more */
  'runs.again': command(
    z.object({ runId: id, name: z.string().max(200).nullable().default(null) }),
    z.object({ run, departures: z.array(departure) }),
  ),
} as const;

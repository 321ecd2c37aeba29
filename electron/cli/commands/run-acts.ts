/** What is done with runs beyond starting and stopping, as the page's table and pages do it. */
import { type Command, InvalidArgumentError } from 'commander';
import type { BulkAction } from '../../contract/run-acts.ts';
import type { Output } from '../../contract.ts';
import type { Application } from '../../workspace.ts';
import { type Connection, withApplication } from '../connect.ts';
import { findCheckpointId, findRunId } from '../find.ts';
import { print, printJson, say, table } from '../output.ts';
import { givenSettings } from '../setting-flags.ts';
import { type SharedOptions, shared } from '../shared-options.ts';
import { waitForRuns } from '../wait-for-runs.ts';
import { reportRuns } from './run.ts';

const repeated = (text: string, before: string[]): string[] => [...before, text];

interface StartOptions extends SharedOptions {
  readonly name?: string;
  readonly set: readonly string[];
  readonly restart?: boolean;
  readonly wait: boolean;
}

interface MarkOptions extends SharedOptions {
  readonly tag: readonly string[];
  readonly untag: readonly string[];
  readonly notes?: string;
  readonly star?: boolean;
  readonly archive?: boolean;
}

interface DiffOptions extends SharedOptions {
  readonly all?: boolean;
}

/** `midtrain runs again|fork|mark|baseline|move|diff`. */
export function addRunActs(runs: Command): void {
  shared(
    runs
      .command('again')
      .description('run it again exactly: the same data, base, settings and seed')
      .argument('<run>')
      .option('--name <name>', 'of the new run')
      .option('--no-wait', 'only queue it'),
  ).action((run: string, options: StartOptions) =>
    withApplication(options.workspace, options.wait, async (application, connection) => {
      const runId = await findRunId(application, run);
      const made = await application.call('runs.again', { runId, name: options.name ?? null });
      for (const { name, recorded, now } of made.departures) say(`${name} was ${recorded}, is ${now} now.`);
      await finish(connection, made.run, options);
    }),
  );
  shared(
    runs
      .command('fork')
      .description('a new run from a checkpoint of another one, with other settings where given')
      .argument('<checkpoint>')
      .option('--set <name=value>', 'a setting by its name; may be repeated', repeated, [])
      .option('--restart', 'take the weights only and count from step 0, instead of going on')
      .option('--name <name>', 'of the new run')
      .option('--no-wait', 'only queue it'),
  ).action((checkpoint: string, options: StartOptions) =>
    withApplication(options.workspace, options.wait, async (application, connection) => {
      const checkpointId = await findCheckpointId(application, checkpoint);
      const made = await application.call('runs.fork', {
        checkpointId,
        how: options.restart ? 'restart' : 'continue',
        name: options.name ?? null,
        settings: await settingsFor(application, checkpointId, options),
      });
      await finish(connection, made, options);
    }),
  );
  addMark(runs);
  addBaseline(runs);
  addMove(runs);
  addDiff(runs);
}

async function settingsFor(
  application: Application,
  checkpointId: string,
  { set }: StartOptions,
): Promise<Record<string, unknown>> {
  const stage = (await application.call('checkpoints.list', {})).find(({ id }) => id === checkpointId)?.stage;
  return stage ? givenSettings(stage, { set }) : {};
}

async function finish(
  connection: Connection,
  made: Output<'runs.fork'>,
  options: StartOptions,
): Promise<void> {
  reportRuns(options.wait ? await waitForRuns(connection, [made.id]) : [made], options);
}

function addMark(runs: Command): void {
  shared(
    runs
      .command('mark')
      .description('tags, notes, star and archive of runs')
      .argument('<run...>')
      .option('--tag <tag>', 'give them this tag; may be repeated', repeated, [])
      .option('--untag <tag>', 'take it from them; may be repeated', repeated, [])
      .option('--notes <text>', 'instead of the notes they have')
      .option('--star', 'star them')
      .option('--no-star', 'take their star')
      .option('--archive', 'archive them')
      .option('--no-archive', 'bring them back from the archive'),
  ).action((names: string[], options: MarkOptions) =>
    withApplication(options.workspace, false, async (application) => {
      const runIds = await idsOf(application, names);
      const actions = actionsOf(options);
      if (actions.length === 0 && options.notes === undefined) {
        throw new InvalidArgumentError(
          'Nothing was asked of them: give --tag, --untag, --notes, --star or --archive.',
        );
      }
      for (const action of actions) await application.call('runs.bulk', { runIds, action });
      for (const runId of options.notes === undefined ? [] : runIds) {
        await application.call('runs.edit', { runId, notes: options.notes });
      }
      const marked: Output<'runs.edit'>[] = [];
      for (const runId of runIds) marked.push((await application.call('runs.get', { runId })).run);
      if (options.json) printJson(marked);
      else print(marksTable(marked));
    }),
  );
}

function actionsOf({ tag, untag, star, archive }: MarkOptions): BulkAction[] {
  const actions: BulkAction[] = [];
  if (tag.length + untag.length > 0) actions.push({ kind: 'tag', add: [...tag], remove: [...untag] });
  if (star !== undefined) actions.push({ kind: 'star', starred: star });
  if (archive !== undefined) actions.push({ kind: 'archive', archived: archive });
  return actions;
}

function marksTable(marked: readonly Output<'runs.edit'>[]): string {
  return table(
    ['id', 'name', 'tags', 'starred', 'archived', 'notes'],
    marked.map(({ id, name, tags, starred, archived, notes }) => [
      id,
      name,
      tags.join(' '),
      starred ? 'yes' : 'no',
      archived ? 'yes' : 'no',
      notes,
    ]),
  );
}

function addBaseline(runs: Command): void {
  shared(
    runs
      .command('baseline')
      .description('pin the run that tables show differences to; without one, unpin it')
      .argument('[run]'),
  ).action((run: string | undefined, options: SharedOptions) =>
    withApplication(options.workspace, false, async (application) => {
      const runId = run === undefined ? null : await findRunId(application, run);
      const pinned = await application.call('runs.setBaseline', { runId });
      if (options.json) printJson(pinned);
      else print(run === undefined ? 'No run is the baseline.' : `${run} is the baseline.`);
    }),
  );
}

function addMove(runs: Command): void {
  shared(
    runs
      .command('move')
      .description('put queued runs at a place of the queue, the first is 1')
      .argument('<place>', 'from 1', (text: string) => {
        const place = Number(text);
        if (!Number.isInteger(place) || place < 1) throw new InvalidArgumentError('Use a place from 1.');
        return place;
      })
      .argument('<run...>'),
  ).action((position: number, names: string[], options: SharedOptions) =>
    withApplication(options.workspace, false, async (application) => {
      const queue = await application.call('runs.move', {
        runIds: await idsOf(application, names),
        position,
      });
      reportRuns(queue, options);
    }),
  );
}

function addDiff(runs: Command): void {
  shared(
    runs
      .command('diff')
      .description('settings, inputs and circumstances of runs side by side')
      .argument('<run...>')
      .option('--all', 'also what is the same in all'),
  ).action((names: string[], options: DiffOptions) =>
    withApplication(options.workspace, false, async (application) => {
      const runIds = await idsOf(application, names);
      const diff = await application.call('runs.diff', { runIds, differencesOnly: !options.all });
      if (options.json) printJson(diff);
      else if (diff.rows.length === 0) print('They differ in nothing.');
      else print(diffTable(diff));
    }),
  );
}

function diffTable({ runs, rows }: Output<'runs.diff'>): string {
  return table(
    ['', ...runs.map(({ name }) => name)],
    rows.map(({ label, values }) => [
      label,
      ...values.map((value) => (value.kind === 'value' ? value.text : '–')),
    ]),
  );
}

async function idsOf(application: Application, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push(await findRunId(application, name));
  return ids;
}

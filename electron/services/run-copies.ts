/** New runs made from recorded ones: the same with changes, a branch from a checkpoint, the same exactly. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CheckpointRow } from '../db/checkpoints.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import type { Context, Handlers } from './context.ts';
import type { AskedRun, RunMaker } from './create-run.ts';
import { findCheckpoint, findRun } from './find.ts';
import { metricWriter } from './metric-writer.ts';
import type { Circumstances } from './new-run.ts';
import { departuresOf } from './run-record.ts';
import { baseOf } from './run-view.ts';
import { fromWorkspace } from './workspace-paths.ts';

type CopyCalls = 'runs.clone' | 'runs.fork' | 'runs.departures' | 'runs.again';

const storedSettings = z.record(z.string(), z.unknown());

export function runCopies(
  context: Context,
  maker: RunMaker,
  around: () => Promise<Circumstances>,
): Handlers<CopyCalls> {
  const { queries } = context;

  async function fork(
    checkpoint: CheckpointRow,
    source: RunRow,
    name: string | null,
    settings: AskedRun['settings'],
    againOf: string | null,
  ) {
    requireGoingOn(context, checkpoint, Number({ ...settingsOf(source), ...settings }.maxSteps));
    const [run] = await maker.create([
      {
        asked: { ...askedOf(source, settings), name: name ?? `${source.name}, from step ${checkpoint.step}` },
        provenance: {
          forkCheckpointId: checkpoint.id,
          forkStep: checkpoint.step,
          forkName: checkpoint.name,
          againOf,
        },
        prepare(runId, key) {
          for (const series of queries.metrics.seriesOfRun(source.key))
            queries.metrics.copySeries(series, key);
          metricWriter(queries.metrics, queries.metrics, key).truncate(checkpoint.step);
          queries.runs.update(runId, { step: checkpoint.step });
          const text = `Branches off from “${checkpoint.name}” at step ${checkpoint.step}.`;
          queries.runs.addEvent(runId, Date.now(), 'forked', text);
        },
      },
    ]);
    return run!;
  }

  return {
    'runs.clone': async ({ runId, name, settings }) => {
      const source = requireTrained(findRun(context, runId));
      const [run] = await maker.create([{ asked: { ...askedOf(source, settings), name } }]);
      return run!;
    },
    'runs.fork': async ({ checkpointId, how, name, settings }) => {
      const checkpoint = findCheckpoint(context, checkpointId);
      const source = checkpoint.runId === null ? null : findRun(context, checkpoint.runId);
      if (!source) {
        throw new AppError(
          'BaseUnsuitable',
          `“${checkpoint.name}” was not made by a run of this workspace, so there is no run to branch off from.`,
          'Start a new run from it as the base instead.',
        );
      }
      if (how === 'continue') return fork(checkpoint, source, name, settings, null);
      const [run] = await maker.create([
        {
          asked: {
            ...askedOf(source, settings),
            base: { kind: 'checkpoint', checkpointId },
            name: name ?? `${source.name}, again from step ${checkpoint.step}`,
          },
        },
      ]);
      return run!;
    },
    'runs.departures': async ({ runId }) => {
      const row = requireTrained(findRun(context, runId));
      const { code, gpus } = await around();
      return departuresOf(context, row, code, gpus);
    },
    'runs.again': async ({ runId, name }) => {
      const row = requireTrained(findRun(context, runId));
      const { code, gpus } = await around();
      const departures = departuresOf(context, row, code, gpus);
      const other = departures.filter((departure) => departure.kind === 'other-data');
      if (other.length > 0) {
        throw new AppError(
          'RecordUnmatched',
          `“${row.name}” cannot be run again exactly: ${other.map(({ name: what, now }) => `${what} is ${now === 'not there any more' ? now : 'another one now'}`).join('; ')}.`,
          'Put back what it learned from (removed things can be restored), or clone the run to use other data.',
        );
      }
      if (row.forkCheckpointId !== null && row.forkStep !== null) {
        const checkpoint = findCheckpoint(context, row.forkCheckpointId);
        const source = findRun(context, checkpoint.runId ?? '');
        const run = await fork(checkpoint, source, name ?? `${row.name}, again`, settingsOf(row), row.id);
        return { run, departures };
      }
      const [run] = await maker.create([
        {
          asked: {
            ...askedOf(row, {}),
            // Its very checkpoint, even if the run that made it went on since.
            base: row.baseCheckpointId === null ? askedOf(row, {}).base : baseOf(row.baseCheckpointId, null),
            name: name ?? `${row.name}, again`,
          },
          provenance: { againOf: row.id },
        },
      ]);
      return { run: run!, departures };
    },
  };
}

const settingsOf = (row: RunRow): Record<string, unknown> => storedSettings.parse(JSON.parse(row.settings));

/** What would make the same run, with some settings changed. */
function askedOf(row: RunRow, changes: AskedRun['settings']): AskedRun {
  return {
    stage: row.stage,
    name: null,
    settings: { ...settingsOf(row), ...changes },
    corpusId: row.corpusId,
    questionsId: row.questionsId,
    base: baseOf(row.baseCheckpointId, row.baseRunId),
    tierReference: baseOf(row.tierCheckpointId, row.tierRunId),
  };
}

function requireTrained(row: RunRow): RunRow {
  if (row.origin === 'trained') return row;
  throw new AppError(
    'BaseUnsuitable',
    `“${row.name}” was imported: its settings and data are not known here.`,
    'Start a new run with the settings it had.',
  );
}

/** @throws AppError unless the checkpoint holds what going on takes, and there is something left to do */
function requireGoingOn({ folder }: Context, checkpoint: CheckpointRow, maxSteps: number): void {
  if (!existsSync(join(fromWorkspace(folder, checkpoint.folder), 'optimizer.safetensors'))) {
    throw new AppError(
      'BaseUnsuitable',
      `“${checkpoint.name}” holds no optimizer state, so its run cannot be gone on with.`,
      'Fork with `restart`, which takes the weights only.',
    );
  }
  if (checkpoint.step >= maxSteps) {
    throw new AppError(
      'InvalidSettings',
      `The checkpoint is at step ${checkpoint.step} and the run is to end at step ${maxSteps}: nothing is left to do.`,
      `Raise maxSteps above ${checkpoint.step}, or fork with \`restart\`.`,
      { settings: ['maxSteps'] },
    );
  }
}

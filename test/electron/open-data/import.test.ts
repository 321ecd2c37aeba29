import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJsonLines, readTrainerState } from '../../../electron/import-runs/read-log.ts';
import { browserCaller } from '../../../electron/services/context.ts';
import { scriptedTrainer, testWorkspace, writeFiles } from '../support.ts';

const idle = { runsJobs: false, trainer: { entry: scriptedTrainer } } as const;
const golden = readFileSync(join(import.meta.dirname, '../../golden/tensorboard/events.out.tfevents.golden'));

/** As TRL's GRPOTrainer writes it. */
const state = (steps: number): string =>
  JSON.stringify({
    global_step: steps,
    log_history: Array.from({ length: steps }, (_, i) => ({
      step: i + 1,
      epoch: 0.5,
      loss: 1 / (i + 1),
      reward: i / 10,
      'completions/mean_length': 20 + i,
    })),
  });

describe('logs', () => {
  it('of Hugging Face’s Trainer: names as they are, evaluation loss as ours', () => {
    const log = readTrainerState(
      '{"log_history": [{"step": 5, "loss": 2.0, "grad_norm": NaN}, {"step": 5, "eval_loss": 1.5}, {"step": 9, "loss": Infinity}]}',
    );
    expect([...log.steps]).toEqual([
      [5, { loss: 2, grad_norm: Number.NaN, validation_loss: 1.5 }],
      [9, { loss: Number.POSITIVE_INFINITY }],
    ]);
    expect(readTrainerState('{"a": 1}').problems[0]).toMatch(/no list `log_history`/);
  });

  it('of JSON lines: with and without steps, and what is not understood', () => {
    const log = readJsonLines(
      '{"loss": 1, "step": 10}\n\n{"loss": 0.5}\nnonsense\n{"_step": 20, "text": "x", "_runtime": 3}\n',
    );
    expect([...log.steps]).toEqual([
      [10, { loss: 1 }],
      [11, { loss: 0.5 }],
      [20, { wall_time: 3 }],
    ]);
    expect(log.problems).toEqual(['line 4 is no JSON object']);
  });
});

describe('imported runs', () => {
  it('come from event files, trainer states and JSON lines below a folder, and are in the table with the others', async () => {
    const workspace = await testWorkspace(undefined, idle);
    const folder = writeFiles({
      'tb/a/events.out.tfevents.1': golden,
      'tb/b/events.out.tfevents.1': golden.subarray(0, golden.length - 5),
      'grpo/checkpoint-9/trainer_state.json': state(9),
      'grpo/checkpoint-10/trainer_state.json': state(10),
      'logs/plain.jsonl': '{"step": 1, "loss": 3}\n{"step": 2, "loss": 2}\n',
      'logs/empty.jsonl': '{"text": "no numbers"}\n',
      'readme.txt': 'not a log',
    });
    const { runs, files } = await workspace.call('runs.import', {
      source: { kind: 'paths', paths: [folder] },
      tags: ['old'],
    });
    expect(
      runs.map(({ name, stage, step, state: ended, origin, tags }) => [
        name,
        stage,
        step,
        ended,
        origin,
        tags,
      ]),
    ).toEqual([
      [join('tb', 'a'), 'posttrain', 300, 'finished', 'imported', ['old']],
      [join('tb', 'b'), 'posttrain', 300, 'finished', 'imported', ['old']],
      ['grpo', 'posttrain', 10, 'finished', 'imported', ['old']],
      ['plain', 'sft', 2, 'finished', 'imported', ['old']],
    ]);
    expect(files.find(({ path }) => path.endsWith('empty.jsonl'))?.problems).toEqual([
      'It holds no numbers.',
    ]);
    expect(files.find(({ path }) => path.includes(join('tb', 'b')))?.problems[0]).toMatch(
      /ends inside a record/,
    );
    const table = await workspace.call('runs.query', {
      query: 'is:imported tag:old',
      columns: ['metrics.reward', 'metrics.reward.max', 'metrics.completions/mean_length', 'created'],
      sort: [{ field: 'metrics.reward', descending: true }],
    });
    expect(table.rows.map(({ cells }) => cells.slice(0, 3))).toEqual([
      [75, 75, null],
      [75, 75, null],
      [0.9, 0.9, 29],
      [null, null, null],
    ]);
    expect(table.rows[0]?.cells[3]).toBe(1_000_500);
    const [loss] = await workspace.call('runs.metrics', { runIds: [runs[0]!.id], names: ['loss'] });
    expect([loss?.x, loss?.y]).toEqual([
      [0, 1, 300],
      [2.5, 1.5, 0.125],
    ]);
    // They were trained elsewhere: their settings are not known, so they cannot be repeated.
    await expect(workspace.call('runs.clone', { runId: runs[0]!.id })).rejects.toMatchObject({
      name: 'BaseUnsuitable',
    });
  });

  it('are named as asked; what holds none is refused by name', async () => {
    const workspace = await testWorkspace(undefined, idle);
    const folder = writeFiles({ 'x.jsonl': '{"loss": 1}\n', 'x.txt': 'words' });
    const asked = {
      source: { kind: 'paths' as const, paths: [join(folder, 'x.jsonl')] },
      name: 'Old one',
      stage: 'rmt' as const,
    };
    expect((await workspace.call('runs.import', asked)).runs).toMatchObject([
      { name: 'Old one', stage: 'rmt' },
    ]);
    for (const path of [join(folder, 'x.txt'), join(folder, 'nowhere')]) {
      await expect(
        workspace.call('runs.import', { source: { kind: 'paths', paths: [path] } }),
      ).rejects.toMatchObject({ name: 'ImportFailed' });
    }
    await expect(workspace.callJson('runs.import', asked, browserCaller)).rejects.toMatchObject({
      name: 'PathNotAllowed',
    });
  });
});

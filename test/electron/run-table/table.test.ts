import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../../electron/contract/run.ts';
import { contract } from '../../../electron/contract.ts';
import type { FactSource, RunFacts } from '../../../electron/run-table/facts.ts';
import { fieldsIn } from '../../../electron/run-table/fields.ts';
import { runTable } from '../../../electron/run-table/table.ts';
import { runRecord } from '../../renderer/fixtures.ts';

const NOW = new Date(2026, 4, 20, 12).getTime();
const HOUR = 3600 * 1000;

type Given = Partial<Run> & {
  readonly settings?: Record<string, unknown>;
  readonly reward?: number;
  readonly accuracy?: number;
};

/** Runs with made-up rewards and accuracies; the first is the newest. */
function source(list: readonly Given[], baselineId: string | null = null): FactSource {
  const facts = list.map(({ settings = {}, reward: _, accuracy, ...run }, i): RunFacts => {
    const mean = (value: number) => ({ mean: value, low: value, high: value, n: 1 });
    return {
      key: list.length - i,
      run: runRecord({ id: `r${i}`, name: `run ${i}`, createdAtMs: NOW - i * HOUR, ...run }),
      settings,
      configuration: JSON.stringify({ ...settings, seed: 0 }),
      evaluation:
        accuracy === undefined
          ? null
          : ({
              accuracy: { all: mean(accuracy), easy: null, medium: null, hard: null },
              scores: {},
            } as never),
      evaluations: accuracy === undefined ? 0 : 1,
      checkpoints: 0,
    };
  });
  const rewards = new Map(
    list.flatMap(({ reward }, i) =>
      reward === undefined
        ? []
        : [[list.length - i, { last: reward, low: reward - 1, high: reward + 1 }] as const],
    ),
  );
  return {
    facts,
    metricNames: ['reward', 'custom/thing'],
    metric: (name) => (name === 'reward' ? rewards : new Map()),
    baselineId,
    nowMs: NOW,
  };
}

const ask = (all: FactSource, input: Record<string, unknown>) =>
  runTable(all, contract['runs.query'].input.parse(input));
const found = (all: FactSource, query: string): string[] => ask(all, { query, archived: 'show' }).runIds;

const RUNS: readonly Given[] = [
  {
    stage: 'rmt',
    state: 'finished',
    tags: ['x', 'long one'],
    reward: 0.7,
    settings: { learningRate: 1e-4, seed: 1 },
    seed: 1,
  },
  {
    stage: 'rmt',
    state: 'failed',
    reason: 'no memory',
    reward: 0.2,
    settings: { learningRate: 1e-3, seed: 2 },
    seed: 2,
  },
  {
    stage: 'sft',
    state: 'finished',
    starred: true,
    accuracy: 0.4,
    settings: { learningRate: 1e-4, seed: 1 },
    notes: 'Good',
  },
  {
    stage: 'pretrain',
    state: 'queued',
    archived: true,
    corpusName: 'Fortunes',
    origin: 'imported',
    durationMs: 3 * HOUR,
  },
];

describe('filtering', () => {
  const all = source(RUNS, 'r0');
  it.each([
    ['', ['r0', 'r1', 'r2', 'r3']],
    ['stage:rmt', ['r0', 'r1']],
    ['stage:RMT,sft state:finished', ['r0', 'r2']],
    ['stage:train', []],
    ['stage:*train', ['r3']],
    ['tag:x', ['r0']],
    ['tag:"long one"', ['r0']],
    ['tag:long', []],
    ['tag!=x', ['r1', 'r2', 'r3']],
    ['reason!=x', ['r1']],
    ['reward>0.5', ['r0']],
    ['metrics.reward<=0.2', ['r1']],
    ['reward.max>1.5', ['r0']],
    ['lr<1e-3', ['r0', 'r2']],
    ['learningRate=0.001', ['r1']],
    ['settings.learningRate:1e-4..5e-4', ['r0', 'r2']],
    ['seed:1', ['r0']],
    ['accuracy>=40%', ['r2']],
    ['-stage:rmt -is:archived', ['r2']],
    ['is:starred OR is:imported', ['r2', 'r3']],
    ['is:baseline', ['r0']],
    ['has:notes', ['r2']],
    ['has:reason memory', []],
    ['reason:memory', ['r1']],
    ['fortunes', ['r3']],
    ['"run 2"', ['r2']],
    ['duration>2h', ['r3']],
    ['created:today', ['r0', 'r1', 'r2', 'r3']],
    ['created<90min', ['r2', 'r3']],
    ['created>2027', []],
    ['name=run', []],
    ['name="run 1"', ['r1']],
    ['notes:GOOD', ['r2']],
  ])('%s', (query, ids) => {
    expect(found(all, query)).toEqual(ids);
  });

  it('leaves out what is archived unless it is asked for', () => {
    expect(ask(all, {}).runIds).toEqual(['r0', 'r1', 'r2']);
    expect(ask(all, { archived: 'only' }).runIds).toEqual(['r3']);
  });

  it('names fields and values that are not, with the nearest that are', () => {
    const wrong = (query: string, message: RegExp, wayOut: RegExp) =>
      expect(() => found(all, query)).toThrowError(
        expect.objectContaining({
          name: 'InvalidQuery',
          message: expect.stringMatching(message),
          wayOut: expect.stringMatching(wayOut),
        }),
      );
    wrong('stagge:rmt', /character 1: there is no field “stagge”/, /Did you mean stage/);
    wrong('a learningrate>1', /character 3/, /learningRate/);
    wrong('reward>high', /character 8: “high” is not a value of metrics.reward/, /1e-3/);
    wrong('created>soon', /not a value of created/, /seven days ago/);
    wrong('stage>rmt', /neither more nor less/, /stage:rmt/);
    wrong('is:great', /is:great is not known/, /starred/);
    expect(() => ask(all, { columns: ['nothing'] })).toThrowError(
      expect.objectContaining({ name: 'UnknownField' }),
    );
  });

  it('a term and its negation part the runs', () => {
    const terms = fc.constantFrom(
      'stage:rmt',
      'reward>0.5',
      'has:notes',
      'tag:x',
      'memory',
      '(is:starred OR seed:2)',
    );
    fc.assert(
      fc.property(fc.array(terms, { minLength: 1, maxLength: 4 }), (list) => {
        const query = list.join(' ');
        const both = [...found(all, query), ...found(all, `-(${query})`)];
        expect(both.toSorted()).toEqual(['r0', 'r1', 'r2', 'r3']);
      }),
    );
  });
});

describe('sorting', () => {
  const all = source([
    ...RUNS,
    { reward: Number.NaN as never, name: 'run 10' },
    { name: 'run 9', reward: 5 },
  ]);
  it('puts runs without the value last, either way, and the newest first among equals', () => {
    const by = (field: string, descending: boolean) =>
      ask(all, { sort: [{ field, descending }], archived: 'show' }).runIds;
    expect(by('accuracy', false)).toEqual(['r2', 'r0', 'r1', 'r3', 'r4', 'r5']);
    expect(by('accuracy', true)).toEqual(['r2', 'r0', 'r1', 'r3', 'r4', 'r5']);
    expect(by('stage', true)).toEqual(['r2', 'r0', 'r1', 'r4', 'r5', 'r3']);
    expect(by('name', false)).toEqual(['r0', 'r1', 'r2', 'r3', 'r5', 'r4']);
  });

  it('goes by the next key among equals', () => {
    const sort = [{ field: 'stage' }, { field: 'metrics.reward', descending: false }];
    expect(ask(source(RUNS), { sort }).runIds).toEqual(['r1', 'r0', 'r2']);
  });
});

describe('columns, deltas and groups', () => {
  it('shows cells and what the baseline lacks or has more of', () => {
    const table = ask(source(RUNS, 'r1'), {
      columns: ['stage', 'metrics.reward', 'lr', 'tag', 'created'],
      limit: 2,
      offset: 1,
    });
    expect(table).toMatchObject({ total: 3, baselineId: 'r1' });
    expect(table.rows.map((row) => row.cells)).toEqual([
      ['rmt', 0.2, 1e-3, null, NOW - HOUR],
      ['sft', null, 1e-4, null, NOW - 2 * HOUR],
    ]);
    expect(table.rows.map((row) => row.deltas)).toEqual([
      [null, 0, 0, null, null],
      [null, null, 1e-4 - 1e-3, null, null],
    ]);
  });

  it('keeps a group’s runs together, with its numbers', () => {
    const table = ask(source(RUNS), {
      groupBy: 'stage',
      columns: ['metrics.reward'],
      sort: [{ field: 'state' }],
      archived: 'show',
    });
    expect(table.runIds).toEqual(['r1', 'r0', 'r2', 'r3']);
    expect(table.groups).toEqual([
      {
        key: 'rmt',
        label: 'RMT',
        runIds: ['r1', 'r0'],
        aggregates: [
          {
            n: 2,
            mean: expect.closeTo(0.45, 10),
            std: expect.closeTo(Math.sqrt(0.125), 10),
            min: 0.2,
            max: 0.7,
          },
        ],
      },
      { key: 'sft', label: 'SFT', runIds: ['r2'], aggregates: [null] },
      { key: 'pretrain', label: 'Pre-train', runIds: ['r3'], aggregates: [null] },
    ]);
  });

  it('groups seeds of one configuration, named by what tells it apart', () => {
    const settings = (learningRate: number, seed: number) => ({ learningRate, seed, maxSteps: 10 });
    const all = source([
      { settings: settings(1e-3, 1), reward: 1 },
      { settings: settings(1e-3, 2), reward: 3 },
      { settings: settings(1e-4, 1), reward: 5 },
    ]);
    const { groups } = ask(all, { groupBy: 'configuration', columns: ['metrics.reward'] });
    expect(groups.map(({ label, runIds, aggregates }) => [label, runIds, aggregates[0]?.mean])).toEqual([
      ['rmt: learningRate=0.001', ['r0', 'r1'], 2],
      ['rmt: learningRate=0.0001', ['r2'], 5],
    ]);
  });

  it('lists fields that there are values of, each of which can be asked for', () => {
    const all = source(RUNS);
    const names = fieldsIn(all).map((field) => field.name);
    expect(names).toContain('settings.learningRate');
    expect(names).toContain('metrics.custom/thing');
    expect(names).toContain('evaluation.accuracy');
    expect(names).not.toContain('settings.maxSteps');
    expect(new Set(names).size).toBe(names.length);
    expect(ask(all, { columns: names.slice(0, 60) }).rows[0]?.cells.length).toBe(Math.min(60, names.length));
  });
});

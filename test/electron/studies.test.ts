import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import type { StudyResults } from '../../electron/contract/studies.ts';
import { entryPath } from '../../electron/paths.ts';
import { type TestWorkspace, temporaryFolder, testWorkspace, until, writeFiles } from './support.ts';
import { midtrain, start } from './terminal.ts';

/** Real training, on machines that may be busy with other tests. */
const PATIENCE_MS = 150_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

/** Seven nodes of a second or less: two runs of three seeds in all, evaluated, and the base. */
const STUDY = `name: tiny
title: A tiny study
question: Does SFT change direct predictions?
minutes: 1
seeds: [0, 1, 2]
corpora:
  documents: {sample: documents, count: 120}
  test: {sample: documents, seed: 1000, count: 60, heldOut: true}
checkpoints:
  base: {sample: base}
settings:
  common: {maxSteps: 8, saveSteps: 4, learningRate: 0.002}
runs:
  - {id: sft, label: SFT, stage: sft, base: base}
evaluations:
  - id: held-out
    label: held out
    documents: test
    settings: {itemsPerTier: 40, nextTokenThinking: false, restoration: false, questions: false}
measures:
  direct: {label: Direct, evaluation: held-out, mode: direct, tier: average}
  loss: {label: Loss, metric: loss, last: 2}
tables:
  - id: main
    title: Direct accuracy
    published: nowhere
    columns: [{id: direct, measure: direct}]
    rows: [{run: base, published: {direct: 50}}, {run: sft}]
figures:
  - {id: loss, title: Loss, kind: curve, runs: [sft], measure: loss}
claims:
  - {id: better, kind: difference, statement: SFT predicts better., run: sft, than: base, measure: direct, expect: greater}
`;

const source = (text = STUDY) => ({ kind: 'file' as const, file: 'tiny.yaml', text });

async function realWorkspace(folder?: string): Promise<TestWorkspace> {
  return testWorkspace(folder, { trainer: { entry: entryPath('trainer') } });
}

async function ended(workspace: TestWorkspace, studyId: string) {
  return until(async () => {
    const detail = await workspace.call('studies.get', { studyId });
    return !['running', 'stopping'].includes(detail.study.state) && detail;
  }, PATIENCE_MS);
}

/** Results without what may differ between two workspaces: nothing. */
const resultsOf = (workspace: TestWorkspace, studyId: string): Promise<StudyResults> =>
  workspace.call('studies.results', { studyId });

describe('a study', () => {
  it('runs to its verdicts; its tables come from the database alone; finished runs are used again', async () => {
    const folder = temporaryFolder();
    const workspace = await realWorkspace(folder);
    const begun = await workspace.call('studies.start', { source: source() });
    expect(begun).toMatchObject({ state: 'running', total: 7, seeds: [0, 1, 2], shipped: false });
    const { study, nodes } = await ended(workspace, begun.id);
    expect(study).toMatchObject({ state: 'finished', done: 7, reason: null });
    expect(nodes.map(({ id, state, reused }) => [id, state, reused])).toEqual([
      ['base/held-out', 'finished', false],
      ['sft/0', 'finished', false],
      ['sft/0/held-out', 'finished', false],
      ['sft/1', 'finished', false],
      ['sft/1/held-out', 'finished', false],
      ['sft/2', 'finished', false],
      ['sft/2/held-out', 'finished', false],
    ]);
    const results = await resultsOf(workspace, study.id);

    // The mean of the tiers' means, by SQL.
    const db = new SQLite(join(folder, 'midtrain.db'), { readonly: true });
    const byTier = db
      .prepare<[string], { mean: number }>(
        `SELECT avg(score) AS mean FROM evaluation_items JOIN evaluations ON evaluations.key = evaluation_key
         WHERE run_id = ? GROUP BY tier`,
      )
      .all(nodes[0]!.runId!);
    db.close();
    expect(byTier).toHaveLength(3);
    const [base, sft] = results.tables[0]!.rows;
    expect(base!.cells[0]!.estimate!.mean).toBeCloseTo(
      byTier.reduce((sum, { mean }) => sum + mean, 0) / 3,
      12,
    );
    expect(base!.cells[0]).toMatchObject({ published: 50, estimate: { seeds: 1, items: 120 } });
    expect(sft!.cells[0]).toMatchObject({ published: null, estimate: { seeds: 3, items: 120 } });
    const [claim] = results.claims;
    expect(claim!.effect).toBeCloseTo(sft!.cells[0]!.estimate!.mean - base!.cells[0]!.estimate!.mean, 12);
    expect(claim).toMatchObject({ n: 360, seeds: 3, pHolm: claim!.p });
    const [figure] = results.figures;
    expect(figure).toMatchObject({ kind: 'curve', lines: [{ run: 'sft', label: 'SFT' }] });

    // Another process, with nothing in memory.
    await workspace.close();
    const again = await realWorkspace(folder);
    expect(await resultsOf(again, 'tiny')).toEqual(results);
    const { text, fileName } = await again.call('studies.report', { studyId: 'tiny', format: 'markdown' });
    expect(fileName).toBe('tiny.md');
    expect(text).toContain('| base | ');
    expect(text).toContain('(paper 50)');
    const { text: html } = await again.call('studies.report', { studyId: 'tiny', format: 'html' });
    expect(html).toContain('<svg');

    // The same file is the same study, which is done.
    const same = await again.call('studies.start', { source: source() });
    expect(same.id).toBe(study.id);
    expect((await ended(again, same.id)).study).toMatchObject({ state: 'finished', done: 7 });

    // Another study with one other run takes over what is the same.
    const more = STUDY.replace('name: tiny', 'name: more').replace(
      'evaluations:',
      '  - {id: slow, label: slow, stage: sft, base: base, settings: {learningRate: 0.0001}, seeds: [0]}\nevaluations:',
    );
    const other = await again.call('studies.start', { source: source(more) });
    const { nodes: shared } = await ended(again, other.id);
    expect(shared.filter(({ reused }) => !reused).map(({ id }) => id)).toEqual(['slow/0', 'slow/0/held-out']);
    expect(shared.every(({ state }) => state === 'finished')).toBe(true);
    expect(await again.call('runs.list', {})).toHaveLength(9);

    await again.call('studies.remove', { studyId: other.id });
    expect((await again.call('studies.list', {})).map(({ name }) => name)).not.toContain('more');
    expect(await again.call('runs.list', {})).toHaveLength(9);
  });

  it('stopped in the middle goes on with what it has', async () => {
    const workspace = await realWorkspace();
    const { id } = await workspace.call('studies.start', { source: source() });
    await until(
      async () => (await workspace.call('studies.get', { studyId: id })).study.done >= 2,
      PATIENCE_MS,
    );
    await workspace.call('studies.stop', { studyId: id });
    const { study } = await ended(workspace, id);
    expect(study.state).toBe('stopped');
    expect(study.done).toBeLessThan(7);
    await expect(workspace.call('studies.stop', { studyId: id })).rejects.toMatchObject({
      name: 'WrongState',
    });
    await workspace.call('studies.resume', { studyId: id });
    expect((await ended(workspace, id)).study).toMatchObject({ state: 'finished', done: 7 });
    expect(await workspace.call('runs.list', {})).toHaveLength(7);
  });

  it('fails with a reason where what it names is missing', async () => {
    const workspace = await realWorkspace();
    const text = STUDY.replace('{sample: documents, count: 120}', '{corpus: my texts}');
    await expect(workspace.call('studies.start', { source: source(text) })).rejects.toMatchObject({
      name: 'NotFound',
      message: 'The study asks for the corpus “my texts”, which is not in this workspace.',
    });
    await expect(
      workspace.call('studies.start', { source: { kind: 'shipped', name: 'no-such' } }),
    ).rejects.toMatchObject({ name: 'NotFound', wayOut: expect.stringContaining('rmt-table') });
  });
});

describe('midtrain study', () => {
  const longer = STUDY.replace('maxSteps: 8, saveSteps: 4', 'maxSteps: 30, saveSteps: 10');

  it('killed in mid-run goes on, and gives what an undisturbed one gives', async () => {
    const file = join(writeFiles({ 'tiny.yaml': longer }), 'tiny.yaml');
    const folder = temporaryFolder();
    const out = join(folder, 'out.json');
    const first = start(folder, 'study', 'run', file, '--json', out);
    await until(async () => first.output().includes('sft, seed 0: finished'), PATIENCE_MS);
    first.child.kill('SIGKILL');
    await first.ended;
    const db = new SQLite(join(folder, 'midtrain.db'), { readonly: true });
    const before = db.prepare<[], { id: string }>("SELECT id FROM runs WHERE state = 'finished'").all();
    db.close();
    expect(before.length).toBeGreaterThan(0);

    const second = await midtrain(folder, 'study', 'run', file, '--json', out);
    expect(second).toMatchObject({ code: 0 });
    const disturbed = JSON.parse(readFileSync(out, 'utf8'));
    expect(disturbed).toMatchObject({
      study: 'tiny',
      durationS: expect.any(Number),
      claims: [
        {
          id: 'better',
          statement: 'SFT predicts better.',
          effect: expect.any(Number),
          low: expect.any(Number),
          high: expect.any(Number),
          n: 360,
          verdict: expect.stringMatching(/^(reproduced|not|undecided)$/),
        },
      ],
      tables: [{ id: 'main' }],
    });
    const after = new SQLite(join(folder, 'midtrain.db'), { readonly: true });
    const runs = after.prepare<[], { id: string; state: string }>('SELECT id, state FROM runs').all();
    after.close();
    expect(runs).toHaveLength(7);
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));

    const undisturbed = temporaryFolder();
    expect(await midtrain(undisturbed, 'study', 'run', file, '--json', out)).toMatchObject({ code: 0 });
    const { claims, tables } = JSON.parse(readFileSync(out, 'utf8'));
    expect({ claims, tables }).toEqual({ claims: disturbed.claims, tables: disturbed.tables });
  });

  it('stops on Ctrl-C with a way on', async () => {
    // The terminal asks once a second: the second seed must outlast that by far on the fastest machine.
    const long = STUDY.replace('maxSteps: 8, saveSteps: 4', 'maxSteps: 400, saveSteps: 100');
    const file = join(writeFiles({ 'tiny.yaml': long }), 'tiny.yaml');
    const folder = temporaryFolder();
    const first = start(folder, 'study', 'run', file, '--seeds', '2');
    await until(async () => first.output().includes('sft, seed 0: finished'), PATIENCE_MS);
    first.child.kill('SIGINT');
    const { code, err } = await first.ended;
    expect(code).toBe(130);
    expect(err).toContain('The same command goes on with it');
    const second = await midtrain(folder, 'study', 'run', file, '--seeds', '2');
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining('tiny: finished; 5 of 5 done') });
  });

  it('names what is wrong with a file, with its line', async () => {
    const file = join(writeFiles({ 'bad.yaml': STUDY.replace('stage: sft', 'stage: stf') }), 'bad.yaml');
    const { code, err } = await midtrain(temporaryFolder(), 'study', 'run', file);
    expect(code).toBe(1);
    expect(err).toMatch(/StudyInvalid: bad\.yaml, line 14: runs\.0\.stage/);
  });

  it('runs a shipped study in its quick form, lists, shows and exports it', async () => {
    const folder = temporaryFolder();
    const run = await midtrain(folder, 'study', 'run', 'rmt-table', '--quick');
    expect(run).toMatchObject({
      code: 0,
      out: expect.stringContaining('rmt-table: finished; 23 of 23 done'),
    });
    const list = await midtrain(folder, 'study', 'list');
    expect(list.out).toMatch(/rmt-table\s+quick\s+1\s+finished\s+23\/23/);
    expect(list.out).toMatch(/rlm-scaling\s+full\s+3\s+new/);
    const shown = await midtrain(folder, 'study', 'show', 'rmt-table');
    expect(shown.out).toContain('UNDECIDED: RMT is more accurate than RPT.');
    const out = join(folder, 'report.html');
    expect(await midtrain(folder, 'study', 'export', 'rmt-table', '--out', out)).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8')).toContain('RMT is more accurate than RPT.');
  });
});

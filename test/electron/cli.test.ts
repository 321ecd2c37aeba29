import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programPaths } from '../../electron/paths.ts';
import { serve } from '../../electron/serve.ts';
import {
  onCleanUp,
  runIn,
  scriptedRun,
  smallCorpus,
  temporaryFolder,
  testWorkspace,
  until,
  writeFiles,
} from './support.ts';
import { midtrain, start } from './terminal.ts';

/** `npm test` builds it before the tests. */
const pageIsBuilt = existsSync(join(programPaths.page, 'index.html'));

const TINY = [
  '--hidden-size',
  '16',
  '--num-hidden-layers',
  '1',
  '--set',
  'numAttentionHeads=2',
  '--set',
  'numKeyValueHeads=1',
  '--head-dim',
  '8',
  '--intermediate-size',
  '32',
  '--vocab-size',
  '300',
  '--documents-per-step',
  '2',
];

const TEXTS = Object.fromEntries(
  Array.from({ length: 30 }, (_, i) => [`${i}.txt`, `Text number ${i} says that ${i} plus one is ${i + 1}.`]),
);

describe('the terminal', () => {
  it('imports, trains, evaluates and compares for real', async () => {
    const workspace = temporaryFolder();
    const imported = await midtrain(workspace, 'import', writeFiles(TEXTS), '--name', 'texts', '--json');
    expect(imported.err).not.toContain('Error');
    expect(JSON.parse(imported.out)).toMatchObject({ corpus: { name: 'texts', state: 'ready', files: 30 } });

    const trained = await midtrain(
      workspace,
      'run',
      'pretrain',
      '--corpus',
      'texts',
      '--max-steps',
      '6',
      ...TINY,
      '--name',
      'tiny',
      '--seed',
      '3',
    );
    expect(trained).toMatchObject({ code: 0, out: expect.stringMatching(/tiny +pretrain +finished +6\/6/) });
    expect(trained.err).toMatch(/parameters, 6 steps .* of memory/);
    expect(trained.err).toMatch(/memory has room for [\d,]+ parameters at this work/);

    const evaluated = await midtrain(
      workspace,
      'eval',
      'tiny',
      '--corpus',
      'texts',
      '--items-per-tier',
      '5',
      '--restoration-items',
      '3',
      '--max-thinking-tokens',
      '6',
      '--json',
    );
    expect(JSON.parse(evaluated.out)).toMatchObject({
      stage: 'evaluate',
      state: 'finished',
      baseName: 'tiny',
    });

    const shown = await midtrain(workspace, 'runs', 'show', 'tiny');
    expect(shown.out).toMatch(/maxSteps +6/);
    expect(shown.out).toMatch(/Engine: \S+/);
    const compared = await midtrain(workspace, 'compare', 'tiny');
    expect(compared.out).toContain('Next token, direct');
    const json = JSON.parse((await midtrain(workspace, 'compare', 'tiny', '--json')).out);
    expect(json.groups.length).toBeGreaterThan(2);
    const table = await midtrain(workspace, 'compare', 'tiny', '--format', 'csv');
    expect(table.out).toMatch(/^measurement,checkpoint,checkpoint_id/);
    const out = join(workspace, 'report.html');
    const report = await midtrain(workspace, 'compare', 'tiny', '--out', out, '--title', 'Tiny');
    expect(report.err).toContain(out);
    expect(readFileSync(out, 'utf8')).toContain('<h1>Tiny</h1>');
    const unclear = await midtrain(workspace, 'compare', 'tiny', '--out', join(workspace, 'file'));
    expect(unclear).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^ExportUnsuitable: It is not clear/),
    });
    const listed = JSON.parse((await midtrain(workspace, 'checkpoints', '--json')).out);
    expect(listed).toMatchObject([{ name: 'tiny', final: true, stage: 'pretrain' }]);
    expect(JSON.parse((await midtrain(workspace, 'runs', '--json')).out).length).toBe(2);
    const fits = await midtrain(
      workspace,
      'runs',
      '--query',
      'stage:pretrain loss>0',
      '--columns',
      'name,loss',
    );
    expect(fits.out).toMatch(/tiny +\d/);
    const grouped = await midtrain(
      workspace,
      'runs',
      '--group-by',
      'stage',
      '--query',
      '-is:swept',
      '--columns',
      'settings.seed',
    );
    expect(grouped.out).toMatch(/Pre-train +1 +3/);
    expect((await midtrain(workspace, 'runs', '--query', 'stagge:x')).err).toMatch(/Did you mean stage/);
    expect((await midtrain(workspace, 'runs', '--fields')).out).toContain('metrics.loss');
  });

  it('says what is wrong by name, with a way out, and ends with 1', async () => {
    const workspace = temporaryFolder();
    const folder = writeFiles({ 'a.pdf': '%PDF' });
    const cases: [string[], RegExp][] = [
      [['import', folder], /a\.pdf: .*not read[\s\S]*EmptyCorpus: no documents were found/],
      [
        ['run', 'pretrain', '--corpus', 'none'],
        /^NotFound: There is no corpus “none”\.\n`midtrain corpora` lists them/m,
      ],
      [
        ['run', 'rmt', '--set', 'numGenerations=1'],
        /^InvalidSettings: .*numGenerations.*\nUse a whole number from 2/m,
      ],
      [['run', 'rmt'], /^MissingCorpus/m],
      [['compare', 'none'], /^NotFound/m],
      [['runs', 'stop', 'none'], /^NotFound/m],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await midtrain(workspace, ...args);
      expect(err, args.join(' ')).toMatch(message);
      expect(code, args.join(' ')).toBe(1);
    }
    const unknown = await midtrain(workspace, 'run', 'rmt', '--no-such-flag', '1');
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('--no-such-flag') });
    expect((await midtrain(workspace, 'run', 'rmt', '--num-generations', 'many')).err).toContain(
      '“many” is not a number',
    );
    const unwritable = join(writeFiles({ file: 'x' }), 'file', 'workspace');
    expect(await midtrain(unwritable, 'runs')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^WorkspaceUnwritable/),
    });
  });

  it('stops a run at a step with Ctrl-C; resume goes on', async () => {
    const workspace = temporaryFolder();
    await midtrain(workspace, 'import', writeFiles(TEXTS), '--name', 'texts');
    const running = start(
      workspace,
      'run',
      'pretrain',
      '--corpus',
      'texts',
      '--max-steps',
      '100000',
      ...TINY,
      '--name',
      'long',
      '--json',
    );
    const told = (output: string): number =>
      Math.max(-1, ...[...output.matchAll(/long \d+% (\d+)\/100000/g)].map((match) => Number(match[1])));
    await until(async () => told(running.output()) > 0);
    running.child.kill('SIGINT');
    const { code, out, err } = await running.ended;
    expect(err).toContain('Stopping at the next step');
    const run = JSON.parse(out);
    expect(run).toMatchObject({ state: 'stopped', reason: 'Stopped by the user.' });
    expect(code).toBe(130);
    expect(existsSync(join(workspace, 'runs', run.id, 'checkpoints'))).toBe(true);
    const again = start(workspace, 'runs', 'resume', 'long', '--json');
    await until(async () => told(again.output()) > run.step);
    again.child.kill('SIGINT');
    const resumed = JSON.parse((await again.ended).out);
    expect(resumed.step).toBeGreaterThan(run.step);
  });

  it('works while another process owns the workspace and serves', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { err } = await midtrain(folder, 'runs');
    expect(err).toContain(`WorkspaceBusy: The workspace ${folder} is in use by process ${process.pid}`);

    const server = await serve(workspace, { port: 0, page: null });
    onCleanUp(() => server.close());
    const { id } = await scriptedRun(workspace, corpusId, { steps: 3 });
    await runIn(workspace, id, 'finished');
    expect(JSON.parse((await midtrain(folder, 'runs', '--json')).out)).toMatchObject([{ id }]);
    const remote = await midtrain(
      folder,
      'run',
      'pretrain',
      '--corpus',
      'test',
      '--name',
      '{"steps":4}',
      '--json',
    );
    expect(JSON.parse(remote.out)).toMatchObject({ state: 'finished', step: 4 });
    const imported = await midtrain(folder, 'import', writeFiles({ 'a.txt': 'far' }), '--json');
    expect(JSON.parse(imported.out)).toMatchObject({ corpus: { state: 'ready' } });
    const windowOnly = await midtrain(folder, 'serve');
    expect(windowOnly.err).toContain('open in a desktop window');
  });

  it.skipIf(!pageIsBuilt)('serves until it is told to stop, and prints fresh links meanwhile', async () => {
    const folder = temporaryFolder();
    const serving = start(folder, 'serve', '--port', '0');
    const link = await until(async () => /http:\S+/.exec(serving.output())?.[0]);
    const page = await fetch(link);
    expect(await page.text()).toContain('<div id="root">');
    const fresh = JSON.parse((await midtrain(folder, 'serve', '--json')).out);
    expect(new URL(fresh.link).origin).toBe(new URL(link).origin);
    expect(fresh.link).not.toBe(link);
    serving.child.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
    expect(existsSync(join(folder, 'owner.json'))).toBe(false);
  });

  it('has a flag for every setting, with range and default', async () => {
    const { out } = await midtrain(temporaryFolder(), 'run', 'rmt', '--help');
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('--learning-rate <number> Learning rate: a number from 0 to 1 (default 0.0005)');
    expect(text).toContain(
      '--budget-initial <number> First budget (B_0): a number from 1 to 16384, tokens (default 20)',
    );
    expect(text).toContain('--curriculum-start <list>');
  });

  it('keeps what settings say, and refuses an engine there is not', async () => {
    const folder = temporaryFolder();
    const set = await midtrain(folder, 'settings', '--engine', 'kernels-wasm', '--threads', '1');
    expect(set.out).toContain('kernels-wasm');
    const shown = JSON.parse((await midtrain(folder, 'settings', '--json')).out);
    expect(shown).toMatchObject({ engineRequest: 'kernels-wasm', threads: 1, queueLimit: 100 });
    const refused = await midtrain(folder, 'settings', '--engine', 'abacus');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('kernels-native');
  });

  it('explains itself', async () => {
    const doctor = await midtrain(temporaryFolder(), 'doctor', '--json');
    const { checks, engines } = JSON.parse(doctor.out);
    expect(checks.map((check: { name: string }) => check.name)).toEqual([
      'Node',
      'Desktop window',
      'Page',
      'Workspace',
      'Disk',
      'Memory',
      'Engine',
    ]);
    expect(engines.find((engine: { name: string }) => engine.name === 'kernels-wasm')).toMatchObject({
      available: true,
    });
    const packageJson = JSON.parse(readFileSync(join(programPaths.root, 'package.json'), 'utf8'));
    const version = start(temporaryFolder(), '--version');
    expect((await version.ended).out.trim()).toBe(packageJson.version);
  });
});

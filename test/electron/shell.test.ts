import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { electronBinary } from '../../electron/electron-binary.ts';
import { programPaths } from '../../electron/paths.ts';
import { lockWorkspace } from '../../electron/workspace-lock.ts';
import { onCleanUp, temporaryFolder, writeFiles } from './support.ts';

/** `npm test` builds before the tests. */
const isBuilt = existsSync(join(programPaths.root, 'out', 'main', 'main.js'));
const binary = electronBinary();
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
const canOpen = isBuilt && binary !== null && hasDisplay && process.getuid?.() !== 0;

interface Report {
  readonly errors: [string, string][];
  readonly window?: Record<string, unknown>;
  readonly guards?: Record<string, unknown>;
  readonly page?: Record<string, unknown>;
  readonly calls?: Record<string, unknown>;
  readonly run?: Record<string, unknown>;
  readonly end?: unknown;
}

async function drive(folder: string, textFile: string): Promise<Report> {
  const driver = join(import.meta.dirname, 'fixtures', 'shell-driver.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [driver, folder, textFile]);
  const line = stdout.split('\n').find((candidate) => candidate.startsWith('REPORT '));
  if (!line) throw new Error(`the driver gave no report: ${stdout}`);
  return JSON.parse(line.slice('REPORT '.length));
}

describe.skipIf(!isBuilt)('the built desktop shell, with a stand-in for Electron', () => {
  it('is hardened, carries calls and events, and closes in order', async () => {
    const folder = temporaryFolder();
    const textFile = join(
      writeFiles({ 'text.txt': 'dropped text that is long enough to learn two steps from, again and again' }),
      'text.txt',
    );
    const { errors, window, guards, page, calls, run, end } = await drive(folder, textFile);
    expect(errors).toEqual([]);
    expect(window).toMatchObject({
      webPreferences: {
        preload: programPaths.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webviewTag: false,
        webSecurity: true,
      },
      loaded: ['app://midtrain/'],
      shown: true,
      exposed: ['midtrain'],
      members: ['call', 'onEvent', 'pathOf'],
      schemes: [{ scheme: 'app', privileges: { standard: true, secure: true } }],
    });
    expect(guards).toEqual({
      leaving: true,
      leavingToFile: true,
      leavingToLookalike: true,
      staying: false,
      redirect: true,
      webview: true,
      windowOpen: { action: 'deny' },
      windowOpenFile: { action: 'deny' },
      openedOutside: ['https://evil.example/', 'https://arxiv.org/abs/2509.24375'],
      camera: false,
      clipboard: true,
      clipboardElsewhere: false,
      checked: false,
      device: false,
    });
    expect(page).toMatchObject({
      index: {
        status: 200,
        policy: expect.stringMatching(/^default-src 'none'; script-src 'self';/),
        text: expect.stringContaining('<!doctype html>'),
      },
      route: 200,
      outside: 404,
      otherHost: 404,
      post: 404,
    });
    expect(calls).toMatchObject({
      info: { ok: true, value: { host: 'window', workspace: folder } },
      unknown: { ok: false, error: { name: 'UnknownCall' } },
      nameless: { ok: false },
      otherFrame: 'a call came from outside the page',
      elsewhere: 'a call came from outside the page',
      noFrame: 'a call came from outside the page',
      before: { ok: false, error: { name: 'PathNotAllowed' } },
      madeUp: '',
      begun: { ok: true, value: { state: 'importing' } },
      imported: { ok: true, value: [{ name: 'dropped', state: 'ready', trainDocuments: 1 }] },
      heard: expect.toSatisfy((count: number) => count >= 2),
    });
    expect(run).toMatchObject({
      state: { ok: true, value: { run: { state: 'finished', step: 2, reason: null } } },
      metrics: { ok: true, value: [{ name: 'loss', x: [1, 2], total: 2 }] },
    });
    expect(end).toEqual({ kept: true, exitCodes: [0] });
    // It let go of the workspace.
    lockWorkspace(folder).release();
  });

  it('says why it cannot start', async () => {
    const folder = temporaryFolder();
    const lock = lockWorkspace(folder);
    onCleanUp(() => lock.release());
    const { errors, window } = await drive(folder, '');
    expect(errors).toEqual([
      ['Midtrain cannot start: WorkspaceBusy', expect.stringContaining(`in use by process ${process.pid}`)],
    ]);
    expect(window).toBeUndefined();
  });
});

describe.skipIf(!canOpen)('the real desktop window', () => {
  it('opens, shows the page and answers its calls', async () => {
    const folder = temporaryFolder();
    const running = await _electron.launch({
      executablePath: binary ?? '',
      args: [programPaths.root, '--workspace', folder],
    });
    onCleanUp(() => running.close());
    const page = await running.firstWindow();
    await page.waitForSelector('#root > *');
    expect(page.url()).toMatch(/^app:\/\/midtrain\//);
    const seen = await page.evaluate(async () => ({
      info: await window.midtrain?.call('app.info', {}),
      node: typeof Reflect.get(globalThis, 'require') + typeof Reflect.get(globalThis, 'process'),
    }));
    expect(seen).toMatchObject({
      info: { ok: true, value: { workspace: folder } },
      node: 'undefinedundefined',
    });
  });
});

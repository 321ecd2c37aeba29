/** The application as `npm start` runs it: the built host in a process of its own, and a page in a real Chromium. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { compileCacheFolder, programPaths } from '../electron/paths.ts';
import { findChromium, launchWithProfile } from '../scripts/chromium.ts';

export interface Host {
  /** Opens the page once. */
  readonly link: string;
  /** http://127.0.0.1:PORT */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const script = (...path: readonly string[]): string => join(programPaths.root, ...path);
/** How a user starts it. */
export const STARTS = {
  'npm start': [script('scripts', 'start.ts'), '--browser'],
  'midtrain serve': [script('bin', 'midtrain.js'), 'serve'],
} as const;
const BUILT = [script('out', 'main', 'cli.js'), 'serve'];

export interface Start {
  /** Arguments of Node. */
  readonly command?: readonly string[];
  /** 0 takes a free one. A browser knows a page again only at the same one. */
  readonly port?: number;
}

/** @throws if the program ends before it serves */
export async function startHost(folder: string, { command = BUILT, port = 0 }: Start = {}): Promise<Host> {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment } = process.env;
  const child = spawn(process.execPath, [...command, '--workspace', folder, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: compileCacheFolder, ...environment },
  });
  const exited = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the host ended with code ${code}`)));
  });
  exited.catch(() => undefined);
  const link = await Promise.race([firstLink(child.stdout, child.stderr), exited]);
  return {
    link,
    url: new URL(link).origin,
    port: Number(new URL(link).port),
    async close() {
      child.kill('SIGTERM');
      await exited.catch(() => undefined);
    },
  };
}

/** The first address that the host prints. */
function firstLink(...outputs: readonly NodeJS.ReadableStream[]): Promise<string> {
  return new Promise((resolve) => {
    for (const output of outputs) {
      createInterface({ input: output }).on('line', (line) => {
        const link = /http:\/\/\S+/.exec(line)?.[0];
        if (link) resolve(link);
      });
    }
  });
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A Chromium that is there already, with a profile of its own: it keeps what it fetched and compiled, as a user's does. */
export interface Visitor {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** @throws without a Chromium or without a built page, and says how to mend it */
export async function openBrowser(size: Size): Promise<Visitor> {
  const executable = findChromium();
  if (!executable) throw new Error('No Chromium was found. Install it, or name it in MIDTRAIN_CHROMIUM.');
  if (!existsSync(join(programPaths.page, 'index.html'))) {
    throw new Error('The page is not built: run `npm run build` first.');
  }
  const profile = mkdtempSync(join(tmpdir(), 'midtrain-bench-profile-'));
  const context = await launchWithProfile(executable, profile, size);
  return {
    newPage: () => context.newPage(),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What must be on the page before it counts as shown. */
export interface Wanted {
  readonly selector: string;
  readonly count: number;
}

export interface Shown {
  readonly ms: number;
  /** The longest stretch in which the page could do nothing else. */
  readonly blockedMs: number;
}

/** Something urgent, as a key that is pressed, comes up every so often and tells how long it had to wait. */
const TICK_MS = 4;
/** What the last drawing leaves to do counts as well. */
const AFTER_MS = 200;

/** From following a link within the page to a frame with all that is wanted. */
export function follow(page: Page, hash: string, { selector, count }: Wanted): Promise<Shown> {
  return page.evaluate(
    async ({ address, wanted, least, tickMs, afterMs }) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      const startedMs = performance.now();
      let blockedMs = 0;
      let before = startedMs;
      let watching = true;
      const urgently = (act: () => void): void =>
        void scheduler.postTask(act, { priority: 'user-blocking', delay: tickMs });
      const tick = (): void => {
        const now = performance.now();
        blockedMs = Math.max(blockedMs, now - before - tickMs);
        before = now;
        if (watching) urgently(tick);
      };
      urgently(tick);
      window.location.hash = address;
      // A page that is kept while another is shown does not count.
      const shown = (): number =>
        [...document.querySelectorAll(wanted)].filter((one) => !one.closest('[data-away]')).length;
      while (shown() < least) await frame();
      await frame();
      const ms = performance.now() - startedMs;
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      watching = false;
      return { ms, blockedMs };
    },
    { address: hash, wanted: selector, least: count, tickMs: TICK_MS, afterMs: AFTER_MS },
  );
}

/** A browser has the process of the next page ready soon after it showed one. */
const BLANK_MS = 1000;

/** From loading an address in an empty tab to a frame with all that is wanted, by the page's own clock. */
export async function load(page: Page, address: string, { selector, count }: Wanted): Promise<number> {
  await page.goto('about:blank');
  await page.waitForTimeout(BLANK_MS);
  await page.goto(address, { waitUntil: 'commit' });
  return page.evaluate(
    async ({ wanted, least }) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      while (document.querySelectorAll(wanted).length < least) await frame();
      await frame();
      return performance.now();
    },
    { wanted: selector, least: count },
  );
}

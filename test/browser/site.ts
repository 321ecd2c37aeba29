/** A page in a real Chromium, served from a workspace in a temporary folder with its real trainer process. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, type ExpectPollOptions, expect } from 'vitest';
import { serve } from '../../electron/serve.ts';
import { openWorkspace, type Workspace } from '../../electron/workspace.ts';
import { findChromium, launchChromium } from '../../scripts/chromium.ts';

/** For one thing to show on the page: machines under load are slow, not broken. */
const PATIENCE_MS = 60_000;
const BUILT_PAGE = join(import.meta.dirname, '../../out/renderer');
const executable = findChromium();

export interface Site {
  readonly workspace: Workspace;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** A folder of this site's own, gone with it. */
  readonly scratch: string;
  /** Errors the browser reported: uncaught exceptions, refused resources, breaches of the security policy. */
  readonly complaints: readonly string[];
  open(address: string): Promise<void>;
  /** Ends the host; the workspace stays open. */
  stopHost(): Promise<void>;
  /** Starts a new host at the same address, which knows no browser yet; resolves to a link that opens the page. */
  startHost(): Promise<string>;
}

/** Tests that drive the page; left out, with the reason, where there is no Chromium. */
export function describePage(name: string, tests: (site: () => Site) => void): void {
  if (executable === null) {
    console.warn(`Left out: ${name}. No Chromium was found; install it or name it in MIDTRAIN_CHROMIUM.`);
  }
  describe.skipIf(executable === null)(name, () => {
    let site: Site | undefined;
    let browser: Browser | undefined;
    let close: () => Promise<void> = async () => undefined;

    beforeAll(async () => {
      if (!existsSync(join(BUILT_PAGE, 'index.html'))) {
        throw new Error('The page is not built: run `npm run build` first.');
      }
      const folder = mkdtempSync(join(tmpdir(), 'midtrain-page-'));
      const workspace = await openWorkspace(join(folder, 'workspace'), { closeGraceMs: 2000 });
      let server = await serve(workspace, { port: 0, page: BUILT_PAGE });
      const { url } = server;
      browser = await launchChromium(executable ?? '');
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(PATIENCE_MS);
      // What the page's security policy refuses is not told by itself where the page expects to be refused.
      await context.addInitScript(
        `addEventListener('securitypolicyviolation', (event) => console.error('Refused: ' + event.violatedDirective))`,
      );
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(server.newLink());
      await page.getByRole('heading', { level: 1 }).waitFor();
      site = {
        workspace,
        page,
        context,
        url,
        scratch: folder,
        complaints,
        open: async (address) => {
          // Another document in between: only the hash would change otherwise, and nothing be loaded.
          await page.goto('about:blank');
          await page.goto(`${url}/#${address}`);
          await page.getByRole('heading', { level: 1 }).waitFor();
        },
        stopHost: () => server.close(),
        startHost: async () => {
          server = await serve(workspace, { port: Number(new URL(url).port), page: BUILT_PAGE });
          return server.newLink();
        },
      };
      close = async () => {
        await server.close();
        await workspace.close();
        rmSync(folder, { recursive: true, force: true });
      };
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await close();
    }, 60_000);

    tests(() => {
      if (!site) throw new Error('The site is not open.');
      return site;
    });
  });
}

/** Asks again until the expectation holds. */
export function eventually<T>(probe: () => T, message = ''): ReturnType<typeof expect.poll<T>> {
  return expect.poll(probe, { timeout: PATIENCE_MS, message } satisfies ExpectPollOptions);
}

/** Drops files and folders on the middle of the window, as the system's file manager does. */
export async function dropOnWindow({ page, context }: Site, paths: readonly string[]): Promise<void> {
  // The part that takes drops is loaded after the first paint.
  await page.getByLabel('Files to import').waitFor({ state: 'attached' });
  const devtools = await context.newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
    if (type === 'dragEnter') await page.getByText('Drop to import as a corpus').waitFor();
  }
  await devtools.detach();
}

/** Process id of the workspace's trainer, or null where the system does not list processes as files. */
export function trainerPid(): number | null {
  const path = `/proc/${process.pid}/task/${process.pid}/children`;
  if (!existsSync(path)) return null;
  const children = readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean);
  const trainer = children.find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer/main'),
  );
  if (!trainer) throw new Error('No trainer is at work.');
  return Number(trainer);
}

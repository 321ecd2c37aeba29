/**
 * The page in a real Chromium over a workspace of 1,000 runs and 10M points: the table of runs, charts of a hundred
 * runs, and the way from the command to both.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { monthsOfWork } from '../generated-workspace.ts';
import { follow, type Host, load, openBrowser, type Shown, STARTS, startHost } from '../host.ts';
import type { Contestant, Entrant, Row } from '../row.ts';

/** A usual screen: all ten charts are in sight. */
const SCREEN = { width: 1920, height: 1080 };
const METRICS = 10;
const PATIENCE_MS = 60_000;
const SETTLE_MS = 1500;
/** Chromium keeps what it compiled of a script from the second visit on. */
const VISITS = 2;

/** The rows that fit on that screen; those kept ready below come later. */
const TABLE = { selector: 'table[aria-label="Runs"] tbody tr', count: 16 };
/** A line for each run in each chart. */
const linesOf = (runs: number) => ({
  selector: 'figure .curves > path[stroke]',
  count: runs * METRICS,
});

interface Visit {
  readonly page: Page;
  readonly runIds: readonly string[];
  host(): Host;
  /** The application started again: neither it nor the page remembers an answer. Ends at the table of runs. */
  restart(): Promise<void>;
}

/** @param measure in the row's unit */
function onPage(name: string, measure: (visit: Visit) => Promise<number>): Entrant {
  return {
    name,
    async open(): Promise<Contestant> {
      const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
      const runIds = monthsOfWork(folder);
      const browser = await openBrowser(SCREEN);
      let page = await browser.newPage();
      let host: Host | null = null;
      const visit: Visit = {
        get page() {
          return page;
        },
        runIds,
        host() {
          if (!host) throw new Error('the host is not started');
          return host;
        },
        async restart() {
          await host?.close();
          host = await startHost(folder, { port: host?.port ?? 0 });
          await page.close();
          page = await browser.newPage();
          await page.goto(host.link);
          await page.goto(`${host.url}/#/runs`);
          await page
            .locator(TABLE.selector)
            .nth(TABLE.count - 1)
            .waitFor({ timeout: PATIENCE_MS });
          await page.waitForTimeout(SETTLE_MS);
        },
      };
      for (let i = 0; i < VISITS; i++) await visit.restart();
      return {
        repeat: async () => ({ value: await measure(visit), peakBytes: null }),
        async close() {
          await browser.close();
          await host?.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

const overlayAddress = (runIds: readonly string[]): string => `#/charts?runs=${runIds.join(',')}`;

/** From the table to the charts, which nobody has asked for before. */
async function cold(visit: Visit): Promise<Shown> {
  await visit.restart();
  return follow(visit.page, overlayAddress(visit.runIds), linesOf(visit.runIds.length));
}

/** The same once they were seen: away to the table and back. */
async function warm(visit: Visit): Promise<Shown> {
  const { page, runIds } = visit;
  for (let i = 0; i < 2; i++) {
    await follow(page, overlayAddress(runIds), linesOf(runIds.length));
    await follow(page, '#/runs', TABLE);
    await page.waitForTimeout(SETTLE_MS);
  }
  return follow(page, overlayAddress(runIds), linesOf(runIds.length));
}

/** From loading the address, in a browser that has been here before. */
async function tableLoaded({ page, host }: Visit): Promise<number> {
  const ms = await load(page, `${host().url}/#/runs`, TABLE);
  await page.waitForTimeout(SETTLE_MS);
  return ms;
}

/** From another page of the open application. */
async function tableFollowed(visit: Visit): Promise<number> {
  await visit.restart();
  const { page, host } = visit;
  await page.goto('about:blank');
  await page.goto(`${host().url}/#/settings`);
  await page.waitForTimeout(SETTLE_MS);
  return (await follow(page, '#/runs', TABLE)).ms;
}

/** From loading the address in a browser that has never been here: everything is fetched and compiled. */
const firstVisit: Entrant = {
  name: 'loaded, first visit ever',
  async open(): Promise<Contestant> {
    const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
    monthsOfWork(folder);
    return {
      async repeat() {
        const host = await startHost(folder);
        const browser = await openBrowser(SCREEN);
        try {
          const value = await load(await browser.newPage(), `${host.link}#/runs`, TABLE);
          return { value, peakBytes: null };
        } finally {
          await browser.close();
          await host.close();
        }
      },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

/** From the command to the table of runs on the page, in a Chromium that is open and has been here before. */
function started(name: keyof typeof STARTS): Entrant {
  return {
    name,
    async open(): Promise<Contestant> {
      const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
      monthsOfWork(folder);
      const browser = await openBrowser(SCREEN);
      let port = 0;
      const measure = async (): Promise<number> => {
        const page = await browser.newPage();
        const startedMs = performance.now();
        const host = await startHost(folder, { command: STARTS[name], port });
        try {
          await page.goto(`${host.link}#/runs`);
          await page
            .locator(TABLE.selector)
            .nth(TABLE.count - 1)
            .waitFor({ timeout: PATIENCE_MS });
          const ms = performance.now() - startedMs;
          await page.waitForTimeout(SETTLE_MS);
          return ms;
        } finally {
          port = host.port;
          await page.close();
          await host.close();
        }
      };
      // The first starts ever compile the program, and then the page, and keep that.
      for (let i = 0; i < VISITS; i++) await measure();
      return {
        repeat: async () => ({ value: await measure(), peakBytes: null }),
        async close() {
          await browser.close();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

const alone = (ours: string, target: number) => [{ ours, peer: null, target }];
const shared = { unit: 'ms', better: 'lower', peers: [], limit: null } as const;
const POINTS = '100 runs × 10 metrics × 10,000 steps';

export const rows: readonly Row[] = [
  {
    ...shared,
    name: 'page: first table of 1,000 runs',
    repeats: 5,
    ours: [onPage('loaded', tableLoaded), onPage('from another page', tableFollowed), firstVisit],
    lines: [
      ...alone('loaded', 300),
      ...alone('from another page', 300),
      { ours: firstVisit.name, peer: null, target: null },
    ],
  },
  {
    ...shared,
    name: `page: overlay ${POINTS}`,
    repeats: 5,
    ours: [
      onPage('cold', async (visit) => (await cold(visit)).ms),
      onPage('warm', async (visit) => (await warm(visit)).ms),
    ],
    lines: [...alone('cold', 1000), ...alone('warm', 100)],
  },
  {
    ...shared,
    name: `page: overlay ${POINTS}, window blocked`,
    repeats: 5,
    ours: [
      onPage('cold', async (visit) => (await cold(visit)).blockedMs),
      onPage('warm', async (visit) => (await warm(visit)).blockedMs),
    ],
    lines: [...alone('cold', 50), ...alone('warm', 50)],
  },
  {
    ...shared,
    name: 'page: cold start to the table of runs',
    repeats: 5,
    ours: [started('npm start'), started('midtrain serve')],
    lines: [...alone('npm start', 1500), ...alone('midtrain serve', 1500)],
  },
];

/** The compare page in a real Chromium: 8 checkpoints with 5,000 answers each, from the click to what is on screen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { fillComparison } from '../generated-comparison.ts';
import { follow, openBrowser, startHost } from '../host.ts';
import type { Contestant, Entrant, Row } from '../row.ts';

const CHECKPOINTS = 8;
const ANSWERS = 5000;
const SETTLE_MS = 500;
const SCROLL_MS = 2000;
const SCROLL_PIXELS = 60;

/** How many of what must be on screen for a tab to be shown. */
const SHOWN = {
  frontier: { selector: '[data-point]', count: CHECKPOINTS },
  tests: { selector: 'table[aria-label="Paired tests"] tbody tr', count: CHECKPOINTS - 1 },
  lengths: { selector: '[data-point]', count: CHECKPOINTS },
  answers: { selector: 'article[aria-label="One prompt"]', count: 1 },
} as const;
type Tab = keyof typeof SHOWN;

interface Opened {
  /** The compare page without checkpoints, its code loaded, nothing asked yet. */
  readonly page: Page;
  readonly addressOf: (tab: Tab) => string;
  /** The application started again: nothing is remembered. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

async function openComparison(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
  const { checkpointIds } = fillComparison(folder, CHECKPOINTS, ANSWERS);
  const browser = await openBrowser({ width: 1280, height: 800 });
  const page = await browser.newPage();
  const start = async (port: number) => {
    const started = await startHost(folder, { port });
    await page.goto(started.link);
    await page.goto(`${started.url}/#/compare`);
    await page.getByText('Choose checkpoints above').waitFor();
    // What every page brings after its first content.
    await page.waitForTimeout(SETTLE_MS);
    return started;
  };
  let host = await start(0);
  return {
    page,
    addressOf: (tab) => `#/compare?c=${checkpointIds.join(',')}&tab=${tab}`,
    async restart() {
      await host.close();
      host = await start(host.port);
    },
    async close() {
      await browser.close();
      await host.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function shownAs(tab: Tab): Entrant {
  return {
    name: tab,
    open: async (): Promise<Contestant> => {
      const opened = await openComparison();
      return {
        async repeat() {
          await opened.restart();
          return {
            value: (await follow(opened.page, opened.addressOf(tab), SHOWN[tab])).ms,
            peakBytes: null,
          };
        },
        close: opened.close,
      };
    },
  };
}

const scrolling: Entrant = {
  name: 'answers',
  open: async () => {
    const opened = await openComparison();
    await follow(opened.page, opened.addressOf('answers'), SHOWN.answers);
    return {
      async repeat() {
        const framesPerSecond = await opened.page.evaluate(
          async ({ ms, pixels }) => {
            window.scrollTo(0, 0);
            const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
            const startedMs = await frame();
            let frames = 0;
            let now = startedMs;
            while (now - startedMs < ms) {
              window.scrollBy(0, pixels);
              now = await frame();
              frames++;
            }
            return (1000 * frames) / (now - startedMs);
          },
          { ms: SCROLL_MS, pixels: SCROLL_PIXELS },
        );
        return { value: framesPerSecond, peakBytes: null };
      },
      close: opened.close,
    };
  },
};

const TABS = Object.keys(SHOWN) as Tab[];

export const rows: readonly Row[] = [
  {
    name: `compare page, ${CHECKPOINTS} checkpoints × ${ANSWERS} answers, first shown`,
    unit: 'ms',
    better: 'lower',
    repeats: 5,
    ours: TABS.map(shownAs),
    peers: [],
    lines: TABS.map((tab) => ({ ours: tab, peer: null, target: 300 })),
    limit: null,
  },
  {
    name: `compare page, ${CHECKPOINTS} checkpoints × ${ANSWERS} answers, scrolling`,
    unit: 'frames/s',
    better: 'higher',
    repeats: 5,
    ours: [scrolling],
    peers: [],
    lines: [{ ours: 'answers', peer: null, target: 59 }],
    limit: null,
  },
];

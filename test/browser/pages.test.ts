/** Every page in both themes: free of accessibility faults, of overflow and of complaints of the browser. */

import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { Workspace } from '../../electron/workspace.ts';
import { faultsOf } from './accessibility.ts';
import { describePage, eventually } from './site.ts';
import {
  finalCheckpoint,
  importTexts,
  runToEnd,
  SHORT_DOCUMENTS,
  SMALL_ROLLOUTS,
  trainBase,
} from './small-runs.ts';

const MINUTE = 60_000;
const THEMES = ['light', 'dark'] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

/** Pixels by which the page, or a part of it that scrolls sideways, is wider than its place. */
function excessOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const scrolling = [...document.querySelectorAll('main *')].filter((element) =>
      ['auto', 'scroll'].includes(getComputedStyle(element).overflowX),
    );
    return Math.max(
      ...[document.documentElement, ...scrolling].map(
        ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
      ),
    );
  });
}

/** A corpus, a base, an RMT run and both evaluated: each page has something to show. */
async function fillWorkspace(workspace: Workspace, scratch: string): Promise<Map<string, string>> {
  const corpusId = await importTexts(workspace, scratch);
  const base = await trainBase(workspace, corpusId);
  const from = (checkpointId: string) => ({ kind: 'checkpoint', checkpointId }) as const;
  const rmt = await runToEnd(workspace, {
    stage: 'rmt',
    corpusId,
    base: from(base),
    settings: { ...SHORT_DOCUMENTS, ...SMALL_ROLLOUTS },
  });
  const second = await runToEnd(workspace, {
    stage: 'rmt',
    corpusId,
    base: from(base),
    settings: { ...SHORT_DOCUMENTS, ...SMALL_ROLLOUTS, seed: 1 },
  });
  const tuned = await finalCheckpoint(workspace, rmt);
  const few = { itemsPerTier: 6, restorationItems: 8, maxThinkingTokens: 12, maxDocumentTokens: 64 };
  const evaluations = [base, tuned].map((id) =>
    runToEnd(workspace, { stage: 'evaluate', corpusId, base: from(id), settings: few }),
  );
  const [evaluation] = await Promise.all(evaluations);
  const study = await quickStudy(workspace, 'rmt-table');
  const fits = await quickStudy(workspace, 'rlm-scaling');
  const sensitivities = await quickStudy(workspace, 'rmt-sensitivity');
  const run = `/runs/${rmt.id}`;
  return new Map([
    ['home', '/'],
    ['corpora', '/corpora'],
    ['corpus', `/corpora/${corpusId}`],
    ['token statistics', `/corpora/${corpusId}?tab=tokens`],
    ['files', `/corpora/${corpusId}?tab=files`],
    ['runs', '/runs'],
    ['new run', `/runs/new?stage=rmt&corpusId=${corpusId}&base=checkpoint:${base}&budgetMin=30`],
    [
      'sweep form',
      `/runs/new?stage=rmt&corpusId=${corpusId}&base=checkpoint:${base}&sweep=${encodeURIComponent(
        '{"kind":"grid","axes":[{"setting":"learningRate","values":"1e-5, 1e-4"}],"seeds":"0..2","count":10}',
      )}`,
    ],
    ['evaluation form', `/runs/new?stage=evaluate&base=checkpoint:${base}`],
    ['curves', run],
    ['curves over each other', `${run}?with=${second.id}&seeds=interval`],
    ['charts', `/charts?runs=${rmt.id},${second.id}`],
    ['charts of nothing', '/charts'],
    ['samples', `${run}?tab=samples`],
    ['diagnosis', `${run}?tab=diagnosis`],
    ['checkpoints', `${run}?tab=checkpoints`],
    ['events', `${run}?tab=events`],
    ['settings of a run', `${run}?tab=settings`],
    ['record of a run', `${run}?tab=record`],
    ['runs in groups', '/runs?group=stage&cols=stage,metrics.loss,evaluation.accuracy'],
    ['runs, archived', '/runs?archived=only'],
    ['differences', `/runs/differences?runs=${rmt.id},${evaluation?.id}`],
    ['results', `/runs/${evaluation?.id}`],
    ['compare', `/compare?c=${base},${tuned}`],
    ['compare nothing', '/compare'],
    ['settings', '/settings'],
    ['studies', '/studies'],
    ['study', `/studies/${study}`],
    ['graph of a study', `/studies/${study}?tab=graph`],
    ['file of a study', `/studies/${study}?tab=file`],
    ['study of curves and fits', `/studies/${fits}`],
    ['study of sensitivities', `/studies/${sensitivities}`],
    ['graph of many runs', `/studies/${sensitivities}?tab=graph`],
    ['nowhere', '/nowhere'],
  ]);
}

function quickStudy(workspace: Workspace, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = workspace.subscribe((event) => {
      if (event.kind !== 'study' || event.study.name !== name || event.study.endedAtMs === null) return;
      end();
      if (event.study.state === 'finished') resolve(event.study.id);
      else reject(new Error(event.study.reason ?? event.study.state));
    });
    workspace.call('studies.start', { source: { kind: 'shipped', name }, quick: true }).catch(reject);
  });
}

describePage('every page', (site) => {
  let pages = new Map<string, string>();
  beforeAll(async () => {
    pages = await fillWorkspace(site().workspace, site().scratch);
  }, 3 * MINUTE);

  it(
    'is accessible in both themes and fits windows of both sizes',
    async () => {
      const { page, open } = site();
      for (const [name, address] of pages) {
        await open(address);
        await eventually(() =>
          page
            .locator('main')
            .getByText(/^Loading .* …$/)
            .count(),
        ).toBe(0);
        for (const theme of THEMES) {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
          expect(await faultsOf(page), `${name}, ${theme}`).toEqual([]);
        }
        for (const size of SIZES) {
          await page.setViewportSize(size);
          // The layout follows the window a frame later.
          await eventually(() => excessOf(page), `${name}, ${size.width} pixels`).toBe(0);
        }
      }
    },
    5 * MINUTE,
  );

  it(
    'is reached by keyboard alone',
    async () => {
      const { page, open } = site();
      await open('/');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await open('/');
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement?.textContent);
        if (focused === 'Runs') break;
      }
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    },
    MINUTE,
  );

  it(
    'follows the system’s theme until another is chosen, and keeps the choice',
    async () => {
      const { page, open } = site();
      const theme = (): Promise<string | null> =>
        page.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'));
      await page.emulateMedia({ colorScheme: 'dark' });
      await open('/settings');
      expect(await theme()).toBe('dark');
      await page.getByRole('radio', { name: 'As the system' }).first().focus();
      await page.keyboard.press('ArrowRight');
      expect(await theme()).toBe('light');
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await theme()).toBe('light');
      await page.getByRole('radio', { name: 'Light' }).first().focus();
      await page.keyboard.press('ArrowLeft');
      expect(await theme()).toBe('dark');
    },
    MINUTE,
  );

  it('gave the browser nothing to complain about', () => {
    expect(site().complaints).toEqual([]);
  });
});

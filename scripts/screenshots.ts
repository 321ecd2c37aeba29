/**
 * Draws every page in both themes and two sizes from a workspace with finished runs, the README's picture, and the
 * documentation's.
 *
 *   npm run demo -- --workspace DIR && node scripts/screenshots.ts --workspace DIR [--out shots] [--only compare,run]
 *
 * The page must have been built (`npm run build`). Names every page whose content is wider than its window.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { serve } from '../electron/serve.ts';
import { openWorkspace, type Workspace } from '../electron/workspace.ts';
import { findChromium, launchChromium } from './chromium.ts';

const ROOT = dirname(import.meta.dirname);
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['light', 'dark'] as const;
const README_PICTURE = { page: 'compare', theme: 'light', width: 1280 } as const;
const SETTLE_MS = 700;

const { values } = parseArgs({
  options: {
    workspace: { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'out', 'screenshots') },
    readme: { type: 'string', default: join(ROOT, 'docs', 'screenshot.png') },
    pictures: { type: 'string', default: join(ROOT, 'docs', 'pictures') },
    only: { type: 'string' },
  },
});

/** A card of a page, for the documentation. */
interface Picture {
  readonly address: string;
  /** The chart whose card is drawn; without one, the page. */
  readonly figure: string | null;
}

/** The documentation's pictures, as far as this workspace has something to show in them. */
async function picturesOf(workspace: Workspace): Promise<Map<string, Picture>> {
  const runs = await workspace.call('runs.list', { includeEvaluations: false });
  const study = await shownStudy(workspace);
  const rmt = runs.filter((run) => run.stage === 'rmt' && run.state === 'finished');
  const longest = rmt.toSorted((a, b) => b.step - a.step)[0];
  const pictures = new Map<string, Picture>();
  if (runs.length > 0) pictures.set('runs', { address: '/runs', figure: null });
  if (study) pictures.set('study', { address: `/studies/${study}`, figure: null });
  if (longest) {
    const address = `/runs/${longest.id}`;
    pictures.set('budget', { address, figure: 'Thinking length and budget' });
    pictures.set('curriculum', { address, figure: 'Curriculum mix' });
    const alike = rmt.filter((run) => run.name === longest.name).map(({ id }) => id);
    const others = runs.filter((run) => !alike.includes(run.id) && run.stage === 'rlm').map(({ id }) => id);
    const shown = [...alike, ...others].slice(0, 8).join(',');
    pictures.set('charts', { address: `/charts?runs=${shown}&seeds=interval&metrics=length`, figure: null });
  }
  for (const [name, address] of await comparisonsOf(workspace)) pictures.set(name, { address, figure: null });
  for (const run of runs) {
    const { findings } = await workspace.call('runs.diagnose', { runId: run.id });
    if (!findings.some(({ severity }) => severity === 'problem')) continue;
    pictures.set('diagnosis', { address: `/runs/${run.id}?tab=diagnosis`, figure: null });
    break;
  }
  return pictures;
}

/** A study that was run to its end as its file says, not in its quick form. */
async function shownStudy(workspace: Workspace): Promise<string | undefined> {
  const studies = await workspace.call('studies.list', {});
  return (
    studies.find(({ id, state, quick }) => id !== null && state === 'finished' && !quick)?.id ?? undefined
  );
}

/** The parts of the comparison by picture, of the final checkpoints that were evaluated, the oldest first. */
async function comparisonsOf(workspace: Workspace): Promise<Map<string, string>> {
  const checkpoints = await workspace.call('checkpoints.list', { finalOnly: true });
  const ids = checkpoints.flatMap(({ id, evaluations }) => (evaluations > 0 ? [id] : [])).toReversed();
  if (ids.length < 2) return new Map();
  const tabs = {
    frontier: '',
    tiers: '&tab=tiers',
    lengths: '&tab=lengths',
    budgets: '&tab=budgets',
    tests: '&tab=tests',
    answers: '&tab=answers&flip=right-wrong&change=shorter',
    restorations: '&tab=restorations',
    compute: '&tab=compute',
  };
  return new Map(
    Object.entries(tabs).map(([name, rest]) => [
      `compare-${name}`,
      `/compare?c=${ids.slice(0, 8).join(',')}${rest}`,
    ]),
  );
}

/** The pages of this workspace by name: of each kind, one that has something to show. */
async function addressesOf(workspace: Workspace): Promise<Map<string, string>> {
  const runs = await workspace.call('runs.list', {});
  const corpora = await workspace.call('corpora.list', {});
  const checkpoints = await workspace.call('checkpoints.list', { finalOnly: true });
  const [corpus] = corpora
    .filter(({ kind }) => kind === 'documents')
    .sort((a, b) => b.trainDocuments - a.trainDocuments);
  const evaluated = checkpoints.filter(({ evaluations }) => evaluations > 0).toReversed();
  const pages = new Map([
    ['home', '/'],
    ['corpora', '/corpora'],
    ['runs', '/runs'],
    ['new-run', `/runs/new?stage=rmt${corpus ? `&corpusId=${corpus.id}` : ''}`],
    ['compare-empty', '/compare'],
    ['settings', '/settings'],
    ['studies', '/studies'],
    ['charts-empty', '/charts'],
    ['nowhere', '/nowhere'],
  ]);
  const study = await shownStudy(workspace);
  for (const tab of study ? ['results', 'graph', 'file'] : []) {
    pages.set(`study-${tab}`, `/studies/${study}?tab=${tab}`);
  }
  if (corpus) {
    pages.set('corpus', `/corpora/${corpus.id}`);
    pages.set('corpus-tokens', `/corpora/${corpus.id}?tab=tokens`);
    pages.set('corpus-files', `/corpora/${corpus.id}?tab=files`);
  }
  const trained = ['rmt', 'rlm', 'pretrain'].flatMap(
    (stage) => runs.find((run) => run.stage === stage) ?? [],
  )[0];
  for (const tab of trained
    ? ['curves', 'samples', 'diagnosis', 'checkpoints', 'events', 'settings', 'record']
    : []) {
    pages.set(`run-${tab}`, `/runs/${trained?.id}?tab=${tab}`);
  }
  const some = runs.filter((run) => run.stage !== 'evaluate').slice(0, 4);
  if (trained) {
    const ids = some.map(({ id }) => id).join(',');
    pages.set('charts', `/charts?runs=${ids}`);
    pages.set('differences', `/runs/differences?runs=${ids}`);
  }
  const evaluation = runs.find((run) => run.stage === 'evaluate');
  if (evaluation) pages.set('run-results', `/runs/${evaluation.id}`);
  if (evaluated.length > 0) pages.set('compare', `/compare?c=${evaluated.map(({ id }) => id).join(',')}`);
  for (const [name, address] of await comparisonsOf(workspace)) pages.set(name, address);
  const compared = pages.get('compare-frontier');
  if (compared) pages.set('compare-settings', `${compared}&tab=settings`);
  return pages;
}

/** Until nothing says that it is loading. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => !/Loading .* …/.test(document.querySelector('main')?.textContent ?? ''));
}

async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function drawAll(context: BrowserContext, origin: string, pages: Map<string, string>): Promise<void> {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.error(`  ${message.text()}`);
  });
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const [name, address] of pages) {
        await page.goto('about:blank');
        await page.goto(`${origin}/#${address}`);
        await page.waitForSelector('h1');
        await settled(page);
        await page.waitForTimeout(SETTLE_MS);
        const overflow = await overflowOf(page);
        if (overflow > 0) console.error(`  ${name}, ${theme}, ${size.width}: ${overflow} px too wide`);
        await page.screenshot({
          path: join(values.out, `${name}-${theme}-${size.width}x${size.height}.png`),
        });
        const { page: pictured, theme: its, width } = README_PICTURE;
        if (name === pictured && theme === its && size.width === width) {
          await page.screenshot({ path: values.readme });
        }
      }
    }
  }
}

async function drawPictures(
  context: BrowserContext,
  origin: string,
  pictures: Map<string, Picture>,
): Promise<void> {
  const page = await context.newPage();
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(SIZES[0]);
  for (const [name, { address, figure }] of pictures) {
    await page.goto('about:blank');
    await page.goto(`${origin}/#${address}`);
    await page.waitForSelector('h1');
    const path = join(values.pictures, `${name}.png`);
    await settled(page);
    if (figure === null) {
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path });
      continue;
    }
    const card = page.locator('section', { has: page.getByRole('figure', { name: figure, exact: true }) });
    await card.last().scrollIntoViewIfNeeded();
    await page.waitForTimeout(SETTLE_MS);
    await card.last().screenshot({ path });
  }
  await page.close();
}

const executable = findChromium();
if (!executable) throw new Error('No Chromium was found. Install it, or name it in MIDTRAIN_CHROMIUM.');
if (!values.workspace) throw new Error('Name a workspace with finished runs: --workspace DIR.');
mkdirSync(values.out, { recursive: true });
mkdirSync(dirname(values.readme), { recursive: true });
mkdirSync(values.pictures, { recursive: true });
const workspace = await openWorkspace(values.workspace, { runsJobs: false });
const server = await serve(workspace, { port: 0, page: join(ROOT, 'out', 'renderer') });
const browser = await launchChromium(executable);
try {
  const only = values.only?.split(',');
  const pages = new Map([...(await addressesOf(workspace))].filter(([name]) => !only || only.includes(name)));
  const context = await browser.newContext();
  await (await context.newPage()).goto(server.newLink());
  const pictures = await picturesOf(workspace);
  const wanted = new Map([...pictures].filter(([name]) => !only || only.includes(name)));
  await drawPictures(context, server.url, wanted);
  await drawAll(context, server.url, pages);
  console.log(`${pages.size} pages, ${pages.size * THEMES.length * SIZES.length} pictures in ${values.out}`);
  console.log(`${[...wanted.keys()].join(', ')} in ${values.pictures}`);
} finally {
  await browser.close();
  await server.close();
  await workspace.close();
}

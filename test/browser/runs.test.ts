/** The table of runs on the page, over a sweep of small real runs: filtered, sorted, grouped, marked, by mouse and keys. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { Run } from '../../electron/contract/run.ts';
import { until } from '../electron/support.ts';
import { describePage, eventually, type Site } from './site.ts';
import { writeTexts } from './texts.ts';

const MINUTE = 60_000;
const TINY = {
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 2,
  headDim: 8,
  intermediateSize: 32,
  vocabSize: 300,
  documentsPerStep: 2,
  maxDocumentTokens: 32,
};

/** A sweep of two rates by two seeds, all of them finished. */
async function sweep({ workspace, scratch }: Site): Promise<{ runs: Run[]; corpusId: string }> {
  const { id: corpusId } = await workspace.call('corpora.import', {
    name: 'Days',
    source: { kind: 'paths', paths: [writeTexts(scratch)] },
    splitOn: 'blank-line',
  });
  await until(async () => (await workspace.call('corpora.get', { corpusId })).corpus.state === 'ready');
  const { runs } = await workspace.call('sweeps.create', {
    name: 'Rates',
    plan: {
      axes: { kind: 'grid', axes: [{ setting: 'learningRate', values: [1e-4, 1e-2] }] },
      seeds: [1, 2],
      shared: { stage: 'pretrain', corpusId, settings: { ...TINY, maxSteps: 8, saveSteps: 4 } },
    },
  });
  await until(async () => (await workspace.call('runs.query', { query: 'state:finished' })).total === 4);
  return { runs, corpusId };
}

const rowOf = (page: Page, name: string) =>
  page
    .getByRole('grid', { name: 'Runs' })
    .locator('tr[aria-rowindex]')
    .filter({ has: page.getByRole('link', { name }) });
const box = (page: Page) => page.getByRole('combobox', { name: 'Filter runs' });
/** Names of the runs on screen, from the top. */
const names = (page: Page): Promise<string[]> =>
  page.getByRole('grid').locator('tr[aria-rowindex] a').allTextContents();

describePage('the table of runs', (site) => {
  let runs: Run[] = [];
  let corpusId = '';
  const nameOf = (i: number): string => runs[i]?.name ?? '';
  beforeAll(async () => {
    ({ runs, corpusId } = await sweep(site()));
  }, 2 * MINUTE);

  it('asks for its first rows once, whether the view is the address’s or the last one', async () => {
    const { page, open } = site();
    const asked: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/runs.query')) asked.push(request.postDataJSON());
    });
    const question = { archived: 'show', query: 'stage:pretrain', groupBy: null, offset: 0 };
    await open('/runs?q=stage:pretrain&archived=show&sort=-created,name&cols=stage,created');
    await eventually(() => names(page)).toHaveLength(4);
    await open('/runs');
    await eventually(() => page.url()).toContain('archived=show');
    await eventually(() => names(page)).toHaveLength(4);
    expect(asked).toHaveLength(2);
    for (const one of asked) {
      expect(one).toMatchObject({
        ...question,
        columns: ['stage', 'created'],
        sort: [
          { field: 'created', descending: true },
          { field: 'name', descending: false },
        ],
      });
    }
    await page.evaluate(() => window.localStorage.clear());
  });

  it('leads out of a view of fields that no run has', async () => {
    const { page, open } = site();
    for (const view of ['group=metrics.nothing', 'sort=-settings.nothing']) {
      await open(`/runs?q=stage:pretrain&${view}`);
      await page
        .getByRole('alert')
        .getByText(/There is no field “(metrics|settings).nothing”/)
        .waitFor();
      await page.getByRole('button', { name: 'Show the runs without groups, newest first' }).click();
      await eventually(() => names(page)).toHaveLength(4);
      expect(page.url()).toContain('q=stage%3Apretrain');
    }
    await page.evaluate(() => window.localStorage.clear());
  });

  it('takes the key of the filter before the filter is there', async () => {
    const { context, url } = site();
    const early = await context.newPage();
    await early.addInitScript(() => {
      const press = (): void => {
        const isThere = document.querySelector('[aria-label="Filter runs"]') !== null;
        if (isThere) return;
        if (document.querySelector('tr[aria-rowindex]')) {
          document.body.dispatchEvent(
            new KeyboardEvent('keydown', { key: '/', code: 'Slash', bubbles: true }),
          );
        }
        requestAnimationFrame(press);
      };
      requestAnimationFrame(press);
    });
    await early.goto(`${url}/#/runs`);
    await eventually(() => box(early).evaluate((field) => field === document.activeElement)).toBe(true);
    await early.close();
  });

  it(
    'filters by what is typed, completed or clicked; a reload and the next visit keep it',
    async () => {
      const { page, open } = site();
      await open('/runs');
      await eventually(() => names(page)).toEqual([3, 2, 1, 0].map(nameOf));
      await box(page).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('lr>1e-3 see');
      await page.getByRole('option', { name: /^seed>/ }).click();
      await eventually(() => box(page).inputValue()).toBe('lr>1e-3 seed>');
      await page.getByText(/seed> has no value/).waitFor();
      await page.keyboard.type('1');
      await eventually(() => names(page)).toEqual([nameOf(3)]);
      await page.waitForURL(/q=lr/);
      await page.reload();
      await eventually(() => names(page)).toEqual([nameOf(3)]);
      await open('/corpora');
      await page.getByRole('link', { name: 'Runs', exact: true }).click();
      await eventually(() => names(page)).toEqual([nameOf(3)]);
      await box(page).fill('stagge:pretrain');
      await page.getByText(/there is no field “stagge”.*Did you mean stage/).waitFor();
      await box(page).fill('');
      await page.keyboard.press('Escape');
      await page.getByText('Ended early').click();
      await page.getByText('No run fits').waitFor();
      await page.getByRole('button', { name: 'Show all runs' }).click();
      await eventually(() => names(page)).toHaveLength(4);
      await page.getByTitle('Show only stage: pretrain').first().click();
      await eventually(() => box(page).inputValue()).toBe('stage:pretrain');
      await box(page).fill('');
    },
    MINUTE,
  );

  it(
    'sorts, chooses columns, gathers groups with means, and saves all of it as a view',
    async () => {
      const { page, open, context, url } = site();
      await open('/runs?archived=hide');
      await page.getByRole('button', { name: 'Columns' }).click();
      const dialog = page.getByRole('dialog', { name: 'Columns' });
      await dialog.getByRole('textbox', { name: 'Search columns' }).fill('learning rate');
      await dialog.getByRole('checkbox', { name: 'Learning rate', exact: true }).first().check();
      await page.keyboard.press('Escape');
      const rates = page.getByRole('columnheader', { name: 'Learning rate' });
      await rates.getByRole('button').click();
      expect(await rates.getAttribute('aria-sort')).toBe('descending');
      await eventually(() => names(page)).toEqual([3, 2, 1, 0].map(nameOf));
      await rates.getByRole('button').click();
      await eventually(() => names(page)).toEqual([1, 0, 3, 2].map(nameOf));
      await page.getByRole('combobox', { name: 'Group by' }).click();
      await page.getByRole('option', { name: /Configuration/ }).click();
      const groups = page.getByRole('row', { name: /learningRate=/ });
      await eventually(() => groups.count()).toBe(2);
      expect(await groups.first().textContent()).toMatch(/2 runs.*±/);
      await groups.first().getByRole('button').click();
      await eventually(() => names(page)).toEqual([1, 0].map(nameOf));

      await page.getByRole('button', { name: 'Views' }).click();
      await page.getByRole('menuitem', { name: /Save this view/ }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('By rate');
      await page.getByRole('button', { name: 'Save' }).click();
      await open('/runs?archived=show');
      await eventually(() => names(page)).toHaveLength(4);
      await page.getByRole('button', { name: 'Views' }).click();
      await page.getByRole('menuitem', { name: 'By rate' }).click();
      await eventually(() => groups.count()).toBe(2);
      await page.waitForURL(/group=configuration/);

      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
      await page.getByRole('button', { name: 'By rate' }).click();
      await page.getByRole('menuitem', { name: 'Copy the link to it' }).click();
      await page.getByText('The link is on the clipboard.').waitFor();
      const other = await context.newPage();
      await other.goto(await page.evaluate(() => navigator.clipboard.readText()));
      await eventually(() => other.getByRole('row', { name: /learningRate=/ }).count()).toBe(2);
      await other.getByRole('columnheader', { name: 'Learning rate' }).waitFor();
      await other.close();
    },
    MINUTE,
  );

  it(
    'is worked by keys alone: marks, archives, takes back, opens',
    async () => {
      const { page, open, workspace } = site();
      await open('/runs?archived=hide');
      await eventually(() => names(page)).toHaveLength(4);
      await page.keyboard.press('j');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('s');
      await eventually(
        async () => (await workspace.call('runs.query', { query: 'is:starred' })).runIds,
      ).toEqual([runs[2]?.id]);
      await page.keyboard.press('x');
      await page.keyboard.press('Shift+ArrowDown');
      await page.getByText('2 runs selected').waitFor();
      await page.keyboard.press('t');
      await page.getByRole('dialog').getByRole('combobox').focus();
      await page.keyboard.type('slow ');
      await page.getByRole('button', { name: 'Save' }).click();
      await eventually(() => page.getByTitle('Show only tag: slow').count()).toBe(2);
      await page.keyboard.press('e');
      await eventually(() => names(page)).toEqual([3, 0].map(nameOf));
      await page.keyboard.press('z');
      await eventually(() => names(page)).toHaveLength(4);
      await rowOf(page, nameOf(1)).focus();
      await page.keyboard.press('n');
      await page.getByRole('textbox', { name: 'Notes' }).fill('Learns slowly.');
      await page.keyboard.press('Control+Enter');
      await eventually(
        async () => (await workspace.call('runs.query', { query: 'notes:slowly' })).total,
      ).toBe(1);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await rowOf(page, nameOf(1)).focus();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: nameOf(0) }).waitFor();
    },
    MINUTE,
  );

  it(
    'shows deltas to a pinned baseline, removes many at once and brings them back',
    async () => {
      const { page, open, workspace } = site();
      await open('/runs?cols=metrics.loss,settings.learningRate');
      await eventually(() => names(page)).toHaveLength(4);
      await rowOf(page, nameOf(0)).focus();
      await page.keyboard.press('b');
      const baseline = page.getByRole('row', { name: 'The baseline', exact: true });
      await baseline.waitFor();
      await rowOf(page, nameOf(3)).getByText('+0.0099').waitFor();
      await rowOf(page, nameOf(3)).getByRole('checkbox').check();
      await rowOf(page, nameOf(2)).getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Remove' }).click();
      await eventually(async () => (await workspace.call('runs.query', {})).total).toBe(2);
      await page.getByText('2 runs removed.').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await eventually(() => names(page)).toHaveLength(4);
      await rowOf(page, nameOf(0)).focus();
      await page.keyboard.press('b');
      await baseline.waitFor({ state: 'detached' });
    },
    MINUTE,
  );

  it(
    'sets runs side by side by their differences only',
    async () => {
      const { page, open } = site();
      await open('/runs?archived=hide');
      await eventually(() => names(page)).toHaveLength(4);
      await rowOf(page, nameOf(0)).focus();
      await page.keyboard.press('x');
      await rowOf(page, nameOf(2)).focus();
      await page.keyboard.press('x');
      await page.keyboard.press('d');
      const table = page.getByRole('table', { name: 'Differences' });
      await table
        .getByRole('row', { name: /Learning rate.*0\.0001.*0\.01|Learning rate.*0\.01.*0\.0001/ })
        .waitFor();
      expect(await table.getByRole('row', { name: /Hidden size/ }).count()).toBe(0);
      await page.getByRole('switch', { name: 'Differences only' }).uncheck();
      await table.getByRole('row', { name: /Hidden size/ }).waitFor();

      await open('/runs?archived=hide');
      for (const i of [0, 2]) await rowOf(page, nameOf(i)).getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Compare 2 checkpoints' }).click();
      await page.waitForURL(/compare\?c=\w+,\w+$/);
      await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
    },
    MINUTE,
  );

  it(
    'puts the queue into another order by keys and buttons while a run works',
    async () => {
      const { page, open, workspace } = site();
      const long = { ...TINY, maxSteps: 100_000, saveSteps: 100_000 };
      const queued: Run[] = [];
      for (const name of ['Long', 'First', 'Second', 'Third']) {
        queued.push(
          await workspace.call('runs.create', { stage: 'pretrain', corpusId, name, settings: long }),
        );
      }
      const order = async (): Promise<string[]> =>
        (await workspace.call('runs.query', { query: 'is:queued', sort: [{ field: 'queue' }] })).rows.map(
          ({ run }) => run.name,
        );
      await open('/runs?q=-state:finished&sort=queue&cols=state,queue,progress');
      await eventually(order).toEqual(['First', 'Second', 'Third']);
      const progress = rowOf(page, 'Long').getByText(/^Step [\d,]+ of/);
      const before = await progress.textContent();
      await eventually(() => progress.textContent()).not.toBe(before);
      await rowOf(page, 'Third').focus();
      await page.keyboard.press('Alt+ArrowUp');
      await eventually(order).toEqual(['First', 'Third', 'Second']);
      await page.getByRole('button', { name: 'Move First down in the queue' }).click();
      await eventually(order).toEqual(['Third', 'First', 'Second']);
      await eventually(() => names(page)).toEqual(['Third', 'First', 'Second', 'Long']);
      await page.getByRole('checkbox', { name: 'Select all runs shown' }).check();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await eventually(
        async () => (await workspace.call('runs.query', { query: 'state:stopped' })).total,
      ).toBe(4);
    },
    2 * MINUTE,
  );

  it(
    'keeps a record on each run’s page, runs it again exactly, and branches off from a checkpoint',
    async () => {
      const { page, open, workspace } = site();
      await open(`/runs/${runs[0]?.id}?tab=record`);
      await page.getByRole('table', { name: 'Record' }).getByText('Days').first().waitFor();
      await page.getByRole('button', { name: 'Clone' }).click();
      await page.getByRole('heading', { level: 1, name: /^Pre-train \d+$/ }).waitFor();
      await open(`/runs/${runs[0]?.id}?tab=record`);
      await page.getByRole('button', { name: 'Run again exactly' }).click();
      await page.getByRole('heading', { level: 1, name: `${nameOf(0)}, again` }).waitFor();
      await eventually(
        async () => (await workspace.call('runs.query', { query: 'again state:finished' })).total,
      ).toBe(1);
      const [again] = (await workspace.call('runs.query', { query: 'again', columns: ['metrics.loss'] }))
        .rows;
      const [first] = (
        await workspace.call('runs.query', { query: `id=${runs[0]?.id}`, columns: ['metrics.loss'] })
      ).rows;
      expect(again?.cells).toEqual(first?.cells);

      await open(`/runs/${runs[0]?.id}?tab=checkpoints`);
      const step4 = page.getByRole('row', { name: /^4 / });
      await step4.getByRole('button', { name: 'Branch off' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: 'Settings to change' }).click();
      await page.getByRole('option', { name: 'Learning rate', exact: true }).click();
      await dialog.getByLabel('Learning rate', { exact: true }).fill('0.05');
      await dialog.getByRole('button', { name: 'Branch off' }).click();
      await page.getByRole('heading', { level: 1, name: `${nameOf(0)}, from step 4` }).waitFor();
      await page.getByText(/branches off from .* at step 4/).waitFor();
      await eventually(
        async () => (await workspace.call('runs.query', { query: 'is:forked state:finished' })).total,
      ).toBe(1);
      const [forked] = (
        await workspace.call('runs.query', { query: 'is:forked', columns: ['settings.learningRate', 'step'] })
      ).rows;
      expect(forked?.cells).toEqual([0.05, 8]);
    },
    2 * MINUTE,
  );

  it(
    'starts a sweep from the form, which a reload keeps',
    async () => {
      const { page, open, workspace } = site();
      const shared = Object.entries({ ...TINY, maxSteps: 2 }).map(([name, value]) => `&${name}=${value}`);
      await open(`/runs/new?stage=pretrain&corpusId=${corpusId}${shared.join('')}`);
      await page.getByRole('switch', { name: 'Sweep' }).check();
      await page.getByRole('combobox', { name: 'Go through a setting' }).click();
      await page.getByRole('option', { name: 'Weight decay', exact: true }).click();
      const panel = page.getByRole('region', { name: 'Sweep' });
      await panel.getByLabel('Weight decay', { exact: true }).fill('0, 0.1, 7');
      await panel.getByLabel('Seeds', { exact: true }).fill('0..1');
      await panel.getByText('2 combinations cannot run', { exact: false }).waitFor();
      await page.reload();
      await panel.getByText('weightDecay=0.1, seed=1').waitFor();
      await panel.getByText('Random draws').click();
      await panel.getByLabel('Weight decay', { exact: true }).fill('0..0.5');
      await panel.getByRole('textbox', { name: 'Draws' }).fill('3');
      await panel.getByRole('button', { name: 'Queue 6 runs' }).click();
      await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
      await eventually(() => page.getByRole('row', { name: /weightDecay=/ }).count()).toBe(3);
      await eventually(
        async () => (await workspace.call('runs.query', { query: 'sweep:weightDecay state:finished' })).total,
      ).toBe(6);
    },
    2 * MINUTE,
  );

  it(
    'takes runs out as files and brings logs of other tools in',
    async () => {
      const { page, open, workspace, scratch } = site();
      await open('/runs?q=sweep:Rates');
      await eventually(() => names(page)).toHaveLength(4);
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: /^Metrics/ }).hover();
      const downloading = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: 'CSV', exact: true }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toBe('metrics.csv');
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\r\n');
      expect(lines[0]).toBe('run_id,run,metric,step,value');
      expect(lines.filter((line) => line.includes(',loss,'))).toHaveLength(4 * 8);

      const log = join(scratch, 'grpo-old.jsonl');
      writeFileSync(
        log,
        '{"step": 1, "loss": 2, "reward": 0.25}\n{"step": 2, "loss": 1, "reward": 0.5}\nnonsense\n',
      );
      await page.getByRole('button', { name: 'Import runs' }).click();
      await page.getByLabel('Choose log files').setInputFiles(log);
      await page.getByText('line 3 is no JSON object').waitFor();
      await page.keyboard.press('Escape');
      await box(page).fill('is:imported reward>0.4');
      await eventually(() => names(page)).toEqual(['grpo-old']);
      const { rows } = await workspace.call('runs.query', { query: 'is:imported' });
      await open(`/runs/${rows[0]?.run.id}`);
      await page.getByRole('figure', { name: 'Loss', exact: true }).waitFor();
      // Filters that are not understood are answered with an error, which browsers write down; nothing else is.
      expect(site().complaints.filter((text) => !text.includes('400'))).toEqual([]);
    },
    MINUTE,
  );
});

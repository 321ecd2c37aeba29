/** Palette, keys, tour, notices, and removals taken back. */
import { beforeAll, expect, it } from 'vitest';
import { faultsOf } from './accessibility.ts';
import { describePage, eventually } from './site.ts';
import { importTexts, runToEnd, SHORT_DOCUMENTS, trainBase } from './small-runs.ts';

const MINUTE = 60_000;

const TINY = {
  hiddenSize: 32,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 2,
  headDim: 16,
  vocabSize: 300,
  maxSteps: 2,
  ...SHORT_DOCUMENTS,
};

describePage('comfort', (site) => {
  let corpusId = '';
  let runId = '';

  beforeAll(async () => {
    const { workspace, scratch } = site();
    corpusId = await importTexts(workspace, scratch);
    const base = await trainBase(workspace, corpusId);
    const run = await runToEnd(workspace, {
      stage: 'sft',
      name: 'Days SFT',
      corpusId,
      base: { kind: 'checkpoint', checkpointId: base },
      settings: { ...SHORT_DOCUMENTS, maxSteps: 5 },
    });
    runId = run.id;
  }, 2 * MINUTE);

  it(
    'opens a palette by Ctrl K that finds a run by a few letters and goes there by keys alone',
    async () => {
      const { page, open } = site();
      await open('/');
      await page.keyboard.press('Control+k');
      const field = page.getByRole('combobox', { name: 'Go to or do' });
      await field.fill('days s');
      await page
        .getByRole('option', { name: /^Days SFT/ })
        .first()
        .waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Days SFT' }).waitFor();
      await field.waitFor({ state: 'detached' });
      // Its id leads there too.
      await page.keyboard.press('Control+k');
      await field.fill(runId);
      expect(await page.getByRole('option').count()).toBe(1);
      await page.keyboard.press('Escape');
      await field.waitFor({ state: 'detached' });
    },
    MINUTE,
  );

  it(
    'follows keys to every page, but not while someone types',
    async () => {
      const { page, open } = site();
      await open('/');
      for (const [key, name] of [
        ['r', 'Runs'],
        ['v', 'Charts'],
        ['c', 'Compare'],
        ['s', 'Settings'],
        ['n', 'New run'],
      ] as const) {
        await page.keyboard.press('g');
        await page.keyboard.press(key);
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
      }
      await page.getByLabel('Name', { exact: true }).click();
      await page.keyboard.type('gr?');
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('gr?');
      await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
    },
    MINUTE,
  );

  it(
    'shows every key by ?',
    async () => {
      const { page, open } = site();
      await open('/');
      await page.keyboard.press('?');
      const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await sheet.getByText('Go to Runs').waitFor();
      await sheet.getByRole('table', { name: 'In the table of runs' }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
    },
    MINUTE,
  );

  it(
    'gives a tour that goes from page to page and is where it was after a reload',
    async () => {
      const { page, open } = site();
      await open('/');
      await page.getByRole('button', { name: 'Take the tour' }).click();
      const tour = page.getByRole('region', { name: 'Tour' });
      await tour.getByRole('heading', { name: 'The sample project' }).waitFor();
      for (const title of ['A corpus', 'A run is set up', 'All runs']) {
        await tour.getByRole('button', { name: 'Next' }).click();
        await tour.getByRole('heading', { name: title }).waitFor();
      }
      await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.reload();
      await tour.getByRole('heading', { name: 'All runs' }).waitFor();
      // A link opened meanwhile leads where it says.
      await open('/settings');
      await tour.getByRole('heading', { name: 'All runs' }).waitFor();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await tour.getByRole('button', { name: 'Back' }).click();
      await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
      await tour.getByRole('button', { name: 'End the tour' }).click();
      await tour.waitFor({ state: 'detached' });
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await tour.count()).toBe(0);
    },
    MINUTE,
  );

  it(
    'takes a removed checkpoint back by a click, and a removed corpus from where removed things wait',
    async () => {
      const { page, open, workspace } = site();
      await open(`/runs/${runId}?tab=checkpoints`);
      await page.getByRole('button', { name: 'Rename Days SFT' }).first().click();
      await page.getByLabel('Name of the checkpoint').fill('Days SFT, kept');
      await page.getByRole('button', { name: 'Keep the new name' }).click();
      await page.getByText('Days SFT, kept').waitFor();
      await page.getByRole('button', { name: 'Rename Days SFT, kept' }).click();
      await page.getByLabel('Name of the checkpoint').fill('Days SFT');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Rename Days SFT', exact: true }).waitFor();
      const kept = await workspace.call('checkpoints.list', {});
      await page.getByRole('table').getByRole('button', { name: 'Remove', exact: true }).first().click();
      await page.getByText('“Days SFT” was removed.').waitFor();
      await eventually(async () => (await workspace.call('checkpoints.list', {})).length).toBe(
        kept.length - 1,
      );
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('“Days SFT” is back.').waitFor();
      await eventually(async () => (await workspace.call('checkpoints.list', {})).length).toBe(kept.length);

      const other = await workspace.call('corpora.import', {
        name: 'Spare days',
        source: { kind: 'paths', paths: [`${site().scratch}/texts`] },
        splitOn: 'blank-line',
      });
      await eventually(
        async () => (await workspace.call('corpora.get', { corpusId: other.id })).corpus.state,
      ).toBe('ready');
      await open(`/corpora/${other.id}`);
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'Corpora' }).waitFor();
      await open('/settings');
      await page.getByRole('button', { name: 'Restore Spare days' }).click();
      await page.getByText('Nothing. What you remove waits here').waitFor();
      expect((await workspace.call('corpora.list', {})).map(({ name }) => name)).toContain('Spare days');
    },
    MINUTE,
  );

  it(
    'keeps thresholds of the diagnosis, days and places that are set on the settings page',
    async () => {
      const { page, open, workspace } = site();
      await open('/settings');
      const field = page.getByLabel('Rollouts cut off', { exact: true });
      await field.fill('2');
      await page.getByText('Use from 0 to 1.').waitFor();
      expect(await page.getByRole('button', { name: 'Save thresholds' }).isDisabled()).toBe(true);
      await field.fill('0.5');
      await page.getByRole('button', { name: 'Save thresholds' }).click();
      await eventually(async () => (await workspace.call('stalls.thresholds', {})).truncatedShare).toBe(0.5);
      await page.getByRole('textbox', { name: 'Days until files are deleted' }).fill('7');
      await page.getByRole('button', { name: 'Save: Days until files are deleted' }).click();
      await eventually(async () => (await workspace.call('trash.keepDays', {})).keepDays).toBe(7);
      await page.getByRole('textbox', { name: 'Runs that may wait' }).fill('250');
      await page.getByRole('button', { name: 'Save: Runs that may wait' }).click();
      await eventually(async () => (await workspace.call('app.info', {})).queueLimit).toBe(250);
      await page.reload();
      await eventually(() => field.inputValue()).toBe('0.5');
      expect(await page.getByRole('textbox', { name: 'Runs that may wait' }).inputValue()).toBe('250');
      await page.getByRole('button', { name: 'Back to the defaults' }).click();
      await eventually(() => field.inputValue()).toBe('0.3');
    },
    MINUTE,
  );

  it(
    'says what ended while no page was open, and asks the system before it uses its notices',
    async () => {
      const { page, open, context, workspace, url, complaints } = site();
      await context.grantPermissions(['notifications'], { origin: url });
      await open('/settings');
      // The page learns of it a moment later.
      await eventually(() => page.evaluate(() => Notification.permission)).toBe('granted');
      const wanted = page.getByRole('switch', { name: /Notice of the system/ });
      await wanted.press('Space');
      await eventually(() => wanted.isChecked()).toBe(true);
      await page.reload();
      await eventually(() => page.getByRole('switch', { name: /Notice of the system/ }).isChecked()).toBe(
        true,
      );

      await page.goto('about:blank');
      const [run] = await workspace.call('runs.list', {});
      expect(run).toBeDefined();
      const later = await runToEnd(workspace, {
        stage: 'pretrain',
        name: 'Meanwhile',
        corpusId,
        settings: TINY,
      });
      expect(later.state).toBe('finished');
      await page.goto(`${url}/#/settings`);
      await page.getByText('“Meanwhile” finished while you were away').click();
      await page.getByRole('heading', { level: 1, name: 'Meanwhile' }).waitFor();
      expect(complaints).toEqual([]);
    },
    MINUTE,
  );

  it(
    'tells the system when a run ends while another window is in front, and leads to the run',
    async () => {
      const { context, workspace, url } = site();
      const behind = await context.newPage();
      // A headless browser shows no notices: what would be shown is written down.
      await behind.addInitScript(() => {
        const shown: unknown[] = [];
        class WrittenDown {
          static permission = 'granted';
          static requestPermission = async () => 'granted';
          onclick: (() => void) | null = null;
          constructor(title: string, { body }: { body: string }) {
            shown.push({ title, body, click: () => this.onclick?.() });
          }
        }
        Object.assign(window, { Notification: WrittenDown, shown });
        document.hasFocus = () => false;
      });
      await behind.goto(`${url}/#/settings`);
      const wanted = behind.getByRole('switch', { name: /Notice of the system/ });
      await wanted.waitFor();
      if (!(await wanted.isChecked())) await wanted.press('Space');
      await eventually(() => wanted.isChecked()).toBe(true);
      await runToEnd(workspace, { stage: 'pretrain', name: 'Far away', corpusId, settings: TINY });
      const shown = () =>
        behind.evaluate(() =>
          (window as unknown as { shown: { title: string; body: string }[] }).shown.map(({ title }) => title),
        );
      await eventually(shown).toEqual([expect.stringContaining('Far away')]);
      await behind.evaluate(() => (window as unknown as { shown: { click(): void }[] }).shown[0]?.click());
      await behind.getByRole('heading', { level: 1, name: 'Far away' }).waitFor();
      await behind.close();
    },
    MINUTE,
  );
});

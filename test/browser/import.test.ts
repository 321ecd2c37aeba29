import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describePage, dropOnWindow } from './site.ts';
import { PARAGRAPHS, writeTexts } from './texts.ts';

const DOCUMENTS = PARAGRAPHS.story + PARAGRAPHS.notes + PARAGRAPHS.records;

describePage('importing a corpus on the page', (site) => {
  it('reads a dropped folder to the bottom and says what it left out', async () => {
    const { page, workspace, scratch } = site();
    await dropOnWindow(site(), [writeTexts(scratch)]);

    const dialog = page.getByRole('dialog', { name: 'Import a corpus' });
    await dialog.getByText(/^4 files/).waitFor();
    expect(await dialog.getByLabel('Name').inputValue()).toBe('texts');
    await dialog.getByLabel('Name').fill('Days');
    await dialog.getByRole('combobox', { name: /Documents in/ }).click();
    await page.getByRole('option', { name: /paragraph/ }).click();
    await dialog.getByRole('button', { name: 'Import' }).click();

    await page.getByRole('heading', { level: 1, name: 'Days' }).waitFor();
    await page.getByText('Ready', { exact: true }).waitFor();
    const [corpus] = await workspace.call('corpora.list', {});
    expect(corpus).toMatchObject({ name: 'Days', state: 'ready', duplicates: 1, files: 4 });
    expect((corpus?.trainDocuments ?? 0) + (corpus?.validationDocuments ?? 0)).toBe(DOCUMENTS);

    await page.getByRole('tab', { name: 'Files (2 with errors)' }).click();
    const files = page.getByRole('table', { name: 'Files of the corpus' });
    expect(await files.getByRole('row', { name: /picture\.png/ }).textContent()).toContain(
      '.png files are not read',
    );
    expect(await files.getByRole('row', { name: /records\.jsonl/ }).textContent()).toContain(
      `Line ${PARAGRAPHS.records + 2}:`,
    );
  }, 60_000);

  it('shows the documents and how long they are, and a reload keeps the place', async () => {
    const { page } = site();
    await page.getByRole('tab', { name: 'Documents' }).click();
    await page.getByText('the apple').first().waitFor();
    await page
      .getByRole('radiogroup', { name: 'Split' })
      .getByText(/Held out/)
      .click();
    await page.waitForURL(/split=validation/);

    await page.getByRole('tab', { name: 'Token statistics' }).click();
    await page.getByRole('figure', { name: 'Document length' }).waitFor();
    expect(await page.getByText('words per document').count()).toBeGreaterThan(0);
    await page.reload();
    await page.getByRole('figure', { name: 'Document length' }).waitFor();
  }, 60_000);

  it('queues the whole walk by one click, from the text to a comparison', async () => {
    const { page, workspace } = site();
    await page.getByRole('button', { name: 'Train and compare' }).click();
    const walk = page.getByRole('list', { name: 'Runs of the walk' });
    await walk.getByText('Evaluate RLM').waitFor();
    expect(await walk.getByRole('listitem').count()).toBe(8);
    await walk.getByText('Running').first().waitFor();
    await page.reload();
    await walk.getByText('Evaluate RLM').waitFor();
    for (const { id } of await workspace.call('runs.list', {}))
      await workspace.call('runs.stop', { runId: id });
    await walk.getByText('Stopped').last().waitFor();
  }, 60_000);

  it('names what is wrong with a folder that holds no text', async () => {
    const { page, scratch } = site();
    const folder = join(scratch, 'pictures');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]));
    await dropOnWindow(site(), [folder]);

    const dialog = page.getByRole('dialog', { name: 'Import a corpus' });
    await dialog.getByText('None of these files has a format that can be read.').waitFor();
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.getByRole('heading', { level: 1, name: 'pictures' }).waitFor();
    await page.getByText('Failed', { exact: true }).waitFor();
  }, 60_000);

  it('removes a corpus, and takes that back', async () => {
    const { page, workspace } = site();
    const names = async () => (await workspace.call('corpora.list', {})).map(({ name }) => name).sort();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Corpora' }).waitFor();
    await page.getByRole('link', { name: 'Days' }).waitFor();
    expect(await names()).toEqual(['Days']);
    await page
      .getByRole('button', { name: /Undo|Take back/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'pictures' }).waitFor();
    expect(await names()).toEqual(['Days', 'pictures']);
    expect(site().complaints).toEqual([]);
  }, 60_000);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describePage, eventually } from './site.ts';

const MINUTE = 60_000;

describePage('studies, by clicks', (site) => {
  it(
    'runs a shipped study in its quick form to its verdicts, and exports it',
    async () => {
      const { page, workspace, open, complaints } = site();
      await open('/');
      await page.getByRole('link', { name: 'Studies', exact: true }).click();
      const list = page.getByRole('table', { name: 'Studies' });
      await eventually(() => list.getByText('Not started').count()).toBe(5);
      await list.getByRole('link', { name: 'RMT against its baselines and ablations' }).click();

      const main = page.locator('main');
      await main.getByRole('tab', { name: 'Graph of runs' }).click();
      await main.getByText('w/o CAS', { exact: true }).waitFor();
      await main.getByRole('switch', { name: 'Quick form' }).check();
      await main.getByRole('button', { name: 'Start' }).click();
      await main.getByText('Quick', { exact: true }).waitFor();
      await eventually(() => main.getByText('Finished', { exact: true }).count()).toBe(1);

      await main.getByRole('tab', { name: 'Graph of runs' }).click();
      await eventually(() => main.getByRole('link', { name: /^RMT, seed 0: Finished/ }).count()).toBe(1);
      expect(await main.getByRole('link', { name: /, seed 0: Finished/ }).count()).toBe(5);

      await main.getByRole('tab', { name: 'Verdicts and tables' }).click();
      const claims = main.getByRole('table', { name: 'Claims' });
      // One seed never decides.
      await eventually(() => claims.getByText('undecided', { exact: true }).count()).toBe(8);
      const table = main.getByRole('table', { name: 'Next-token accuracy by tier' });
      await table.getByText('paper 59.12').waitFor();
      await eventually(() => main.locator('[data-point]').count()).toBe(6);

      for (const [item, words] of [
        ['Export as HTML', '<svg'],
        ['Export as Markdown', '(paper 59.12)'],
      ] as const) {
        await main.getByRole('button', { name: 'More about this study' }).click();
        const download = page.waitForEvent('download');
        await page.getByRole('menuitem', { name: item }).click();
        const path = await (await download).path();
        expect(readFileSync(path, 'utf8')).toContain(words);
      }
      const studies = await workspace.call('studies.list', {});
      expect(studies.find(({ name }) => name === 'rmt-table')).toMatchObject({
        state: 'finished',
        quick: true,
      });
      expect(complaints).toEqual([]);
    },
    5 * MINUTE,
  );

  it(
    'stops and goes on with a study; says what is wrong with a file',
    async () => {
      const { page, workspace, open } = site();
      const { id } = await workspace.call('studies.start', {
        source: { kind: 'shipped', name: 'rmt-table' },
      });
      await open(`/studies/${id}?tab=graph`);
      const main = page.locator('main');
      await main.getByRole('button', { name: 'Stop', exact: true }).click();
      await main.getByRole('button', { name: 'Go on' }).waitFor();
      await main.getByText('This study is stopped.').waitFor();
      await main.getByRole('button', { name: 'Go on' }).click();
      await main.getByRole('button', { name: 'Stop', exact: true }).click();
      await main.getByRole('button', { name: 'Go on' }).waitFor();

      await open('/studies');
      await page.locator('input[type=file][accept*=yaml]').setInputFiles({
        name: 'mine.yaml',
        mimeType: 'text/yaml',
        buffer: Buffer.from('name: mine\nseeds: 3\n'),
      });
      await page.getByText('mine.yaml, line 2: seeds: must be array, not number.').waitFor();
    },
    3 * MINUTE,
  );
});

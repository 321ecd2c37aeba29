import { expect, it } from 'vitest';
import { describePage, eventually } from './site.ts';

const MINUTE = 60_000;

describePage('the sample project, by clicks alone', (site) => {
  it(
    'goes from first start to a finished comparison',
    async () => {
      const { page, workspace, complaints } = site();
      const main = page.locator('main');
      await main.getByRole('button', { name: 'Install the sample project' }).click();
      await main.getByRole('button', { name: 'Start the walk' }).click();
      await main.getByText('Running', { exact: true }).waitFor();
      await main
        .getByText(/^Step [\d,]+ of [\d,]+$/)
        .first()
        .waitFor();

      const compare = main.getByRole('link', { name: 'Compare', exact: true });
      await compare.waitFor({ timeout: 8 * MINUTE });
      const runs = await workspace.call('runs.list', {});
      expect(new Set(runs.map(({ state }) => state))).toEqual(new Set(['finished']));
      await compare.click();

      await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
      for (const decoding of ['Temperature 1', 'Greedy']) {
        const chart = page.getByRole('figure', { name: decoding });
        await eventually(() => chart.locator('[data-point]').count()).toBeGreaterThanOrEqual(4);
      }
      await page.getByRole('tab', { name: 'Tiers' }).click();
      const table = page.getByRole('table', { name: /^Next token, with thinking/ });
      for (const name of ['Base', 'SFT', 'RMT', 'RLM']) {
        await table
          .getByRole('rowheader', { name: new RegExp(name) })
          .first()
          .waitFor();
      }
      expect(await table.getByText('Not evaluated like this.').count()).toBe(0);
      expect(await page.getByText('Not everything here can be compared.').count()).toBe(0);
      await page.getByRole('tab', { name: 'Answers' }).click();
      await page.getByRole('article', { name: 'One prompt' }).first().waitFor();
      expect(complaints).toEqual([]);
    },
    10 * MINUTE,
  );
});

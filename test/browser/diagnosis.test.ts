/** Charts of the methods, and a real run that was made to stall: its page says why and leads to the rollouts. */
import { beforeAll, expect, it } from 'vitest';
import { describePage, eventually } from './site.ts';
import { importTexts, runToEnd, SHORT_DOCUMENTS, SMALL_ROLLOUTS, trainBase } from './small-runs.ts';

const MINUTE = 60_000;

describePage('a run’s charts and diagnosis', (site) => {
  let budgeted = '';
  let stalled = '';

  beforeAll(async () => {
    const { workspace, scratch } = site();
    const corpusId = await importTexts(workspace, scratch);
    const base = { kind: 'checkpoint', checkpointId: await trainBase(workspace, corpusId) } as const;
    const common = { ...SHORT_DOCUMENTS, ...SMALL_ROLLOUTS, maxSteps: 12 };
    const make = async (name: string, settings: object): Promise<string> => {
      const all = { ...common, ...settings };
      const run = await runToEnd(workspace, { stage: 'rmt', name, corpusId, base, settings: all });
      expect(run.reason).toBeNull();
      return run.id;
    };
    budgeted = await make('RMT', { budgetInitial: 8 });
    stalled = await make('RMT, capped', { maxThinkingTokens: 1 });
  }, 3 * MINUTE);

  it(
    'set lengths against the budget with the length reward behind',
    async () => {
      const { page, open } = site();
      await open(`/runs/${budgeted}`);
      const chart = page.getByRole('figure', { name: 'Thinking length and budget', exact: true });
      await chart.scrollIntoViewIfNeeded();
      // Five bands of the reward behind, two lines before them.
      await eventually(() => chart.locator('.curves > path[fill]').count()).toBe(5);
      await chart.getByText('length reward, darkest at B_t').waitFor();
      const surface = chart.locator('.recharts-surface').first();
      for (const x of [200, 220]) await surface.hover({ position: { x, y: 60 } });
      await chart.getByText(/length reward [\d.]+$/).waitFor();
    },
    MINUTE,
  );

  it(
    'set the accuracy of each tier below the curriculum’s mix, at the same steps',
    async () => {
      const { page } = site();
      const card = page.locator('section', {
        has: page.getByRole('figure', { name: 'Curriculum mix', exact: true }),
      });
      const accuracy = card.getByRole('figure', { name: 'Accuracy by tier', exact: true });
      await accuracy.scrollIntoViewIfNeeded();
      await accuracy.locator('.curves path').first().waitFor({ state: 'attached' });
      for (const title of [
        'Reward parts',
        'Entropy',
        'Clipped tokens',
        'Lost groups and rollouts',
        'Memory',
      ]) {
        expect(await page.getByRole('figure', { name: title, exact: true }).count(), title).toBe(1);
      }
    },
    MINUTE,
  );

  it(
    'say why a stalled run learns nothing, and lead to the rollouts that show it',
    async () => {
      const { page, open, complaints } = site();
      await open(`/runs/${stalled}`);
      await page.getByText('This run seems to learn nothing.').waitFor();
      await page.getByRole('link', { name: /The numbers behind it/ }).click();
      await page.getByRole('heading', { name: 'Rollouts cut off' }).waitFor();
      const numbers = page.getByRole('table', { name: 'Numbers behind: Rollouts cut off' });
      await numbers.getByRole('row', { name: /Truncated 1 0\.3 \(threshold\)/ }).waitFor();
      await page.getByText('Thinking cap', { exact: true }).first().waitFor();
      await page.getByRole('heading', { name: 'Groups without spread' }).waitFor();

      await page
        .getByRole('link', { name: /^step 12, prompt \d$/ })
        .first()
        .click();
      await page.getByRole('article', { name: 'Rollout 1' }).waitFor();
      await page.waitForURL(/tab=samples&at=12&prompt=\d/);
      await page.getByRole('article', { name: 'Rollout 1' }).getByText('Truncated').waitFor();
      expect(complaints).toEqual([]);
    },
    MINUTE,
  );
});

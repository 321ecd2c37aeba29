/** Comparing checkpoints on the page, over short real runs: every part is reached, exported and kept through a reload. */
import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import type { Workspace } from '../../electron/workspace.ts';
import { familiesOf } from '../../renderer/lib/comparison.ts';
import { faultsOf } from './accessibility.ts';
import { describePage, eventually, type Site } from './site.ts';
import { importTexts, runToEnd, SHORT_DOCUMENTS, SMALL_ROLLOUTS, trainBase } from './small-runs.ts';

const MINUTE = 60_000;
const TABS = [
  'Frontier',
  'Tiers',
  'Length bins',
  'Budgets',
  'Paired tests',
  'Answers',
  'Restorations',
  'Compute',
  'Settings',
] as const;

/** A base, an RMT and an RLM run with a checkpoint halfway, and an evaluation of the base alone. */
async function fill(site: Site) {
  const { workspace, scratch } = site;
  const corpusId = await importTexts(workspace, scratch);
  const base = await trainBase(workspace, corpusId);
  const from = { kind: 'checkpoint', checkpointId: base } as const;
  const settings = { ...SHORT_DOCUMENTS, ...SMALL_ROLLOUTS, saveSteps: 3 };
  const rmt = await runToEnd(workspace, { stage: 'rmt', corpusId, base: from, settings, name: 'Short RMT' });
  const rlm = await runToEnd(workspace, { stage: 'rlm', corpusId, base: from, settings, name: 'Short RLM' });
  await runToEnd(workspace, {
    stage: 'evaluate',
    corpusId,
    base: from,
    settings: {
      itemsPerTier: 8,
      restorationItems: 8,
      maxThinkingTokens: 12,
      maxDocumentTokens: 64,
      temperatures: [1],
      forcedBudgets: [2, 6],
    },
  });
  const checkpoints = await workspace.call('checkpoints.list', {});
  const ofRun = (runId: string): Checkpoint[] =>
    checkpoints.filter((one) => one.runId === runId).sort((a, b) => a.step - b.step);
  return {
    corpusId,
    base,
    rmt,
    rlm,
    halfway: ofRun(rmt.id)[0]!,
    ids: [base, ofRun(rmt.id).at(-1)!.id, ofRun(rlm.id).at(-1)!.id],
  };
}

async function idle({ page, workspace }: Site): Promise<void> {
  await eventually(async () => {
    const runs = await workspace.call('runs.list', {});
    return runs.every(({ state }) => state === 'finished');
  }).toBe(true);
  await eventually(() =>
    page
      .locator('main')
      .getByText(/^Loading .* …$/)
      .count(),
  ).toBe(0);
}

/** How many of each item's recorded answers are right. */
async function rightByItem(
  workspace: Workspace,
  checkpointId: string,
  protocolHash: string,
): Promise<number[]> {
  const { base64 } = await workspace.call('compare.export', {
    checkpointIds: [checkpointId],
    what: 'answers',
    format: 'jsonl',
    protocolHashes: [protocolHash],
  });
  const lines = Buffer.from(base64, 'base64').toString('utf8').trim().split('\n');
  const right = new Map<string, number>();
  for (const line of lines) {
    const { item_key: key, score } = JSON.parse(line) as { item_key: string; score: number };
    right.set(key, (right.get(key) ?? 0) + (score === 1 ? 1 : 0));
  }
  return [...right.values()];
}

async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  const path = await (download as Download).path();
  return { name: download.suggestedFilename(), text: readFileSync(path, 'latin1') };
}

describePage('comparing checkpoints', (site) => {
  let made: Awaited<ReturnType<typeof fill>>;
  const open = (rest = ''): Promise<void> => site().open(`/compare?c=${made.ids.join(',')}${rest}`);

  beforeAll(async () => {
    made = await fill(site());
  }, 3 * MINUTE);

  it(
    'asks the others what one was asked, by one click',
    async () => {
      const { page } = site();
      await open();
      await page.getByText(/Not evaluated like the others: Short R/).waitFor();
      await page.getByRole('button', { name: /Queue \d missing evaluations/ }).click();
      await page.getByText(/evaluations queued\./).waitFor();
      await idle(site());
      await page.getByText('Not evaluated like the others').waitFor({ state: 'detached' });
      // Budgets say on their own what they lack.
      await page.getByRole('tab', { name: 'Budgets' }).click();
      await page.getByRole('button', { name: /Queue \d missing evaluations?/ }).click();
      await page
        .getByText(/evaluations? queued\./)
        .last()
        .waitFor();
      await idle(site());
      await eventually(() => page.getByRole('button', { name: /missing evaluation/ }).count()).toBe(0);
    },
    3 * MINUTE,
  );

  it(
    'draws the frontier with its Pareto set, and training paths whose checkpoints can be added',
    async () => {
      const { page } = site();
      await open();
      const chart = page.getByRole('figure', { name: 'Temperature 1' });
      await eventually(() => chart.locator('[data-point]').count()).toBe(3);
      const table = page.getByRole('table', { name: /^Pareto set/ });
      await eventually(() => table.getByRole('row').count()).toBe(4);
      expect(await table.getByText('in it').count()).toBeGreaterThan(0);

      // The checkpoint halfway was not evaluated: it has no place on the path yet.
      await site().workspace.call('compare.runMissing', {
        checkpointIds: [made.halfway.id],
        protocolHashes: (
          await site().workspace.call('compare.checkpoints', { checkpointIds: [made.base] })
        ).groups.map(({ protocolHash }) => protocolHash),
      });
      const added = chart.getByRole('link', { name: new RegExp(made.halfway.name) });
      await added.waitFor();
      await idle(site());
      await added.focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(new RegExp(made.halfway.id));
      await eventually(() => table.getByRole('row').count()).toBe(5);
      await page.getByRole('switch', { name: 'Training path' }).click();
      await page.waitForURL(/path=hidden/);
    },
    2 * MINUTE,
  );

  it(
    'tests pairs, corrects them, and refuses what was asked otherwise',
    async () => {
      const { page, workspace } = site();
      await open('&tab=tests');
      const table = page.getByRole('table', { name: 'Paired tests' });
      await eventually(() => table.getByRole('row').count()).toBe(3);
      await page.getByText('Every pair', { exact: true }).click();
      await eventually(() => table.getByRole('row').count()).toBe(4);
      // By the keyboard alone: the list opens at what is chosen, and one further down is the next.
      await page.getByRole('combobox', { name: 'What is tested' }).focus();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('option', { name: 'Accuracy' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(/outcome=thinkingLength/);
      await table.getByText('bootstrap over documents').first().waitFor();

      await runToEnd(workspace, {
        stage: 'evaluate',
        corpusId: made.corpusId,
        base: { kind: 'checkpoint', checkpointId: made.halfway.id },
        settings: {
          itemsPerTier: 8,
          restoration: false,
          maxThinkingTokens: 20,
          maxDocumentTokens: 64,
          temperatures: [0.5],
        },
      });
      const [rmt] = made.ids.slice(1);
      const alone = await workspace.call('compare.checkpoints', { checkpointIds: [rmt!, made.halfway.id] });
      expect(alone.groups.some(({ protocol }) => protocol.temperature === 0.5)).toBe(true);
      await site().open(
        `/compare?c=${rmt},${made.halfway.id}&tab=tests&measure=${encodeURIComponent('none')}`,
      );
      await eventually(() => page.getByRole('table', { name: 'Paired tests' }).getByRole('row').count()).toBe(
        2,
      );
      const other = alone.groups.find(({ protocol }) => protocol.temperature === 0.5)!;
      await site().open(`/compare?c=${rmt},${made.halfway.id}&tab=tests`);
      await page.getByRole('combobox', { name: 'What is measured' }).click();
      const options = page.getByRole('option', { name: 'Next token, with thinking, free length' });
      await eventually(() => options.count()).toBe(2);
      await options.last().click();
      const refusals = page.getByRole('list', { name: 'Left out' });
      await refusals.getByText(/differs in .*thinking cap/).waitFor();
      expect(other.missing).toEqual([rmt]);
    },
    2 * MINUTE,
  );

  it(
    'finds flips by outcome and length, searches, and shows thinking as text with its length',
    async () => {
      const { page } = site();
      await open('&tab=answers');
      const flips = page.getByRole('table', { name: 'Answer flips and length' });
      const cell = flips.getByRole('button').and(page.locator(':not([disabled])')).first();
      const count = Number(/: (\d+) /.exec((await cell.textContent()) ?? '')?.[1]);
      await cell.click();
      await page.waitForURL(/flip=/);
      await page.getByText(new RegExp(`^${count} prompts?, from`)).waitFor();
      await page.getByRole('button', { name: 'Show all changes' }).click();
      await page.getByText(/^\d+ prompts$/).waitFor();
      await page.getByRole('article', { name: 'One prompt' }).first().waitFor();
      // Cards are found where the list is after what stands above it has grown.
      await flips.evaluate((table) => {
        table.style.marginBottom = '2500px';
        window.scrollTo(0, 2500);
      });
      await page.locator('[data-index="0"]').getByRole('article').waitFor();
      await flips.evaluate((table) => table.style.removeProperty('margin-bottom'));
      const thinking = page.getByText(/^Thinking, \d+ tokens?$/).first();
      await thinking.click();
      await page.getByLabel('Search prompts and answers').fill('no such words anywhere');
      await page.getByText('No prompt is of this kind').waitFor();
      await page.waitForURL(/text=no/);
    },
    MINUTE,
  );

  it(
    'shows masked documents with candidates and reward parts, by mask and in order',
    async () => {
      const { page } = site();
      await open('&tab=restorations');
      const card = page.getByRole('article', { name: 'One masked document' }).first();
      await card.waitFor();
      for (const name of ['Short RMT', 'Short RLM']) await card.getByText(name).waitFor();
      await card.getByText('chrf').first().waitFor();
      await page
        .getByRole('figure', { name: 'Mean edit by masked share' })
        .locator('[data-point]')
        .first()
        .waitFor();
      await page.getByRole('combobox', { name: 'Order' }).click();
      await page.getByRole('option', { name: 'Worst first' }).click();
      await page.waitForURL(/sort=worst/);
      const word = (await card.locator('mark').textContent())?.replace('masked: ', '').trim() ?? '';
      await page.getByLabel('Search documents').fill(word);
      await page.waitForURL(/text=/);
      await eventually(() => card.textContent()).toContain(word);
      await page.getByLabel('Search documents').fill('no such words anywhere');
      await page.getByText('No document holds these words.').waitFor();
    },
    MINUTE,
  );

  it(
    'shows the same of a training step’s rollouts',
    async () => {
      const { page, open: openPage } = site();
      await openPage(`/runs/${made.rlm.id}?tab=samples`);
      await page.getByText('Masked documents', { exact: true }).click();
      await page.waitForURL(/view=documents/);
      const card = page.getByRole('article', { name: 'One masked document' }).first();
      await eventually(() => card.getByText(/^Rollout \d$/).count()).toBe(4);
      await page.getByRole('combobox', { name: 'Step' }).click();
      await page.getByRole('option', { name: 'Step 2', exact: true }).click();
      await page.getByText('What stood in the documents of step 2').waitFor();
      await page.getByLabel('Search documents').fill('no such words anywhere');
      await page.getByText('No document holds these words.').waitFor();
      await page.getByLabel('Search documents').fill('');
      await card.waitFor();
      await page.getByText('Rollouts', { exact: true }).click();
      await page.getByLabel('Search rollouts').fill('no such words anywhere');
      await page.getByText('No prompt of this step fits.').waitFor();
      await page.getByLabel('Search rollouts').fill('');
      await page.getByRole('article', { name: 'Rollout 1' }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
    },
    MINUTE,
  );

  it(
    'draws reward against compute with a line, whose checkpoints can be added',
    async () => {
      const { page } = site();
      await open('&tab=compute');
      await page
        .getByRole('table', { name: 'Lines' })
        .getByRole('row', { name: /Short RMT/ })
        .waitFor();
      const chart = page.getByRole('figure', { name: 'Reward against log compute' });
      await chart.getByRole('link', { name: /Short RMT, checkpoint at step 3/ }).press('Enter');
      await page.waitForURL(new RegExp(made.halfway.id));
    },
    MINUTE,
  );

  it(
    'saves figures as PNG, SVG and CSV',
    async () => {
      const { page } = site();
      await open();
      const title = 'Show or save the chart Temperature 1';
      await page.locator('[data-point]').first().waitFor();
      const menu = page.getByRole('button', { name: title });
      const save = (format: string) => async (): Promise<void> => {
        await menu.click();
        await page.getByRole('menuitem', { name: `Save as ${format}` }).click();
      };
      const svg = await saved(page, save('SVG'));
      expect(svg.name).toMatch(/\.svg$/);
      expect(svg.text).toMatch(/^<svg[\s\S]*Short RMT[\s\S]*<\/svg>$/);
      const png = await saved(page, save('PNG'));
      expect(png.text.slice(1, 4)).toBe('PNG');
      const csv = await saved(page, save('CSV'));
      expect(csv.text.split('\r\n')[0]).toBe(
        'point,mean thinking length (tokens),x_low,x_high,accuracy,y_low,y_high',
      );
    },
    MINUTE,
  );

  it(
    'saves tables, answers and a report',
    async () => {
      const { page } = site();
      await open();
      const save = (item: string) => async (): Promise<void> => {
        await page.getByRole('button', { name: 'Export' }).click();
        await page.getByRole('menuitem', { name: item, exact: true }).click();
      };
      const tests = await saved(page, save('Paired tests as LaTeX'));
      expect(tests).toMatchObject({
        name: 'comparison-tests.tex',
        text: expect.stringContaining('\\toprule'),
      });
      const answers = await saved(page, save('Every answer as Parquet'));
      expect(answers.name).toBe('comparison-answers.parquet');
      expect([answers.text.slice(0, 4), answers.text.slice(-4)]).toEqual(['PAR1', 'PAR1']);
      const report = await saved(page, save('All in one report as HTML'));
      expect(report.text).toMatch(/^<!doctype html>[\s\S]*Short RMT[\s\S]*Paired tests[\s\S]*<\/html>/);
    },
    MINUTE,
  );

  it(
    'keeps every part through a reload, free of accessibility faults in both themes',
    async () => {
      const { page } = site();
      await open();
      for (const tab of TABS) {
        await page.getByRole('tab', { name: tab }).click();
        await idle(site());
        const address = page.url();
        await page.reload();
        await page.getByRole('tab', { name: tab, selected: true }).waitFor();
        await idle(site());
        expect(page.url()).toBe(address);
        for (const theme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
          expect(await faultsOf(page), `${tab}, ${theme}`).toEqual([]);
        }
      }
    },
    3 * MINUTE,
  );

  it(
    'shows pass@k as the recorded samples give it',
    async () => {
      const { page, workspace } = site();
      const SAMPLES = 4;
      const checkpointId = made.base;
      await runToEnd(workspace, {
        stage: 'evaluate',
        corpusId: made.corpusId,
        base: { kind: 'checkpoint', checkpointId },
        settings: {
          itemsPerTier: 12,
          restoration: false,
          maxThinkingTokens: 12,
          maxDocumentTokens: 64,
          temperatures: [0.8],
          samplesPerItem: SAMPLES,
        },
      });
      const { groups } = await workspace.call('compare.checkpoints', { checkpointIds: [checkpointId] });
      const own = groups.find(({ protocol }) => protocol.samplesPerItem === SAMPLES)!;
      const right = await rightByItem(workspace, checkpointId, own.protocolHash);
      expect(right.length).toBeGreaterThan(12);
      // With what is right of 4, the share of pairs, and of single samples, without a right one.
      const missed: Readonly<Record<number, readonly number[]>> = {
        1: [1, 3 / 4, 2 / 4, 1 / 4, 0],
        2: [1, 3 / 6, 1 / 6, 0, 0],
        4: [1, 0, 0, 0, 0],
      };
      const family = familiesOf(groups).find(({ groups: members }) => members.includes(own))!;
      const measure = encodeURIComponent(family.key);
      await site().open(
        `/compare?c=${checkpointId}&tab=tiers&measure=${measure}&decoding=${own.protocolHash}`,
      );
      const chart = page.getByRole('figure', { name: 'pass@k, up to 4 samples' });
      await eventually(() => chart.locator('[data-point]').count()).toBe(3);
      const summary = (await chart.locator('figcaption').textContent()) ?? '';
      for (const [k, misses] of Object.entries(missed)) {
        const mean = right.reduce((sum, count) => sum + 1 - misses[count]!, 0) / right.length;
        expect(summary).toContain(`k = ${k}: ${(100 * mean).toFixed(1)}%`);
      }
    },
    MINUTE,
  );

  it('gave the browser nothing to complain about', () => {
    expect(site().complaints).toEqual([]);
  });
});

/** Charts of several real runs: overlaid, zoomed, drawn over seeds, on full screen and as files. */
import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { formatNumber } from '../../renderer/lib/format.ts';
import { describePage, eventually } from './site.ts';
import { importTexts, runToEnd, SHORT_DOCUMENTS, SMALL_ROLLOUTS, trainBase } from './small-runs.ts';

const MINUTE = 60_000;
const STEPS = 12;

async function save(page: Page, chart: Locator, item: string): Promise<Download> {
  await chart.getByRole('button', { name: /^Show or save the chart/ }).click();
  const download = page.waitForEvent('download');
  await chart.getByRole('menuitem', { name: item }).click();
  return download;
}

/** Points of each drawn line. */
function pointsOf(chart: Locator): Promise<number[]> {
  return chart
    .locator('.curves > path[stroke]')
    .evaluateAll((paths) => paths.map((path) => (path.getAttribute('d') ?? '').split(/[ML]/).length - 1));
}

describePage('charts of several runs', (site) => {
  const runs: string[] = [];

  beforeAll(async () => {
    const { workspace, scratch } = site();
    const corpusId = await importTexts(workspace, scratch);
    const base = { kind: 'checkpoint', checkpointId: await trainBase(workspace, corpusId) } as const;
    const common = { ...SHORT_DOCUMENTS, ...SMALL_ROLLOUTS, maxSteps: STEPS };
    for (const [name, settings] of [
      ['RMT', { seed: 0 }],
      ['RMT', { seed: 1 }],
      ['RMT slower', { seed: 0, learningRate: 1e-6 }],
    ] as const) {
      const made = await runToEnd(workspace, {
        stage: 'rmt',
        name,
        corpusId,
        base,
        settings: { ...common, ...settings },
      });
      expect(made.reason).toBeNull();
      runs.push(made.id);
    }
  }, 3 * MINUTE);

  it('are rehearsed unseen while a page is idle, and leave nothing behind', async () => {
    const { page, open } = site();
    // It is there for a moment only.
    await page.addInitScript(() => {
      const look = (): void => {
        const chart = document.querySelector('[inert] figure .curves');
        if (chart) document.documentElement.dataset.rehearsed = getComputedStyle(chart).visibility;
      };
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
    await open('/runs');
    await page.locator('html[data-rehearsed=hidden]').waitFor();
    expect(await page.getByRole('figure').count()).toBe(0);
    await eventually(() => page.locator('figure').count()).toBe(0);
  });

  it(
    'lead from the table of runs to a line for each run in each chart',
    async () => {
      const { page, open } = site();
      await open('/runs');
      for (const name of ['RMT', 'RMT slower']) {
        await page
          .getByRole('checkbox', { name: `Select ${name}`, exact: true })
          .first()
          .check();
      }
      await page.getByRole('link', { name: 'Chart 2 runs' }).click();
      await page.getByRole('heading', { level: 1, name: 'Charts' }).waitFor();
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      // Each run twice: smoothed, and as recorded behind it.
      await eventually(() => pointsOf(reward)).toEqual([STEPS, STEPS, STEPS, STEPS]);
      await page.getByRole('list', { name: 'Runs in the charts' }).getByRole('link').nth(1).waitFor();
    },
    MINUTE,
  );

  it(
    'stay as they were left while another page is looked at, out of its way',
    async () => {
      const { page, open } = site();
      await open(`/charts?runs=${runs.join(',')}&smoothing=0`);
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      await eventually(() => pointsOf(reward)).toEqual([STEPS, STEPS, STEPS]);
      await reward.evaluate((figure) => figure.setAttribute('data-test', 'the same'));
      const places = page.getByRole('navigation', { name: 'Places' });
      await places.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();

      const away = page.locator('[data-away]');
      await eventually(() => away.locator('a, button, input').evaluateAll((all) => all.length > 10)).toBe(
        true,
      );
      await eventually(() =>
        away
          .locator('a, button, input')
          .evaluateAll((all) => all.every((one) => (one as HTMLElement).tabIndex === -1)),
      ).toBe(true);
      expect(await reward.count(), 'nothing of it is read out').toBe(0);
      expect(await page.title()).toBe('Settings · Midtrain');
      expect(await away.evaluate((box) => getComputedStyle(box).opacity)).toBe('0');

      await places.getByRole('link', { name: 'Charts' }).click();
      await page.getByRole('heading', { level: 1, name: 'Charts' }).waitFor();
      expect(await reward.getAttribute('data-test')).toBe('the same');
      expect(await page.title()).toBe('Charts · Midtrain');
      await eventually(() =>
        page
          .getByRole('button', { name: 'Hide RMT slower' })
          .evaluate((one) => (one as HTMLElement).tabIndex),
      ).toBe(0);
      // Its controls are its own again.
      await page.getByRole('button', { name: 'Hide RMT slower' }).click();
      await eventually(() => pointsOf(reward)).toEqual([STEPS, STEPS]);
      // Another choice of runs begins anew.
      await places.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await page.evaluate((id) => {
        window.location.hash = `#/charts?runs=${id}&smoothing=0`;
      }, runs[2]);
      await eventually(() => pointsOf(reward)).toEqual([STEPS]);
      expect(await reward.getAttribute('data-test')).toBeNull();
    },
    MINUTE,
  );

  it(
    'keep the address’s runs through a reload, hide one and take one out',
    async () => {
      const { page, open } = site();
      await open(`/charts?runs=${runs.join(',')}&smoothing=0`);
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      await eventually(() => pointsOf(reward)).toEqual([STEPS, STEPS, STEPS]);
      await page.getByRole('button', { name: 'Hide RMT slower' }).click();
      await eventually(() => pointsOf(reward)).toEqual([STEPS, STEPS]);
      await page.reload();
      await eventually(() => pointsOf(reward)).toEqual([STEPS, STEPS]);
      await page.getByRole('button', { name: 'Take RMT slower out of the charts' }).click();
      await eventually(() =>
        page.getByRole('list', { name: 'Runs in the charts' }).getByRole('link').count(),
      ).toBe(2);
    },
    MINUTE,
  );

  it(
    'draw seeds of one configuration as a mean with its band, and say how many',
    async () => {
      const { page, open } = site();
      await open(`/charts?runs=${runs.join(',')}&smoothing=0&seeds=range&metrics=next-token`);
      const loss = page.getByRole('figure', { name: 'Next-token loss', exact: true });
      // One line for the two seeds, one for the other run; a band for the seeds alone.
      await eventually(() => pointsOf(loss)).toEqual([STEPS, STEPS]);
      expect(await loss.locator('.curves > path[fill]').count()).toBe(1);
      for (const x of [200, 220])
        await loss
          .locator('.recharts-surface')
          .first()
          .hover({ position: { x, y: 80 } });
      await loss.getByText('RMT and 1 other seed').first().waitFor();
      await loss
        .getByText(/ to .*, n = 2$/)
        .first()
        .waitFor();
    },
    MINUTE,
  );

  it(
    'point at the same place in every chart',
    async () => {
      const { page, open } = site();
      await page.setViewportSize({ width: 1920, height: 1080 });
      await open(`/charts?runs=${runs.join(',')}&metrics=reward&smoothing=0`);
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      const spread = page.getByRole('figure', { name: 'Reward spread', exact: true });
      await eventually(() => pointsOf(spread)).toHaveLength(3);
      expect(await spread.locator('circle').count()).toBe(0);
      await reward.locator('.recharts-surface').first().hover();
      await reward.getByText(/^step \d+$/).waitFor();
      await eventually(() => spread.locator('[data-passing] > circle').count()).toBe(3);
      // The other chart writes the values of that step beside its lines.
      const step = Number((await reward.getByText(/^step \d+$/).textContent())?.replace('step ', ''));
      const [series] = await site().workspace.call('runs.metrics', { runIds: runs, names: ['reward_std'] });
      expect(series?.y[step - 1]).toBeTypeOf('number');
      const value = formatNumber(series?.y[step - 1] ?? null);
      await spread.locator('[data-passing] > text', { hasText: value }).first().waitFor();
      await page.setViewportSize({ width: 1280, height: 800 });
    },
    MINUTE,
  );

  it(
    'zoom by dragging, ask for the stretch anew, and show all again at a double click',
    async () => {
      const { page, open } = site();
      await open(`/charts?runs=${runs[0]}&smoothing=0&metrics=reward`);
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      await eventually(() => pointsOf(reward)).toEqual([STEPS]);
      const box = await reward.locator('.recharts-surface').first().boundingBox();
      if (!box) throw new Error('The chart has no place.');
      const asked = page.waitForRequest((request) => (request.postData() ?? '').includes('"range":{"from"'));
      await page.mouse.move(box.x + box.width * 0.4, box.y + 80);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.55, box.y + 90);
      await page.mouse.move(box.x + box.width * 0.7, box.y + 90);
      await page.mouse.up();
      await asked;
      await page.waitForURL(/zoom=\d+\.\.\d+/);
      await eventually(async () => (await pointsOf(reward))[0]).toBeLessThan(STEPS);
      await reward
        .locator('.recharts-surface')
        .first()
        .dblclick({ position: { x: 200, y: 80 } });
      await eventually(() => pointsOf(reward)).toEqual([STEPS]);
      expect(page.url()).not.toContain('zoom');

      await page.getByRole('button', { name: 'Zoom' }).click();
      await page.getByLabel('From', { exact: true }).fill('3');
      await page.getByLabel('To', { exact: true }).fill('6');
      await page.getByRole('button', { name: 'Show this stretch' }).click();
      await eventually(() => pointsOf(reward)).toEqual([4]);
      await page.getByRole('button', { name: 'Show all again' }).click();
      await eventually(() => pointsOf(reward)).toEqual([STEPS]);
    },
    MINUTE,
  );

  it(
    'go along time, tokens and FLOPs on linear and logarithmic axes',
    async () => {
      const { page, open } = site();
      await open(`/charts?runs=${runs.join(',')}&smoothing=0&metrics=next-token`);
      const loss = page.getByRole('figure', { name: 'Next-token loss', exact: true });
      for (const along of ['Time', 'Tokens', 'FLOPs']) {
        await page.locator('main label').getByText(along, { exact: true }).click();
        await eventually(() => pointsOf(loss), along).toEqual([STEPS, STEPS, STEPS]);
      }
      await loss.getByText('operations (FLOP)', { exact: true }).waitFor();
      for (const axis of ['Log x', 'Log y']) await page.getByLabel(axis).press('Space');
      await page.waitForURL(/xscale=log.*yscale=log/);
      await eventually(() => pointsOf(loss)).toEqual([STEPS, STEPS, STEPS]);
      const drawn = await loss.locator('.curves path').first().getAttribute('d');
      expect(drawn).not.toContain('NaN');
    },
    MINUTE,
  );

  it(
    'are saved as PNG, SVG and CSV, and shown on the full screen',
    async () => {
      const { page, open } = site();
      await open(`/charts?runs=${runs.join(',')}&smoothing=0&metrics=reward`);
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      await eventually(() => pointsOf(reward)).toHaveLength(3);
      const png = await save(page, reward, 'Save as PNG');
      expect(png.suggestedFilename()).toBe('reward.png');
      const picture = readFileSync(await png.path());
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      expect(picture.byteLength).toBeGreaterThan(5000);

      const svg = readFileSync(await (await save(page, reward, 'Save as SVG')).path(), 'utf8');
      expect(svg).toContain('<title>Reward</title>');
      expect(svg).toContain('RMT slower');
      expect(svg).not.toContain('var(');
      const parsed = await page.evaluate(
        (text) =>
          new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent,
        svg,
      );
      expect(parsed).toBeUndefined();

      const csv = readFileSync(await (await save(page, reward, 'Save as CSV')).path(), 'utf8');
      const rows = csv.trim().split('\r\n');
      expect(rows[0]).toBe('run,seed,metric,step,value,low,high');
      expect(rows).toHaveLength(1 + 3 * STEPS);
      const series = await site().workspace.call('runs.metrics', {
        runIds: runs.slice(1, 2),
        names: ['reward'],
      });
      expect(rows[1 + STEPS]).toBe(`RMT,1,reward,1,${series[0]?.y[0]},,`);

      // Where a chart shows something, its checkpoints can be compared at once.
      await reward.getByRole('button', { name: /^Show or save the chart/ }).click();
      await reward.getByRole('menuitem', { name: 'Compare checkpoints' }).hover();
      for (const name of [/^RMT, step \d+, seed 0$/, /^RMT, step \d+, seed 1$/, /^RMT slower, step \d+$/]) {
        await page.getByRole('menuitem', { name }).waitFor();
      }
      await page.getByRole('menuitem', { name: 'All 3 of them' }).click();
      await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
      await page.getByText('RMT slower').first().waitFor();
      await page.goBack();
      await eventually(() => pointsOf(reward)).toHaveLength(3);

      await reward.getByRole('button', { name: /^Show or save the chart/ }).click();
      await reward.getByRole('menuitem', { name: 'Full screen' }).click();
      await eventually(() => page.evaluate(() => document.fullscreenElement?.tagName)).toBe('FIGURE');
      await eventually(
        async () => (await reward.locator('.plot, [class*=plot]').first().boundingBox())?.height,
      ).toBeGreaterThan(500);
      await page.evaluate(() => document.exitFullscreen());
    },
    MINUTE,
  );

  it(
    'grow while a run of them works, ask nothing while away, and catch up when they come back',
    async () => {
      const { page, open, workspace } = site();
      const [first] = await workspace.call('runs.list', {});
      const { id } = await workspace.call('runs.create', {
        stage: 'rmt',
        name: 'RMT, long',
        corpusId: first?.corpusId ?? null,
        base: first?.base ?? null,
        settings: { ...SHORT_DOCUMENTS, ...SMALL_ROLLOUTS, maxSteps: 5000 },
      });
      await open(`/charts?runs=${id},${runs[0]}&smoothing=0&metrics=reward`);
      const reward = page.getByRole('figure', { name: 'Reward', exact: true });
      await eventually(async () => Math.max(0, ...(await pointsOf(reward)))).toBeGreaterThan(STEPS + 3);
      const before = Math.max(...(await pointsOf(reward)));
      await eventually(async () => Math.max(...(await pointsOf(reward)))).toBeGreaterThan(before);

      const places = page.getByRole('navigation', { name: 'Places' });
      await places.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await eventually(() => page.locator('[data-away] a:not([tabindex="-1"])').count()).toBe(0);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      const stepOf = async (): Promise<number> => (await workspace.call('runs.get', { runId: id })).run.step;
      const left = await stepOf();
      // Shown charts ask once a second.
      await page.waitForTimeout(3000);
      await eventually(stepOf).toBeGreaterThan(left + 20);
      const curvesAsked = (): number => asked.filter((path) => path === '/api/runs.metrics').length;
      expect(curvesAsked()).toBe(0);
      await places.getByRole('link', { name: 'Charts' }).click();
      await eventually(async () => curvesAsked()).toBeGreaterThan(0);
      await workspace.call('runs.stop', { runId: id });
      await eventually(async () => (await workspace.call('runs.get', { runId: id })).run.state).toBe(
        'stopped',
      );
    },
    2 * MINUTE,
  );

  it(
    'lay another run over one on its own page, as a link holds it',
    async () => {
      const { page, open, complaints } = site();
      await open(`/runs/${runs[0]}`);
      await page.getByRole('combobox', { name: 'Overlay another run' }).click();
      await page.getByRole('option', { name: 'RMT slower' }).click();
      await page.waitForURL(new RegExp(`with=${runs[2]}`));
      // Charts are drawn as they come into sight.
      await page.getByRole('list', { name: 'Runs in the charts' }).scrollIntoViewIfNeeded();
      const loss = page.getByRole('figure', { name: 'Loss', exact: true });
      await loss.scrollIntoViewIfNeeded();
      await eventually(() => pointsOf(loss)).toHaveLength(4);
      await page.getByRole('button', { name: 'Take RMT slower out of the charts' }).click();
      await page.getByRole('figure', { name: 'Thinking length and budget' }).waitFor();
      expect(complaints).toEqual([]);
    },
    MINUTE,
  );
});

/**
 * From a dropped folder to a comparison, all on the page: pre-train, RMT, RLM, evaluate, compare; and what a run goes
 * through on the way: pause, stop, resume, and the death of its trainer.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePage, dropOnWindow, eventually, type Site, trainerPid } from './site.ts';
import { writeTexts } from './texts.ts';

const MINUTE = 60_000;

async function fill(page: Page, settings: Readonly<Record<string, string | number>>): Promise<void> {
  for (const [label, value] of Object.entries(settings)) {
    await page.getByLabel(label, { exact: true }).fill(String(value));
  }
}

async function choose(page: Page, field: RegExp, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Waits until the run on screen is in this state. */
async function reach(page: Page, state: string, timeout = 2 * MINUTE): Promise<void> {
  const badge = page.locator('main').getByText(state, { exact: true });
  await badge.first().waitFor({ timeout });
}

async function start(site: Site, stage: string, name: string): Promise<void> {
  const { page } = site;
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: /Start run|Add to the queue/ }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.locator('main').getByText(stage, { exact: true }).first().waitFor();
}

describePage('from a dropped folder to a comparison on the page', (site) => {
  it(
    'imports the folder',
    async () => {
      const { page, scratch } = site();
      await dropOnWindow(site(), [writeTexts(scratch)]);
      const dialog = page.getByRole('dialog', { name: 'Import a corpus' });
      await dialog.getByRole('combobox', { name: /Documents in/ }).click();
      await page.getByRole('option', { name: /paragraph/ }).click();
      await dialog.getByRole('button', { name: 'Import' }).click();
      await page.getByText('Ready', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Train on it' }).click();
      await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
    },
    MINUTE,
  );

  it(
    'marks an impossible setting, says the way out, and keeps the form through a reload',
    async () => {
      const { page } = site();
      await page.getByText('Tokens per step').waitFor();
      await fill(page, { 'Hidden size': 32, Layers: 1, 'Attention heads': 3 });
      const problem = page.getByText('Set numKeyValueHeads to a divisor of numAttentionHeads').first();
      await problem.waitFor();
      expect(await page.getByRole('button', { name: 'Start run' }).isDisabled()).toBe(true);
      await fill(page, { 'Attention heads': 2, 'Key/value heads': 2, 'Head size': 16, 'MLP size': 64 });
      await problem.waitFor({ state: 'detached' });
      await fill(page, {
        'Vocabulary size': 300,
        Steps: 4000,
        'Checkpoint every': 20,
        'Longest document': 64,
      });
      await fill(page, { 'Learning rate': '3e-3', 'Documents per step': 8 });
      await page.waitForURL(/documentsPerStep=8/);
      await page.reload();
      expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('4000');
      expect(await page.getByText('Defaults for all').count()).toBe(1);
    },
    MINUTE,
  );

  it(
    'draws curves while the run works, and pauses, goes on and stops at a step',
    async () => {
      const { page, workspace } = site();
      await start(site(), 'Pre-train', 'Days base');
      const loss = page.getByRole('figure', { name: 'Loss', exact: true });
      await loss.locator('.curves path').first().waitFor({ timeout: MINUTE });
      const steps = page
        .locator('main')
        .getByText(/^Step [\d,]+ of 4,000$/)
        .first();
      const before = await steps.textContent();
      await eventually(() => steps.textContent()).not.toBe(before);

      await page.getByRole('button', { name: 'Pause' }).click();
      await reach(page, 'Paused');
      await page.getByRole('button', { name: 'Resume' }).click();
      await reach(page, 'Running');
      await page.getByRole('button', { name: 'Stop' }).click();
      await reach(page, 'Stopped');
      const [run] = await workspace.call('runs.list', {});
      expect(run?.state).toBe('stopped');
      expect(run?.step).toBeLessThan(4000);
    },
    3 * MINUTE,
  );

  it(
    'tells within five seconds that the trainer was killed, and resumes from the checkpoint',
    async () => {
      const { page, workspace } = site();
      await page.getByRole('button', { name: 'Resume' }).click();
      await reach(page, 'Running');
      const [atResume] = await workspace.call('runs.list', {});
      await eventually(async () => (await workspace.call('runs.list', {}))[0]?.step).toBeGreaterThan(
        (atResume?.step ?? 0) + 25,
      );
      const trainer = trainerPid();
      if (trainer === null) {
        console.warn('Not killed: this system does not list processes as files.');
        await page.getByRole('button', { name: 'Stop' }).click();
        await reach(page, 'Stopped');
      } else {
        process.kill(trainer, 'SIGKILL');
        await page.getByText('The trainer died during this run.').waitFor({ timeout: 5000 });
        await reach(page, 'Interrupted', 5000);
        expect((await workspace.call('runs.list', {}))[0]?.reason).toBeTruthy();
        await page.getByRole('button', { name: 'Resume from the last checkpoint' }).click();
        await reach(page, 'Running');
        await page.getByRole('button', { name: 'Stop' }).click();
        await reach(page, 'Stopped');
      }
      await page.getByRole('tab', { name: 'Events' }).click();
      await page.getByText('Stopped').last().waitFor();
    },
    3 * MINUTE,
  );

  it(
    'trains by RMT and RLM from a checkpoint and keeps what they thought',
    async () => {
      const { page, workspace } = site();
      await page.getByRole('tab', { name: 'Checkpoints' }).click();
      await page.getByRole('link', { name: 'Train from it' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
      const small = {
        'Prompts per step': 4,
        'Rollouts per prompt': 4,
        'Thinking cap': 12,
        'Answer cap': 4,
        Steps: 6,
      };
      await fill(page, {
        ...small,
        'Documents per step': 8,
        'Longest document': 64,
        'Keep samples every': 2,
      });
      await start(site(), 'RMT', 'Days RMT');
      await reach(page, 'Finished');
      await page.getByRole('figure', { name: 'Thinking length and budget' }).waitFor();
      await page.getByRole('figure', { name: 'Curriculum mix' }).waitFor();
      await page.getByRole('figure', { name: 'Reward parts' }).waitFor();

      await page.getByRole('tab', { name: 'Samples' }).click();
      await page.getByRole('article', { name: 'Rollout 1' }).waitFor();
      expect(await page.getByRole('article').count()).toBe(4);
      expect(await page.getByRole('navigation', { name: 'Prompts' }).getByRole('button').count()).toBe(4);
      await page.waitForURL(/tab=samples/);

      await page.getByRole('link', { name: 'New run like this' }).click();
      await page.getByRole('radio', { name: 'RLM' }).click();
      expect(await page.getByLabel('Thinking cap', { exact: true }).inputValue()).toBe('12');
      await start(site(), 'RLM', 'Days RLM');
      await reach(page, 'Finished');
      await page
        .getByRole('figure', { name: /^Restoration/ })
        .first()
        .waitFor();
      const states = (await workspace.call('runs.list', {})).map((run) => [run.name, run.state]);
      expect(states).toContainEqual(['Days RLM', 'finished']);
    },
    5 * MINUTE,
  );

  it(
    'evaluates one checkpoint, queues the missing evaluations and sets both side by side',
    async () => {
      const { page, workspace } = site();
      await page.getByRole('tab', { name: 'Checkpoints' }).click();
      await page.getByRole('link', { name: 'Evaluate' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'New run' }).waitFor();
      await fill(page, {
        'Masked documents': 12,
        'Positions per tier': 6,
        'Thinking cap': 12,
        'Longest document': 64,
      });
      await start(site(), 'Evaluate', 'Evaluate RLM');
      await reach(page, 'Finished');
      const results = page.getByRole('table', { name: 'Results' });
      await results
        .getByRole('row', { name: /Restoration/ })
        .first()
        .waitFor();

      await page.getByRole('link', { name: 'Compare with others' }).click();
      await choose(page, /Add a checkpoint/, 'Days RMT (not evaluated)');
      await page.getByRole('button', { name: 'Queue 1 missing evaluation' }).click();
      await page.getByText('1 evaluation queued.').waitFor();
      await eventually(async () => (await workspace.call('runs.list', {}))[0]?.state).toBe('finished');

      await page.getByRole('combobox', { name: 'What is measured' }).click();
      await page.getByRole('option', { name: /^Restoration/ }).click();
      for (const decoding of ['Temperature 1', 'Greedy']) {
        const chart = page.getByRole('figure', { name: decoding });
        await eventually(() => chart.locator('[data-point]').count()).toBe(2);
      }
      await page.getByRole('tab', { name: 'Tiers' }).click();
      const table = page.getByRole('table', { name: /^Restoration/ });
      // Two checkpoints, each at temperature 1 and greedy, below one row of heads.
      await eventually(() => table.getByRole('row').count()).toBe(5);
      await eventually(() => table.getByText('Not evaluated like this.').count()).toBe(0);
      await page.getByRole('tab', { name: 'Answers' }).click();
      await page.getByRole('article', { name: 'One prompt' }).first().waitFor();
      await page.getByText('Answer flips', { exact: true }).click();
      await page.waitForURL(/show=flips/);
      const address = page.url();
      await page.reload();
      await page.getByRole('table', { name: 'Answer flips and length' }).waitFor();
      expect(page.url()).toBe(address);
      expect(site().complaints).toEqual([]);
    },
    5 * MINUTE,
  );
});

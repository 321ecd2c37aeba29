import { expect, it } from 'vitest';
import { describePage } from './site.ts';

const MINUTE = 60_000;

describePage('a host that goes and comes back', (site) => {
  it(
    'is missed aloud, its words are kept, and commands say what to do',
    async () => {
      const { page, open, stopHost } = site();
      await open('/settings');
      await page.getByRole('button', { name: 'Look again' }).waitFor();
      await stopHost();
      await page.getByText('The application does not answer.').waitFor();
      expect(await page.getByRole('heading', { level: 1, name: 'Settings' }).count()).toBe(1);
      await page.getByRole('link', { name: 'Home' }).click();
      await page
        .getByRole('alert')
        .getByText('Start it again where it was started')
        .first()
        .waitFor({ timeout: MINUTE });
    },
    MINUTE,
  );

  it(
    'asks for a new link where it does not know the browser, and goes on by itself',
    async () => {
      const { page, context, startHost, workspace } = site();
      const link = await startHost();
      await page.getByText('The application was started anew.').waitFor({ timeout: MINUTE });
      const other = await context.newPage();
      await other.goto(link);
      await other.getByRole('heading', { level: 1 }).waitFor();
      await page
        .getByText('The application was started anew.')
        .waitFor({ state: 'detached', timeout: MINUTE });

      // What happened in the meantime shows without a reload, and so does what happens from now on.
      await page.getByRole('button', { name: 'Install the sample project' }).waitFor({ timeout: MINUTE });
      await page.getByRole('link', { name: 'Corpora' }).first().click();
      await page.getByText('No corpus yet').waitFor();
      await workspace.call('corpora.import', {
        name: 'Seen live',
        source: { kind: 'paths', paths: [import.meta.filename] },
      });
      await page.getByRole('link', { name: 'Seen live' }).waitFor();
    },
    2 * MINUTE,
  );
});

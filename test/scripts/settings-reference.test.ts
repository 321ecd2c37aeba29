import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settingsReference } from '../../scripts/settings-reference.ts';

it('docs/settings.md is what the declarations say: npm run settings-reference', () => {
  const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  expect(page).toBe(settingsReference());
});

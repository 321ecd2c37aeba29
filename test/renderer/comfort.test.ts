import { describe, expect, it } from 'vitest';
import type { SampleProject } from '../../electron/contract/app.ts';
import { fittingItems, type PaletteItem } from '../../renderer/lib/palette.ts';
import { EVERYWHERE, GO_TO, keySequence } from '../../renderer/lib/shortcuts.ts';
import { tourSteps } from '../../renderer/lib/tour.ts';
import { runRecord } from './fixtures.ts';

const item = (label: string, more: Partial<PaletteItem> = {}): PaletteItem => ({
  id: label,
  group: 'Runs',
  label,
  target: { kind: 'address', to: '/' },
  ...more,
});

describe('the command palette', () => {
  const items = [
    item('Evaluate RMT', { keywords: 'abc123' }),
    item('RMT on Ledgers'),
    item('SFT', { detail: 'SFT run, finished' }),
  ];
  const labels = (text: string): string[] => fittingItems(items, text, 10).map(({ label }) => label);

  it('puts labels that begin with the word first, then words within, then what else is known', () => {
    expect(labels('rmt')).toEqual(['RMT on Ledgers', 'Evaluate RMT']);
    expect(fittingItems([item('SFT 2'), item('SFT')], 'sft', 9).map(({ label }) => label)).toEqual([
      'SFT',
      'SFT 2',
    ]);
    expect(labels('ABC1')).toEqual(['Evaluate RMT']);
    expect(labels('finished')).toEqual(['SFT']);
  });

  it('wants every word to fit, and gives all in order without one', () => {
    expect(labels('rmt eval')).toEqual(['Evaluate RMT']);
    expect(labels('rmt nothing')).toEqual([]);
    expect(labels(' ')).toEqual(items.map(({ label }) => label));
    expect(fittingItems(items, '', 2)).toHaveLength(2);
  });
});

describe('keys that lead somewhere', () => {
  it('are pressed one after the other, in time', () => {
    const press = keySequence();
    expect(press('g', 0)).toBeNull();
    expect(press('r', 300)?.to).toBe('/runs');
    // The pair is used up.
    expect(press('r', 400)).toBeNull();
    expect(press('g', 1000)).toBeNull();
    expect(press('r', 9000)).toBeNull();
    press('g', 10_000);
    press('x', 10_100);
    expect(press('r', 10_200)).toBeNull();
  });

  it('are all different, and all on the sheet', () => {
    expect(new Set(GO_TO.map(({ keys }) => keys.join()))).toHaveLength(GO_TO.length);
    for (const { label } of GO_TO) expect(EVERYWHERE.some(([, does]) => does.includes(label))).toBe(true);
  });
});

describe('the tour', () => {
  const project: SampleProject = {
    installed: true,
    corpusId: 'c1',
    questionsId: 'q1',
    baseCheckpointId: 'k0',
    runIds: ['r1', 'r2'],
    checkpointIds: ['k0', 'k1'],
  };

  it('leads to the sample project’s own pages once they are there', () => {
    const steps = tourSteps(project, [runRecord({ id: 'r1', stage: 'sft' }), runRecord({ id: 'r2' })]);
    const addresses = steps.map(({ to }) => to);
    expect(addresses).toContain('/corpora/c1');
    expect(addresses).toContain('/runs/r2?tab=samples');
    expect(addresses).toContain('/compare?c=k0,k1');
  });

  it('works before anything is installed', () => {
    const addresses = tourSteps(undefined, []).map(({ to }) => to);
    expect(addresses).toContain('/corpora');
    expect(addresses).toContain('/compare');
    expect(addresses.join()).not.toContain('undefined');
  });
});

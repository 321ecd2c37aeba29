import { describe, expect, it } from 'vitest';
import type { TableField } from '../../electron/contract/run-table.ts';
import { hasTerm, suggestions, termOf, toggleTerm, toggleValue } from '../../renderer/lib/query-text.ts';
import { nextSort, sortFromText, sortToText } from '../../renderer/lib/run-columns.ts';
import { placesOf, runsBetween } from '../../renderer/lib/table-places.ts';

const field = (
  name: string,
  section: TableField['section'],
  kind: TableField['kind'] = 'number',
): TableField => ({
  name,
  label: name,
  kind,
  section,
  better: null,
  unit: null,
});
const FIELDS = [
  field('state', 'run', 'text'),
  field('metrics.reward', 'metrics'),
  field('settings.lengthRewardMax', 'settings'),
];

describe('the filter’s text', () => {
  it('takes terms in and out, with what is in quotes together', () => {
    expect(toggleTerm('a tag:"x y"', 'is:starred')).toBe('a tag:"x y" is:starred');
    expect(toggleTerm('a tag:"x y" b', 'tag:"x y"')).toBe('a b');
    expect(hasTerm('sweep:"a b" c', 'sweep:"a b"')).toBe(true);
    expect(hasTerm('sweep:"a b" c', 'a')).toBe(false);
    expect(termOf('sweep', 'say "no"')).toBe('sweep:"say \\"no\\""');
  });

  it('asks for one value of a field at a time', () => {
    expect(toggleValue('reward>1 stage:rmt', 'stage', 'sft')).toBe('reward>1 stage:sft');
    expect(toggleValue('stage:sft', 'stage', 'sft')).toBe('');
  });

  it('suggests how the last term could go on', () => {
    const texts = (query: string) =>
      suggestions(query, FIELDS, ['slow', 'quick one']).map(({ text }) => text);
    expect(texts('')).toContain('state:');
    expect(texts('a rew')).toEqual(['metrics.reward>', 'settings.lengthRewardMax>']);
    expect(texts('state:f')).toEqual(['state:finished ', 'state:failed ']);
    expect(texts('-tag:')).toEqual(['tag:slow ', 'tag:"quick one" ']);
    expect(texts('reward>0')).toEqual([]);
    expect(texts('"two wo')).toEqual([]);
    expect(suggestions('a (b OR -is:st', FIELDS, [])[0]?.query).toBe('a (b OR -is:starred ');
  });
});

describe('sorting by clicks', () => {
  it('begins with the highest number, or the first word; the third click lets go', () => {
    const reward = FIELDS[1]!;
    const first = nextSort([], reward, false);
    expect(sortToText(first)).toBe('-metrics.reward');
    const second = nextSort(first, reward, false);
    expect(sortToText(second)).toBe('metrics.reward');
    expect(nextSort(second, reward, false)).toEqual([]);
    expect(sortToText(nextSort([], FIELDS[0]!, false))).toBe('state');
    expect(sortToText(nextSort(first, FIELDS[0]!, true))).toBe('-metrics.reward,state');
    expect(sortFromText('-metrics.reward,state')).toEqual([
      { field: 'metrics.reward', descending: true },
      { field: 'state', descending: false },
    ]);
  });
});

it('runs stand below their group where it is opened', () => {
  const group = (key: string, runIds: string[]) => ({ key, label: key, runIds, aggregates: [] });
  const groups = [group('a', ['1', '2']), group('b', ['3'])];
  const places = placesOf(['1', '2', '3'], groups, new Set(['b']));
  expect(places.map(({ key }) => key)).toEqual(['group:a', 'group:b', '3']);
  expect(places[2]).toMatchObject({ row: 2 });
  expect(runsBetween(placesOf(['1', '2', '3'], [], new Set()), 2, 1)).toEqual(['2', '3']);
});

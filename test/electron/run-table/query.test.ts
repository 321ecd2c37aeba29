import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, type Query } from '../../../electron/run-table/query.ts';
import { parseDuration, parseNumber, parseTime } from '../../../electron/run-table/values.ts';

const shape = (query: Query): unknown => {
  switch (query.kind) {
    case 'text':
      return query.text;
    case 'not':
      return { not: shape(query.part) };
    case 'compare':
      return `${query.field.text} ${query.operator} ${query.values.map((value) => value.text).join('|')}`;
    default:
      return { [query.kind]: query.parts.map(shape) };
  }
};
const parsed = (text: string): unknown => shape(parseQuery(text));
const errorOf = (text: string): unknown => {
  try {
    return parseQuery(text);
  } catch (error) {
    return error;
  }
};

describe('the filter’s language', () => {
  it('joins terms by “and”, and understands OR, NOT, minus and brackets', () => {
    expect(parsed('')).toEqual({ and: [] });
    expect(parsed('  ')).toEqual({ and: [] });
    expect(parsed('stage:rmt state:finished tag:x reward>0.5 lr<1e-3 "two words"')).toEqual({
      and: ['stage : rmt', 'state : finished', 'tag : x', 'reward > 0.5', 'lr < 1e-3', 'two words'],
    });
    expect(parsed('a OR b c')).toEqual({ or: ['a', { and: ['b', 'c'] }] });
    expect(parsed('(a OR b) AND NOT c -tag:x')).toEqual({
      and: [{ or: ['a', 'b'] }, { not: 'c' }, { not: 'tag : x' }],
    });
    expect(parsed('-(a b)')).toEqual({ not: { and: ['a', 'b'] } });
    expect(parsed('seed!=1,2')).toEqual('seed != 1|2');
    expect(parsed('tag:"a b",c')).toEqual('tag : a b|c');
    expect(parsed('restore/by_mask_fraction/0–10%>=.5')).toEqual('restore/by_mask_fraction/0–10% >= .5');
    expect(parsed('"say \\"no\\""')).toEqual('say "no"');
    expect(parsed('ORDER NOTE a-b -5')).toEqual({ and: ['ORDER', 'NOTE', 'a-b', '-5'] });
  });

  it('says where it does not understand, and what it would', () => {
    const cases: [string, RegExp, RegExp][] = [
      ['stage:', /At character 7: stage: has no value/, /stage:word/],
      ['reward > 0.5', /At character 8: “>” has nothing before it/, /reward>0.5/],
      ['(a', /At character 1: this bracket is not closed/, /Add a \)/],
      ['a)', /At character 2: this bracket was never opened/, /Remove/],
      ['"a', /At character 1: this quote is not closed/, /"/],
      ['a OR', /At character 5: a term is missing/, /both sides of OR/],
      ['()', /a term is missing/, /inside brackets/],
      ['reward>1,2', /> takes one value/, /:/],
    ];
    for (const [text, message, wayOut] of cases) {
      expect(errorOf(text), text).toMatchObject({
        name: 'InvalidQuery',
        message: expect.stringMatching(message),
        wayOut: expect.stringMatching(wayOut),
      });
    }
    expect(errorOf('('.repeat(1000))).toMatchObject({ name: 'InvalidQuery' });
  });

  it('never fails in another way, whatever is typed', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '"',
      ' OR ',
      'NOT ',
      '-',
      'a',
      ':',
      '>',
      '!=',
      ',',
      ' ',
      '\\',
      '1e-3',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (list) => {
        const result = errorOf(list.join(''));
        if (result instanceof Error) expect(result).toMatchObject({ name: 'InvalidQuery' });
      }),
      { numRuns: 500 },
    );
  });
});

describe('written values', () => {
  it('numbers, with factors', () => {
    expect(['0.5', '.5', '1e-3', '10k', '2M', '50%', '-3'].map(parseNumber)).toEqual([
      0.5, 0.5, 1e-3, 1e4, 2e6, 0.5, -3,
    ]);
    expect(['', 'x', '1..2', '0x10', 'NaN', '1 2'].map(parseNumber)).toEqual(Array(6).fill(null));
  });

  it('durations', () => {
    expect(['90', '90s', '1.5h', '2d', '30min', '1w'].map(parseDuration)).toEqual([
      9e4, 9e4, 5.4e6, 1.728e8, 1.8e6, 6.048e8,
    ]);
    expect(parseDuration('2y')).toBeNull();
  });

  it('times, as the span they name', () => {
    const now = new Date(2026, 4, 20, 15, 30).getTime();
    const day = 24 * 3600 * 1000;
    expect(parseTime('2026', now)).toEqual({
      from: new Date(2026, 0, 1).getTime(),
      to: new Date(2027, 0, 1).getTime(),
    });
    expect(parseTime('2026-02', now)).toEqual({
      from: new Date(2026, 1, 1).getTime(),
      to: new Date(2026, 2, 1).getTime(),
    });
    expect(parseTime('today', now)).toEqual({
      from: new Date(2026, 4, 20).getTime(),
      to: new Date(2026, 4, 21).getTime(),
    });
    expect(parseTime('7d', now)).toEqual({ from: now - 7 * day, to: now - 7 * day });
    expect(parseTime('2026-05-20T10:15', now)).toEqual({
      from: new Date(2026, 4, 20, 10, 15).getTime(),
      to: new Date(2026, 4, 20, 10, 16).getTime(),
    });
    expect(parseTime('soon', now)).toBeNull();
  });
});

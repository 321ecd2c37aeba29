import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Band, Series } from '../../electron/contract/runs.ts';
import { bandsCsv, seriesCsv } from '../../renderer/lib/chart-csv.ts';
import { csvOf } from '../../renderer/lib/csv.ts';
import { fileName } from '../../renderer/lib/file-name.ts';
import { overlayNames, overlayOfBands, overlayOfSeries, pointsPerLine } from '../../renderer/lib/overlay.ts';
import { stretchText, textStretch } from '../../renderer/lib/stretch.ts';
import { METRICS } from '../../trainer/metrics.ts';
import { runRecord } from './fixtures.ts';

const runs = [
  runRecord({ id: 'a', name: 'RMT, "gated"', seed: 0 }),
  runRecord({ id: 'b', name: 'RMT', seed: 1 }),
  runRecord({ id: 'c', name: 'RLM', seed: 0 }),
];
const series = (runId: string): Series => ({
  runId,
  name: 'reward',
  x: [1, 2],
  y: [0.5, null],
  low: null,
  high: null,
  total: 2,
  nonFinite: 1,
});
const band: Band = {
  name: 'reward',
  runIds: ['a', 'b'],
  x: [1],
  mean: [0.5],
  low: [0.25],
  high: [0.75],
  intervalLow: [-1],
  intervalHigh: [2],
  n: [2],
};

describe('lines of several runs', () => {
  it('keep their colours when others are hidden', () => {
    const [all, some] = [['a', 'b', 'c'], ['c']].map((ids) => overlayOfSeries(ids.map(series), runs, null));
    expect(some?.[0]?.colour).toBe(all?.[2]?.colour);
    expect(new Set(all?.map(({ colour }) => colour)).size).toBe(3);
    expect(overlayOfSeries([series('gone')], runs, null)).toEqual([]);
  });

  it('are drawn as recorded where a metric is measured rarely', () => {
    const validation = { ...series('a'), name: 'validation_loss' };
    expect(overlayOfSeries([validation, series('b')], runs, null).map(({ exact }) => exact)).toEqual([
      true,
      false,
    ]);
    expect(overlayOfBands([{ ...band, name: 'validation_loss' }], runs, 'range', null)[0]?.exact).toBe(true);
  });

  it('step back behind the highlighted one', () => {
    expect(overlayOfSeries(['a', 'b'].map(series), runs, 'b').map(({ faint }) => faint)).toEqual([
      true,
      false,
    ]);
    expect(overlayOfBands([band], runs, 'range', 'b')[0]?.faint).toBe(false);
    expect(overlayOfBands([band], runs, 'range', 'c')[0]?.faint).toBe(true);
  });

  it('say how many seeds a band stands for, and of which kind it is', () => {
    const [range] = overlayOfBands([band], runs, 'range', null);
    expect(range).toMatchObject({ label: 'RMT, "gated" and 1 other seed', rangeLabel: 'n = 2' });
    expect([range?.data.low, range?.data.high]).toEqual([[0.25], [0.75]]);
    const [interval] = overlayOfBands([band], runs, 'interval', null);
    expect([interval?.data.low, interval?.data.high, interval?.rangeLabel]).toEqual([
      [-1],
      [2],
      '95%, n = 2',
    ]);
    const [alone] = overlayOfBands([{ ...band, runIds: ['c'], n: [1] }], runs, 'range', null);
    expect(alone).toMatchObject({ label: 'RLM' });
    expect(alone?.data.low).toBeUndefined();
  });

  it('are a chart for each metric, found by name or label, counts that serve as x left out', () => {
    const names = overlayNames(Object.keys(METRICS), '');
    expect(names).not.toContain('flops');
    expect(names).toHaveLength(Object.keys(METRICS).length - 3);
    expect(overlayNames(Object.keys(METRICS), 'thinking LENGTH')).toEqual(['thinking/mean_length']);
  });

  it('have fewer points the more there are', () => {
    expect([1, 60, 100, 1000].map(pointsPerLine)).toEqual([500, 333, 200, 200]);
  });
});

describe('files of charts', () => {
  it('hold a row a point', () => {
    expect(seriesCsv([series('a')], runs, 'step')).toBe(
      'run,seed,metric,step,value,low,high\r\n"RMT, ""gated""",0,reward,1,0.5,,\r\n"RMT, ""gated""",0,reward,2,,,\r\n',
    );
    expect(bandsCsv([band], runs, 'flops').split('\r\n')[1]).toBe(
      '"RMT, ""gated""; RMT",reward,1,0.5,0.25,0.75,-1,2,2',
    );
  });

  it('can be read back field by field', () => {
    const read = (text: string): string[] =>
      [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(?:,|\r\n)/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      );
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 6 }), (fields) => {
        expect(read(csvOf([fields]))).toEqual(fields);
      }),
    );
  });

  it('have plain names', () => {
    expect(fileName('Thinking length & budget (B_t)', 'svg')).toBe('thinking-length-budget-b-t.svg');
    expect(fileName('…', 'csv')).toBe('chart.csv');
  });
});

describe('a stretch in an address', () => {
  it('comes back as it was, to nine digits', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (from, ratio) => {
          const to = from + Math.max(1, Math.abs(from)) * ratio;
          const back = textStretch(stretchText({ from, to }));
          expect(back!.from).toBeCloseTo(from, -Math.log10(Math.abs(from) + 1) + 8);
          expect(back!.to).toBeGreaterThan(back!.from);
        },
      ),
    );
  });

  it('is nothing where it makes no sense', () => {
    for (const text of [null, '', '5', '5..', '9..3', '1..2..3', 'a..b', '1..Infinity'])
      expect(textStretch(text)).toBeNull();
  });
});

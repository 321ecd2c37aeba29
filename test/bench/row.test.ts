import { describe, expect, it } from 'vitest';
import { type Entrant, median, type Row, runRow } from '../../bench/row.ts';

/** Answers with the given values in turn, and notes every turn. */
function scripted(name: string, values: readonly number[], log: string[], peakBytes = 1e6): Entrant {
  return {
    name,
    open: async () => {
      let turn = 0;
      return {
        repeat: async () => {
          log.push(name);
          const value = values[turn++]!;
          return { value, peakBytes, cpuS: value / 10 };
        },
        close: async () => {
          log.push(`${name} closed`);
        },
      };
    },
  };
}

const rowOf = (log: string[], change: Partial<Row> = {}): Row => ({
  name: 'work',
  unit: 'ms',
  better: 'lower',
  repeats: 3,
  ours: [scripted('fast', [10, 30, 20], log)],
  peers: [scripted('slow', [20, 30, 80], log, 2e6)],
  lines: [{ ours: 'fast', peer: 'slow', target: 0.5, comparesMemory: true }],
  limit: (rate) => 1000 / rate,
  ...change,
});
const options = { peers: true, flopsPerSecond: 200, patienceS: 0, repeats: 10 };

describe('a row of the benchmark', () => {
  it('alternates contestants, takes the median ratio of pairs and judges it', async () => {
    const log: string[] = [];
    const results = await runRow(rowOf(log), options);
    expect(log).toEqual(['fast', 'slow', 'fast', 'slow', 'fast', 'slow', 'fast closed', 'slow closed']);
    expect(results).toMatchObject([
      {
        name: 'work, fast',
        value: 20,
        peer: 'slow',
        peerValue: 30,
        ratio: 0.5,
        reached: true,
        ofLimit: 0.25,
      },
      { name: 'work, fast: peak memory', unit: 'MB', value: 1, peerValue: 2, ratio: 0.5, reached: true },
    ]);
  });

  it('judges more as better where it is, and shares of the limit likewise', async () => {
    const [result] = await runRow(rowOf([], { better: 'higher', limit: () => 40 }), options);
    expect(result).toMatchObject({ ratio: 0.5, reached: true, ofLimit: 0.5 });
    const harder = [{ ours: 'fast', peer: 'slow', target: 0.51 }];
    const [missed] = await runRow(rowOf([], { better: 'higher', lines: harder }), options);
    expect(missed).toMatchObject({ reached: false });
  });

  it('without peers compares nothing, and judges values that stand alone', async () => {
    const alone = await runRow(rowOf([]), { ...options, peers: false });
    expect(alone).toMatchObject([{ peer: null, ratio: null, reached: null }]);
    const lines = [{ ours: 'fast', peer: null, target: 19 }];
    expect(await runRow(rowOf([], { lines }), options)).toMatchObject([{ value: 20, reached: false }]);
  });

  it('closes everyone when one fails', async () => {
    const log: string[] = [];
    const broken: Entrant = { name: 'slow', open: () => Promise.reject(new Error('no Python')) };
    await expect(runRow(rowOf(log, { peers: [broken] }), options)).rejects.toThrow('no Python');
    expect(log).toEqual(['fast closed']);
  });

  it('takes the middle, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

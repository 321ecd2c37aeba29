import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { everyMs } from '../../renderer/data/throttle.ts';
import { upsert, without } from '../../renderer/lib/collections.ts';
import { formatMetric, formatTick, isCounted, metricFor } from '../../renderer/lib/metric-text.ts';
import {
  cleanPath,
  countFormats,
  formatOf,
  holdRecords,
  holdText,
  suggestName,
} from '../../renderer/lib/outgoing.ts';
import { panelsOf } from '../../renderer/lib/panels.ts';
import { describeRange, formatSettingValue } from '../../renderer/lib/setting-text.ts';
import { STAGE_NAMES, stageSettings } from '../../trainer/config/stages.ts';
import { METRICS, type Metric } from '../../trainer/metrics.ts';

describe('values of metrics', () => {
  it('are percentages where the metric is a share', () => {
    expect(formatMetric('match/hard', 0.4731)).toBe('47.3%');
    expect(formatMetric('clip_ratio/low_mean', 0.000213)).toBe('0.02%');
    expect(formatMetric('restore/edit', 1)).toBe('100.0%');
    expect(formatMetric('restore/logprob', -0.25)).toBe('−0.25');
    expect(formatMetric('reward', 0.25)).toBe('0.25');
    expect([0, 0.125, 1].map((value) => formatTick(value, 'share'))).toEqual(['0%', '12.5%', '100%']);
  });

  it('cannot be negative where they count or share', () => {
    const counted = [
      'match/easy',
      'thinking/mean_length',
      'restore/exact',
      'restore/logprob',
      'reward',
      'kl',
    ];
    expect(counted.filter((name) => isCounted(metricFor(name).unit))).toEqual(counted.slice(0, 3));
  });
});

describe('dropped files', () => {
  it('have clean relative paths', () => {
    expect(cleanPath('/folder/a.txt')).toBe('folder/a.txt');
    expect(cleanPath('./a.txt')).toBe('a.txt');
    expect(cleanPath('..\\up\\a.txt')).toBe('up/a.txt');
  });

  it('tell their format, gzipped or not', () => {
    expect(formatOf('x/y.JSONL.gz')).toBe('.jsonl');
    expect(formatOf('x.d/README')).toBe('');
    expect(formatOf('.hidden')).toBe('');
    expect(holdRecords(['a.txt', 'b.csv.gz'])).toBe(true);
    expect(holdText(['b.csv'])).toBe(false);
  });

  it('suggest a name', () => {
    expect(suggestName(['texts/a.txt', 'texts/sub/b.txt'])).toBe('texts');
    expect(suggestName(['book.txt.gz'])).toBe('book');
    expect(suggestName(['a.txt', 'b.txt', 'c.txt'])).toBe('a and 2 more');
    expect(suggestName([])).toBe('');
  });

  it('are counted by format', () => {
    expect(countFormats(['a.png', 'b.txt', 'c.txt', 'd'])).toEqual([
      { format: '.txt', files: 2, known: true },
      { format: '.png', files: 1, known: false },
      { format: 'no ending', files: 1, known: true },
    ]);
  });
});

describe('panels', () => {
  const CUMULATIVE = ['wall_time', 'num_tokens', 'flops'];

  it('draw every metric once, but for the cumulative ones that serve as x', () => {
    const names = [
      ...Object.keys(METRICS),
      'rewards/match/mean',
      'rewards/length/mean',
      'restore/exact',
      'unheard_of',
    ];
    const drawn = panelsOf(names)
      .flatMap((panel) => [panel, ...panel.joined])
      .flatMap((panel) => panel.lines.map((line) => line.name));
    expect(drawn.toSorted()).toEqual(names.filter((name) => !CUMULATIVE.includes(name)).toSorted());
  });

  it('put lines of one unit into a panel', () => {
    for (const panel of panelsOf(Object.keys(METRICS))) {
      const units = new Set(
        panel.lines.map((line) => {
          const metric: Metric = METRICS[line.name as keyof typeof METRICS];
          return metric.unit;
        }),
      );
      expect(units.size, panel.title).toBe(1);
    }
  });

  it('stack the curriculum in the colours of the tiers', () => {
    const mix = panelsOf(['curriculum/hard', 'curriculum/easy', 'curriculum/medium'])[0];
    expect(mix?.kind).toBe('stack');
    expect(mix?.lines.map((line) => [line.label, line.colour])).toEqual([
      ['easy', 'var(--tier-easy)'],
      ['medium', 'var(--tier-medium)'],
      ['hard', 'var(--tier-hard)'],
    ]);
  });
});

describe('settings in words', () => {
  it('name the range of every setting', () => {
    for (const stage of STAGE_NAMES) {
      for (const [name, setting] of Object.entries(stageSettings[stage])) {
        expect(describeRange(setting), `${stage} ${name}`).toMatch(/^Default \S/);
      }
    }
  });

  it('show values as a reader would write them', () => {
    const { learningRate, curriculumStart, lengthReward, budgetInitial } = stageSettings.rmt;
    expect(formatSettingValue(learningRate, 1e-6)).toBe('1e-6');
    expect(formatSettingValue(curriculumStart, [0.2, 0.2, 0.6])).toBe('easy 0.2, medium 0.2, hard 0.6');
    expect(formatSettingValue(lengthReward, 'gated')).toBe(lengthReward.choices.gated);
    expect(formatSettingValue(budgetInitial, 20)).toBe('20 tokens');
    expect(formatSettingValue(undefined, true)).toBe('on');
  });
});

describe('collections', () => {
  const list = [{ id: 'a', n: 1 }];
  it('replace in place or add', () => {
    expect(upsert(list, { id: 'a', n: 2 }, 'first')).toEqual([{ id: 'a', n: 2 }]);
    expect(upsert(list, { id: 'b', n: 2 }, 'first').map((item) => item.id)).toEqual(['b', 'a']);
    expect(upsert(list, { id: 'b', n: 2 }, 'last').map((item) => item.id)).toEqual(['a', 'b']);
    expect(without(list, 'a')).toEqual([]);
    expect(list).toEqual([{ id: 'a', n: 1 }]);
  });
});

describe('refreshing at most every second', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('acts at once, then once for all that came in between', () => {
    const acts: string[] = [];
    const { call, cancel } = everyMs(1000, (name: string) => void acts.push(name));
    call('a');
    call('a');
    call('b');
    call('a');
    expect(acts).toEqual(['a', 'b']);
    vi.advanceTimersByTime(1000);
    expect(acts).toEqual(['a', 'b', 'a']);
    vi.advanceTimersByTime(5000);
    expect(acts).toEqual(['a', 'b', 'a']);
    call('a');
    call('a');
    cancel();
    vi.advanceTimersByTime(5000);
    expect(acts).toEqual(['a', 'b', 'a', 'a']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationSummary } from '../../electron/contract/comparisons.ts';
import { contract, type Output } from '../../electron/contract.ts';
import { comparisonReport } from '../../electron/report/comparison-report.ts';
import { scatterSvg } from '../../electron/report/scatter.ts';
import { PROTOCOL } from '../support/protocol.ts';

const interval = (mean: number, half: number) => ({ mean, low: mean - half, high: mean + half, n: 100 });

function evaluation(checkpointId: string, length: number | null, accuracy: number): EvaluationSummary {
  return {
    id: `e-${checkpointId}`,
    checkpointId,
    runId: 'r',
    protocol: { ...PROTOCOL, mode: length === null ? 'direct' : 'thinking' },
    protocolHash: 'h',
    items: 100,
    documents: 80,
    accuracy: { easy: null, medium: interval(0.5, 0.1), hard: null, all: interval(accuracy, 0.05) },
    scores: { match: interval(accuracy, 0.05), edit: interval(0.75, 0.01) },
    thinkingLength: length === null ? null : { ...interval(length, 1), median: length },
    truncatedShare: 0.01,
    createdAtMs: 0,
  };
}

function comparison(
  names: readonly string[],
  evaluations: readonly EvaluationSummary[],
): Output<'compare.checkpoints'> {
  return contract['compare.checkpoints'].output.parse({
    checkpoints: names.map((name, i) => ({
      id: `c${i}`,
      name,
      origin: 'run',
      stage: 'rmt',
      runId: null,
      runName: null,
      parentId: null,
      rootId: 'c0',
      step: 1,
      final: true,
      parameters: 1,
      vocabSize: 1,
      tokenizerSha256: '',
      bytes: 1,
      sha256: '',
      createdAtMs: 0,
      evaluations: 1,
    })),
    groups: [
      {
        protocolHash: 'h',
        protocol: evaluations[0]!.protocol,
        title: 'Next token, thinking, T = 1',
        evaluations,
        missing: [],
      },
    ],
    warnings: ['Two sets stand <apart>.'],
    differences: [],
  });
}

const FACTS = {
  title: 'Report',
  createdAtMs: 0,
  engine: 'kernels',
  version: '1',
  facts: [['Seed', '0']],
} as const;

describe('the report', () => {
  it('is one file without scripts or addresses, with names escaped', () => {
    const html = comparisonReport(
      comparison(
        ['<script>alert(1)</script>', 'RMT'],
        [evaluation('c0', 25, 0.5), evaluation('c1', 12, 0.7)],
      ),
      FACTS,
    );
    expect(html).not.toMatch(/<script|https?:|src=|@import|url\(/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('Two sets stand &lt;apart&gt;.');
    expect(html).toContain('70.0% <small>[65.0%, 75.0%]</small>');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html.match(/<circle/g)?.length).toBe(2);
    // The score that is the accuracy itself is shown once.
    expect(html).toContain('<th scope="col">edit</th>');
    expect(html).not.toContain('<th scope="col">match</th>');
  });

  it('has no picture of what does not think', () => {
    const html = comparisonReport(comparison(['Base'], [evaluation('c0', null, 0.5)]), FACTS);
    expect(html).not.toContain('<svg');
    expect(html).not.toContain('Truncated');
  });

  it('draws everything inside the picture, and no label on another', () => {
    // Five characters of seven units each.
    const width = 35;
    const points = fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 500, noNaN: true }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(points, (list) => {
        const svg = scatterSvg(
          list.map(([x, y], i) => ({ name: `Run ${i}`, x: interval(x, 3), y: interval(y, 0.05), colour: i })),
          'title',
        );
        const labels = [
          ...svg.matchAll(/class="label" x="([\d.-]+)" y="([\d.-]+)" text-anchor="(\w+)"/g),
        ].map(([, x, y, anchor]) => ({ left: Number(x) - (anchor === 'end' ? width : 0), y: Number(y) }));
        expect(labels.length).toBe(list.length);
        labels.forEach((a, i) => {
          expect(a.left).toBeGreaterThanOrEqual(0);
          expect(a.left + width).toBeLessThanOrEqual(480.1);
          expect(a.y).toBeGreaterThan(0);
          expect(a.y).toBeLessThan(330);
          for (const b of labels.slice(i + 1)) {
            expect(Math.abs(a.y - b.y) >= 13.8 || Math.abs(a.left - b.left) >= width - 0.2).toBe(true);
          }
        });
      }),
      { numRuns: 200 },
    );
  });
});

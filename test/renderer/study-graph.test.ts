import { describe, expect, it } from 'vitest';
import { shippedStudies, shippedStudy, studyLoader } from '../../electron/services/study-files.ts';
import { studyDetail, studySummary } from '../../electron/services/study-view.ts';
import { layOut, type StudyGraph } from '../../renderer/lib/study-graph.ts';

const load = studyLoader();

/** The graph of a study that was never started, from the same view as the page gets. */
function graphOf(name: string, source = shippedStudy(name)!): StudyGraph {
  const found = { kind: 'shipped', name, source } as const;
  const progress = { nodes: [], run: () => null };
  const summary = studySummary(found, load, true, progress, null);
  return layOut(studyDetail(summary, source, load(found), progress));
}

describe('the graph of a study', () => {
  it('puts what is given on the left, and each run right of its base', () => {
    const { cards, columns, edges } = graphOf('posttraining-saturation');
    expect(columns).toBe(3);
    expect(cards.map(({ id, column, base }) => [id, column, base])).toEqual([
      ['base', 0, null],
      ['rlm', 1, 'base'],
      ['rmt', 1, 'base'],
      ['post-base', 1, 'base'],
      ['post-rlm-n', 2, 'rlm'],
      ['post-rlm-2n', 2, 'rlm'],
      ['post-rmt-n', 2, 'rmt'],
      ['post-rmt-2n', 2, 'rmt'],
    ]);
    expect(edges.map(({ from, to }) => `${from.id} → ${to.id}`)).toHaveLength(7);
    const post = cards.find(({ id }) => id === 'post-rlm-n')!;
    expect(post.baseStep).toBeGreaterThan(0);
    expect(post.trained.map(({ seed }) => seed)).toEqual([0, 1, 2]);
    expect(post.evaluations.map(({ id }) => id)).toEqual(['curve', 'family']);
  });

  it.each(shippedStudies())('%s: no card covers another, and all of them fit', (name) => {
    const { cards, height, columns, edges } = graphOf(name);
    for (const [i, a] of cards.entries()) {
      expect(a.top + a.height).toBeLessThanOrEqual(height);
      expect(a.column).toBeLessThan(columns);
      for (const b of cards.slice(i + 1)) {
        const apart = a.column !== b.column || a.top + a.height < b.top || b.top + b.height < a.top;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    }
    for (const { from, to } of edges) expect(from.column).toBeLessThan(to.column);
  });
});

/** Comparisons over short real runs: ways through training, scaling, restorations, and evaluations made up for. */
import { describe, expect, it } from 'vitest';
import type { Run } from '../../electron/contract/run.ts';
import { openWorkspace } from '../../electron/workspace.ts';
import { importCorpus, onCleanUp, temporaryFolder, until, writeFiles } from './support.ts';

const TINY = {
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 8,
  intermediateSize: 32,
  vocabSize: 300,
  documentsPerStep: 2,
};

describe('comparing real runs', () => {
  it('draws paths and lines, reads restorations, and asks the others what one was asked', async () => {
    const workspace = await openWorkspace(temporaryFolder(), { closeGraceMs: 2000 });
    onCleanUp(() => workspace.close());
    const texts = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `${i}.txt`,
        `Text number ${i} says that ${i} plus one is ${i + 1}.`,
      ]),
    );
    const corpus = await importCorpus(workspace, { paths: [writeFiles(texts)], validationShare: 0.3 });
    const over = (id: string): Promise<Run> =>
      until(async () => {
        const { run } = await workspace.call('runs.get', { runId: id });
        expect(run.state, run.reason ?? '').not.toBe('failed');
        return run.state === 'finished' && run;
      });
    const pretrain = await workspace.call('runs.create', {
      stage: 'pretrain',
      corpusId: corpus.id,
      name: 'base',
      settings: { ...TINY, maxSteps: 4, saveSteps: 2 },
    });
    const base = { kind: 'run', runId: pretrain.id } as const;
    const rlm = await workspace.call('runs.create', {
      stage: 'rlm',
      corpusId: corpus.id,
      name: 'rlm',
      base,
      settings: {
        documentsPerStep: 2,
        promptsPerStep: 2,
        numGenerations: 3,
        maxThinkingTokens: 5,
        maxAnswerTokens: 4,
        maxSteps: 8,
        saveSteps: 4,
        sampleSteps: 4,
      },
    });
    const evaluation = await workspace.call('runs.create', {
      stage: 'evaluate',
      corpusId: corpus.id,
      base,
      settings: {
        itemsPerTier: 4,
        restorationItems: 6,
        maxThinkingTokens: 6,
        maxAnswerTokens: 4,
        temperatures: [1],
        forcedBudgets: [2, 4],
      },
    });
    await over(rlm.id);
    await over(evaluation.id);
    const checkpoints = await workspace.call('checkpoints.list', {});
    const idsOf = (run: Run): string[] =>
      checkpoints
        .filter(({ runId }) => runId === run.id)
        .sort((a, b) => a.step - b.step)
        .map(({ id }) => id);
    const [start, ...later] = [idsOf(pretrain).at(-1)!, ...idsOf(rlm)];
    const checkpointIds = [start, ...later];

    const before = await workspace.call('compare.checkpoints', { checkpointIds });
    const hashes = before.groups.map(({ protocolHash }) => protocolHash);
    // Direct and, for next tokens and spans, at free length and at two forced ones.
    expect(hashes.length).toBe(7);
    const { plan, skipped } = await workspace.call('compare.missing', {
      checkpointIds,
      protocolHashes: hashes,
    });
    expect(skipped).toEqual([]);
    expect(plan.map(({ checkpoint, titles }) => [checkpoint.id, titles.length])).toEqual(
      later.map((id) => [id, 7]),
    );
    const { runs } = await workspace.call('compare.runMissing', { checkpointIds, protocolHashes: hashes });
    const again = await workspace.call('compare.runMissing', { checkpointIds, protocolHashes: hashes });
    expect(again.runs).toEqual([]);
    expect(again.skipped.map(({ reason }) => reason)).toEqual(
      later.map(() => 'This evaluation of it is queued or under way.'),
    );
    for (const { id } of runs) await over(id);
    const after = await workspace.call('compare.checkpoints', { checkpointIds });
    expect(after.groups.map(({ protocolHash, missing }) => [protocolHash, missing])).toEqual(
      expect.arrayContaining(hashes.map((hash) => [hash, []])),
    );
    expect(after.groups.length).toBe(hashes.length);
    expect(after.differences).toEqual([]);

    const { paths, protocolHash } = await workspace.call('compare.paths', { runIds: [rlm.id] });
    expect(protocolHash).not.toBeNull();
    expect(paths[0]!.points.map(({ checkpointId, step }) => [checkpointId, step])).toEqual([
      [start, 0],
      [later[0], 4],
      [later[1], 8],
    ]);
    for (const point of paths[0]!.points) expect(point.accuracy!.n).toBe(point.length!.n);

    const [line] = await workspace.call('compare.scaling', { runIds: [rlm.id], bins: 4 });
    expect(line!.points.length).toBeGreaterThan(2);
    expect(line!.fit!.slope.low).toBeLessThanOrEqual(line!.fit!.slope.high);
    expect(line!.checkpoints.map(({ checkpointId }) => checkpointId)).toEqual(later);
    const none = await workspace.call('compare.scaling', { runIds: [pretrain.id] });
    expect(none[0]!.note).toBe('It recorded no “reward”.');

    const step = await workspace.call('runs.restorations', { runId: rlm.id });
    expect(step).toMatchObject({ step: 8, total: 2 });
    expect(step.rows[0]!.candidates.length).toBe(3);
    const [first] = step.rows;
    const words = first!.truthText;
    const found = await workspace.call('runs.restorations', { runId: rlm.id, text: words });
    expect(found.rows.map(({ key }) => key)).toContain(first!.key);
    expect((await workspace.call('runs.restorations', { runId: rlm.id, text: 'no such words' })).total).toBe(
      0,
    );
    expect(Object.keys(step.rows[0]!.candidates[0]!.parts)).toContain('edit');
    expect(
      step.byMaskFraction.flatMap(({ groups }) => groups.map(({ n }) => n)).reduce((a, b) => a + b),
    ).toBe(6);

    const families = await workspace.call('compare.budgetCurves', { checkpointIds });
    expect(families.map(({ title, budgets }) => [title, budgets]).sort()).toEqual([
      ['Next token, T = 1', [2, 4]],
      ['Restoration, T = 1', [2, 4]],
    ]);
    for (const family of families) {
      expect(family.curves.every(({ points, auc }) => points.length === 2 && auc !== null)).toBe(true);
      for (const { points } of family.curves) {
        for (const { budget, length } of points) expect(length.mean).toBe(budget);
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/errors.ts';
import { shippedStudies, shippedStudy } from '../../../electron/services/study-files.ts';
import { loadStudy } from '../../../electron/studies/load.ts';
import { needsOf } from '../../../electron/studies/planned.ts';

const FULL = { quick: false, seeds: null };

const SMALL = `name: small
title: Small
question: Does it work?
minutes: 1
seeds: [3, 5]
corpora:
  documents: {sample: documents, count: 100}
  test: {sample: documents, seed: 1000, count: 50, heldOut: true}
checkpoints:
  base: {sample: base}
settings:
  common: {maxSteps: 10, saveSteps: 5}
  rmt: {budgetInitial: 12}
runs:
  - {id: sft, label: SFT, stage: sft, base: base}
  - {id: "w{lengthRewardWeight}", label: "w {lengthRewardWeight}", stage: rmt, base: {run: sft, share: 0.5}, grid: {lengthRewardWeight: [0.1, 0.4]}}
evaluations:
  - {id: held-out, label: held out, documents: test, of: [base, "w{lengthRewardWeight}"], steps: {every: 5}}
measures:
  accuracy: {label: Accuracy, evaluation: held-out}
claims:
  - {id: c, kind: difference, statement: It helps., run: w0.1, than: base, measure: accuracy, expect: greater}
quick:
  minutes: 1
  seeds: [0]
  settings: {common: {maxSteps: 4, saveSteps: 2}}
  steps: {held-out: final}
`;

function errorOf(text: string): { name: string; message: string; wayOut: string } {
  try {
    loadStudy(text, 'small.yaml', FULL);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

/** The file with one line changed; the line's number. */
function changed(from: string, to: string): { text: string; line: number } {
  expect(SMALL.split(from)).toHaveLength(2);
  return { text: SMALL.replace(from, to), line: SMALL.slice(0, SMALL.indexOf(from)).split('\n').length };
}

describe('a study file', () => {
  it('becomes nodes: grids × seeds, bases at their steps, evaluations of every step', () => {
    const { plan } = loadStudy(SMALL, 'small.yaml', FULL);
    expect(plan.runs.map(({ id, label, baseStep }) => [id, label, baseStep])).toEqual([
      ['sft', 'SFT', null],
      ['w0.1', 'w 0.1', 5],
      ['w0.4', 'w 0.4', 5],
    ]);
    expect(plan.nodes.map(({ id }) => id)).toEqual([
      'base/held-out',
      'sft/3',
      'w0.1/3',
      'w0.1/3@0/held-out',
      'w0.1/3@5/held-out',
      'w0.1/3/held-out',
      'w0.4/3',
      'w0.4/3@0/held-out',
      'w0.4/3@5/held-out',
      'w0.4/3/held-out',
      'sft/5',
      'w0.1/5',
      'w0.1/5@0/held-out',
      'w0.1/5@5/held-out',
      'w0.1/5/held-out',
      'w0.4/5',
      'w0.4/5@0/held-out',
      'w0.4/5@5/held-out',
      'w0.4/5/held-out',
    ]);
    const node = (id: string) => plan.nodes.find((one) => one.id === id)!;
    expect(node('w0.4/5')).toMatchObject({
      settings: { lengthRewardWeight: 0.4, budgetInitial: 12, maxSteps: 10, seed: 5 },
      documents: 'documents',
      base: { kind: 'node', id: 'sft/5', step: 5 },
    });
    // Tiers come from the first of the lineage; step 0 is where a run starts from.
    expect(node('w0.4/5@0/held-out')).toMatchObject({
      base: { kind: 'node', id: 'sft/5', step: 5 },
      tiers: { kind: 'checkpoint', name: 'base' },
      documents: 'test',
    });
  });

  it('has a quick form, whose settings win, and takes other seeds', () => {
    const quick = loadStudy(SMALL, 'small.yaml', { quick: true, seeds: null }).plan;
    expect(quick.nodes.map(({ id }) => id)).toEqual([
      'base/held-out',
      'sft/0',
      'w0.1/0',
      'w0.1/0/held-out',
      'w0.4/0',
      'w0.4/0/held-out',
    ]);
    expect(quick.nodes[2]).toMatchObject({ settings: { maxSteps: 4 }, base: { step: 2 } });
    expect(loadStudy(SMALL, 'small.yaml', { quick: false, seeds: [7] }).plan.seeds).toEqual([7]);
  });

  it.each([
    ['minutes: 1\nseeds', 'minutes: soon\nseeds', 'minutes: must be number, not string.', 'docs/studies.md'],
    ['question: Does', 'questions: Does', 'questions: is not known here.', 'docs/studies.md'],
    ['stage: sft', 'stage: evaluate', 'runs.0.stage: expected one of', 'docs/studies.md'],
    ['{run: sft, share', '{run: stf, share', 'runs.1.base: names “stf”', 'Use one of base, sft'],
    ['budgetInitial: 12', 'budgetInital: 12', 'There is no setting "budgetInital" here', 'Remove it'],
    ['share: 0.5', 'step: 4', 'wants step 4 of “sft”, which saves none then', 'Set its saveSteps'],
    ['{every: 5}}', '{every: 4}}', 'want step 4 of “w0.1”, which saves none then', 'saveSteps are 5'],
    ['documents: test, of', 'documents: tset, of', 'names no corpus of this study', 'documents, test'],
    ['measure: accuracy', 'measure: acuracy', 'names no measure of this study', 'There are accuracy'],
    ['run: w0.1, than', 'run: w0.2, than', 'names neither a run nor a checkpoint', 'w0.1, w0.4'],
    ['run: w0.1, than', 'run: sft, than', '“held-out” does not evaluate “sft”', 'docs/studies.md'],
    [
      'accuracy: {label: Accuracy, evaluation: held-out}',
      'accuracy: {label: Accuracy, evaluation: held-out, temperature: 0.5}',
      'is of what “held-out” does not ask',
      'temperatures: [0.5]',
    ],
    ['label: SFT, stage: sft, base: base', 'label: SFT, stage: sft, base: w0.1', 'starts from itself', ''],
    ['{id: sft,', '{id: base,', 'gives “base”, which stands for something else too', 'name of its own'],
  ])('%j as %j is refused with its line', (from, to, message, wayOut) => {
    const { text, line } = changed(from, to);
    const error = errorOf(text);
    expect(error.name).toBe('StudyInvalid');
    expect(error.message).toContain(message);
    expect(error.wayOut).toContain(wayOut);
    const lines = [...error.message.matchAll(/small\.yaml, line (\d+)/g)].map((match) => Number(match[1]));
    // What runs in a circle is of no line of its own.
    if (!message.includes('itself')) expect(lines).toContain(line);
  });

  it('refuses training on what is held out', () => {
    const { text, line } = changed('stage: sft, base: base', 'stage: sft, base: base, documents: test');
    expect(errorOf(text).message).toContain(
      `line ${line}: runs.0.documents: names a corpus that is held out`,
    );
  });

  it('that is no YAML is refused with its line', () => {
    expect(errorOf('name: x\nruns: [1, 2\n')).toMatchObject({
      name: 'StudyInvalid',
      message: expect.stringContaining('small.yaml, line 3: this is no YAML'),
    });
  });
});

describe('shipped studies', () => {
  it('are the five', () => {
    expect(shippedStudies()).toEqual([
      'posttraining-saturation',
      'rlm-scaling',
      'rlm-vs-sft',
      'rmt-sensitivity',
      'rmt-table',
    ]);
  });

  it.each(shippedStudies())('%s loads in both forms, its nodes after what they need', (name) => {
    const text = shippedStudy(name)!;
    const full = loadStudy(text, name, FULL);
    const quick = loadStudy(text, name, { quick: true, seeds: null });
    expect(full.study.name).toBe(name);
    expect(full.plan.seeds.length).toBeGreaterThanOrEqual(3);
    expect(quick.plan.runs.map(({ id }) => id)).toEqual(full.plan.runs.map(({ id }) => id));
    for (const { plan } of [full, quick]) {
      const places = new Map(plan.nodes.map(({ id }, i) => [id, i]));
      expect(places.size).toBe(plan.nodes.length);
      plan.nodes.forEach((node, i) => {
        for (const need of needsOf(node))
          expect(places.get(need), `${node.id} needs ${need}`).toBeLessThan(i);
      });
    }
  });

  it.each(shippedStudies())('%s asks of held-out seeds and of the other family, apart', (name) => {
    const { study } = loadStudy(shippedStudy(name)!, name, FULL);
    const asked = study.evaluations.map(({ documents, questions }) =>
      [documents, questions].flatMap((corpus) => (corpus === undefined ? [] : [study.corpora[corpus]!])),
    );
    for (const corpora of asked) {
      for (const { heldOut, seed } of corpora)
        expect({ heldOut, seed }).toEqual({ heldOut: true, seed: 1000 });
      expect(new Set(corpora.map(({ family }) => family)).size).toBe(1);
    }
    const families = asked.map((corpora) => corpora[0]!.family);
    expect(families).toContain('swapped');
    expect(families).toContain('known');
  });
});

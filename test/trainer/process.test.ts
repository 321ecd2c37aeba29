import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../trainer/checkpoints/folder.ts';
import type { FromTrainer, Job } from '../../trainer/protocol.ts';
import { writeSampleCorpora } from '../support/corpus.ts';
import { is, jobFor, startTrainer, type TrainerUnderTest } from '../support/trainer.ts';

const root = mkdtempSync(join(tmpdir(), 'midtrain-trainer-'));
const corpora = writeSampleCorpora(join(root, 'corpora'));
afterAll(() => rmSync(root, { recursive: true }));

let trainer: TrainerUnderTest | null = null;
afterEach(async () => {
  await trainer?.end();
  trainer = null;
});

const tinyModel = {
  tokenizer: 'words',
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 8,
  intermediateSize: 32,
  maxPositionEmbeddings: 128,
  documentsPerStep: 8,
  thinkFraction: 0.5,
  fillFraction: 0.2,
};

const pretrainJob = (name: string, settings: Record<string, unknown>, more: Partial<Job> = {}): Job =>
  jobFor(join(root, name), {
    stage: 'pretrain',
    settings: { ...tinyModel, ...settings },
    documents: corpora.documents,
    ...more,
  });

const losses = (messages: readonly FromTrainer[]): Map<number, number> =>
  new Map(messages.filter(is('metrics')).map(({ step, values }) => [step, values.loss!]));

async function runToEnd(job: Job): Promise<FromTrainer[]> {
  const running = startTrainer();
  try {
    running.send({ kind: 'job', job });
    const end = await running.until(is('finished', 'failed'));
    if (end.kind === 'failed') throw new Error(end.error.message);
    return running.messages;
  } finally {
    await running.end();
  }
}

const lastCheckpoint = (messages: readonly FromTrainer[]): string =>
  messages.findLast(is('checkpoint'))!.folder;

describe('the trainer process', () => {
  it('greets, says which engine it took and why, reports steps, and leaves a final checkpoint', async () => {
    const messages = await runToEnd(pretrainJob('whole', { maxSteps: 6, saveSteps: 2 }));
    expect(messages[0]).toMatchObject({ kind: 'hello', version: 1 });
    expect(messages.find(is('engine'))!.report.description).not.toBe('');
    expect([...losses(messages).keys()]).toEqual([1, 2, 3, 4, 5, 6]);
    const checkpoints = messages.filter(is('checkpoint'));
    expect(checkpoints.map(({ step, final }) => [step, final])).toEqual([
      [2, false],
      [4, false],
      [6, true],
    ]);
    expect(readCheckpoint(checkpoints[2]!.folder, true).training?.step).toBe(6);
  });

  it('killed in the middle and resumed, goes on to the same numbers as an uninterrupted run', async () => {
    const settings = { maxSteps: 12, saveSteps: 4 };
    const whole = await runToEnd(pretrainJob('uninterrupted', settings));
    trainer = startTrainer();
    trainer.send({ kind: 'job', job: pretrainJob('killed', settings) });
    await trainer.until(
      (m): m is Extract<FromTrainer, { kind: 'metrics' }> => m.kind === 'metrics' && m.step === 6,
    );
    await trainer.end();
    const [saved] = readdirSync(join(root, 'killed', 'checkpoints')).filter((name) => !name.includes('tmp'));
    const resumed = await runToEnd(
      pretrainJob('killed', settings, { resume: join(root, 'killed', 'checkpoints', saved!) }),
    );
    expect(resumed.find(is('started'))!.fromStep).toBe(4);
    const expected = losses(whole);
    const actual = losses(resumed);
    expect([...actual.keys()]).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    for (const [step, loss] of actual) expect(Math.abs(loss - expected.get(step)!)).toBeLessThan(1e-5);
    const tokens = (messages: readonly FromTrainer[]) => messages.findLast(is('metrics'))!.values.num_tokens;
    expect(tokens(resumed)).toBe(tokens(whole));
  });

  it('pauses, goes on, and stops at a step boundary with a checkpoint', async () => {
    trainer = startTrainer();
    trainer.send({ kind: 'job', job: pretrainJob('stopped', { maxSteps: 100_000, saveSteps: 0 }) });
    await trainer.until(is('metrics'));
    trainer.send({ kind: 'pause' });
    await trainer.until(is('paused'));
    const before = trainer.messages.filter(is('metrics')).length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(trainer.messages.filter(is('metrics')).length).toBe(before);
    trainer.send({ kind: 'resume' });
    await trainer.until((m): m is FromTrainer => m.kind === 'metrics' && m.step > before);
    trainer.send({ kind: 'stop' });
    expect((await trainer.until(is('finished'))).outcome).toBe('stopped');
    const { step } = trainer.messages.findLast(is('metrics'))!;
    expect(readCheckpoint(lastCheckpoint(trainer.messages), true).training?.step).toBe(step);
  });

  it('runs every stage and an evaluation, on one base', async () => {
    const base = lastCheckpoint(await runToEnd(pretrainJob('base', { maxSteps: 40, learningRate: 0.01 })));
    const inputs = { base, documents: corpora.documents, questions: corpora.questions };
    const rollouts = {
      maxSteps: 2,
      promptsPerStep: 4,
      numGenerations: 4,
      maxThinkingTokens: 8,
      documentsPerStep: 8,
      sampleSteps: 1,
    };
    const { documentsPerStep: _, ...forQuestions } = rollouts;
    const stages = {
      sft: { maxSteps: 2 },
      rmt: { ...rollouts, beta: 0.1, numIterations: 2 },
      rpt: rollouts,
      rlm: { ...rollouts, logprobWeight: 0.5 },
      posttrain: forQuestions,
      evaluate: {
        itemsPerTier: 6,
        restorationItems: 6,
        questionItems: 4,
        maxThinkingTokens: 8,
        forcedBudgets: [3],
      },
    } as const;
    trainer = startTrainer();
    for (const [stage, settings] of Object.entries(stages)) {
      const from = trainer.messages.length;
      const job = jobFor(join(root, stage), { stage: stage as Job['stage'], settings, ...inputs });
      trainer.send({ kind: 'job', job });
      const ended = (m: FromTrainer): m is Extract<FromTrainer, { kind: 'finished' | 'failed' }> =>
        is('finished', 'failed')(m) && trainer!.messages.indexOf(m) >= from;
      expect(await trainer.until(ended), stage).toMatchObject({ kind: 'finished', outcome: 'finished' });
      const own = trainer.messages.slice(from);
      if (stage === 'evaluate') {
        const protocols = new Set(
          own.filter(is('evaluation')).map(({ protocol }) => JSON.stringify(protocol)),
        );
        // Next tokens: direct, and thinking at two temperatures × (free, forced 3); restoration and questions likewise.
        expect(protocols.size).toBe(1 + 4 + 4 + 4);
        const forced = own.filter(is('evaluation')).filter(({ protocol }) => protocol.forcedBudget === 3);
        for (const { items } of forced) for (const item of items) expect(item.thinkingLength).toBe(3);
      } else {
        for (const { values } of own.filter(is('metrics'))) {
          for (const [name, value] of Object.entries(values)) expect(value, `${stage} ${name}`).not.toBeNaN();
        }
        if (stage !== 'sft') expect(own.filter(is('samples'))[0]!.samples.length).toBe(16);
      }
    }
  });

  it('names what is wrong with a job and what to do, and takes the next one', async () => {
    trainer = startTrainer();
    const job = (base: string | null, settings: Record<string, unknown>) =>
      jobFor(join(root, 'bad'), { stage: 'sft', settings, base, documents: corpora.documents });
    trainer.send({ kind: 'job', job: job(join(root, 'nowhere'), {}) });
    expect((await trainer.until(is('failed'))).error).toMatchObject({ name: 'CheckpointUnusable' });
    trainer.messages.length = 0;
    trainer.send({ kind: 'job', job: job(null, { learningRat: 1 }) });
    expect((await trainer.until(is('failed'))).error).toMatchObject({
      name: 'BadSettings',
      message: 'There is no setting "learningRat" here.',
    });
  });
});

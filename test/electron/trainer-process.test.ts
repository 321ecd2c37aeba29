import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTrainer, type TrainerOptions } from '../../electron/trainer-process.ts';
import type { FromTrainer, Job } from '../../trainer/protocol.ts';
import type { Script } from './fixtures/scripted-trainer.ts';
import { onCleanUp, scriptedTrainer, temporaryFolder, until, writeFiles } from './support.ts';

function start(options: Partial<TrainerOptions> = {}) {
  const trainer = createTrainer({ entry: scriptedTrainer, ...options });
  onCleanUp(() => trainer.close());
  return trainer;
}

function job(script: Script): Job {
  const folder = temporaryFolder();
  return {
    runId: 'r',
    runName: JSON.stringify(script),
    stage: 'pretrain',
    settings: {},
    folder,
    documents: null,
    questions: null,
    base: null,
    tierReference: null,
    resume: null,
    entropyFolder: folder,
    engine: { request: 'auto', threads: 0, cacheFolder: folder },
  };
}

describe('the trainer process', () => {
  it('runs jobs one after another in the same child, messages in order', async () => {
    const trainer = start();
    const messages: FromTrainer[] = [];
    const end = await trainer.run(job({ steps: 3 }), (message) => messages.push(message));
    expect(end).toEqual({ kind: 'finished', outcome: 'finished' });
    const steps = messages.flatMap((message) => (message.kind === 'metrics' ? [message.step] : []));
    expect(steps).toEqual([1, 2, 3]);
    const pid = trainer.pid();
    await trainer.run(job({ steps: 1 }), () => undefined);
    expect(trainer.pid()).toBe(pid);
  });

  it('refuses a second job at a time', async () => {
    const trainer = start();
    const first = trainer.run(job({ steps: 200, stepMs: 5 }), () => undefined);
    expect(() => trainer.run(job({}), () => undefined)).toThrow(/already has a job/);
    trainer.send({ kind: 'stop' });
    expect(await first).toEqual({ kind: 'finished', outcome: 'stopped' });
  });

  it('hears pause, resume and stop even before the child has said hello', async () => {
    const trainer = start();
    const kinds: string[] = [];
    const end = trainer.run(job({ steps: 500, stepMs: 2 }), (message) => kinds.push(message.kind));
    trainer.send({ kind: 'pause' });
    await until(async () => kinds.includes('paused'));
    expect(kinds).not.toContain('metrics');
    trainer.send({ kind: 'resume' });
    await until(async () => kinds.includes('metrics'));
    trainer.send({ kind: 'stop' });
    expect(await end).toEqual({ kind: 'finished', outcome: 'stopped' });
  });

  it('reports a crash with exit code and last output, and starts afresh', async () => {
    const trainer = start();
    const steps: number[] = [];
    const end = await trainer.run(job({ crash: { step: 3, code: 7 } }), (message) => {
      if (message.kind === 'metrics') steps.push(message.step);
    });
    expect(end).toMatchObject({ kind: 'died', reason: expect.stringContaining('exit code 7') });
    expect(end).toMatchObject({ lastOutput: 'working on pretrain\nabout to crash\n' });
    expect(steps).toEqual([1, 2, 3]);
    expect(await trainer.run(job({ steps: 1 }), () => undefined)).toMatchObject({ kind: 'finished' });
  });

  it('reports kill -9 at once, with a hint at memory', async () => {
    const trainer = start();
    let killedMs = 0;
    const end = await trainer.run(job({ steps: 1000, stepMs: 5 }), (message) => {
      if (message.kind !== 'metrics' || message.step !== 20) return;
      killedMs = performance.now();
      process.kill(trainer.pid()!, 'SIGKILL');
    });
    expect(performance.now() - killedMs).toBeLessThan(1000);
    expect(end).toMatchObject({
      kind: 'died',
      reason: expect.stringMatching(/SIGKILL.*memory ran out.*GiB/),
    });
  });

  it('kills a child that gives no sign of life', async () => {
    const trainer = start({ heartbeatTimeoutMs: 1500 });
    const end = await trainer.run(job({ hangAt: 2 }), () => undefined);
    expect(end).toMatchObject({ kind: 'died', reason: expect.stringContaining('no sign of life for 1.5 s') });
  });

  it('does not kill a child that works long but beats', async () => {
    const trainer = start({ heartbeatTimeoutMs: 1500 });
    const end = await trainer.run(job({ steps: 2, stepMs: 2000 }), () => undefined);
    expect(end).toMatchObject({ kind: 'finished' });
  });

  it('ends a child whose messages do not fit the protocol', async () => {
    const trainer = start();
    const end = await trainer.run(job({ lieAt: 2, steps: 1000 }), () => undefined);
    expect(end).toMatchObject({
      kind: 'died',
      reason: expect.stringMatching(/does not fit the protocol \(step/),
    });
  });

  it('keeps a named failure and replaces the child that had it', async () => {
    const trainer = start();
    const end = await trainer.run(job({ failAt: 2 }), () => undefined);
    expect(end).toMatchObject({ kind: 'failed', error: { name: 'Scripted', wayOut: 'Do not tell it to.' } });
    expect(trainer.pid()).toBeNull();
    expect(await trainer.run(job({ steps: 1 }), () => undefined)).toMatchObject({ kind: 'finished' });
  });

  it('refuses a child of another protocol version', async () => {
    process.env.SCRIPTED_VERSION = '999';
    onCleanUp(() => {
      delete process.env.SCRIPTED_VERSION;
    });
    const end = await start().run(job({}), () => undefined);
    expect(end).toMatchObject({ kind: 'died', reason: expect.stringContaining('protocol version 999') });
  });

  it('reports a child that cannot start, and one that never says hello', async () => {
    const missing = start({ entry: join(temporaryFolder(), 'none.ts') });
    const end = await missing.run(job({}), () => undefined);
    expect(end).toMatchObject({ kind: 'died', lastOutput: expect.stringContaining('Cannot find module') });

    const mute = join(writeFiles({ 'mute.mjs': 'setInterval(() => {}, 1000)' }), 'mute.mjs');
    const silent = start({ entry: mute, helloTimeoutMs: 500 });
    expect(await silent.run(job({}), () => undefined)).toMatchObject({
      reason: expect.stringContaining('did not answer'),
    });
  });

  it('lets an idle child go', async () => {
    const trainer = start({ idleTimeoutMs: 50 });
    await trainer.run(job({ steps: 1 }), () => undefined);
    const pid = trainer.pid()!;
    await until(async () => trainer.pid() === null);
    await until(async () => !isAlive(pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

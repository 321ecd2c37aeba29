/**
 * Writes down what the trainer tells of one job. Points and samples are gathered and written twice a second in one
 * transaction; a checkpoint is written together with everything before it, so that what a resumed run keeps is whole.
 */
import type { FromTrainer, Sample } from '../../trainer/protocol.ts';
import { toCheckpoint } from '../db/checkpoints.ts';
import type { RunChanges, RunRow } from '../db/runs.ts';
import { newId } from '../ids.ts';
import type { Context } from './context.ts';
import { evaluationRecorder } from './evaluation-recorder.ts';
import { metricWriter } from './metric-writer.ts';
import { rateTracker } from './rate.ts';
import { type Live, latestValues, TABLE_METRICS, toRun } from './run-view.ts';
import { inWorkspace } from './workspace-paths.ts';

export const FLUSH_INTERVAL_MS = 500;

type CheckpointMessage = Extract<FromTrainer, { kind: 'checkpoint' }>;

export interface Recorder {
  /** @throws if the message contradicts what came before, or cannot be written */
  receive(message: FromTrainer): void;
  live(): Live;
  /** Writes all that waits and ends the recording. */
  close(): void;
}

/**
 * @param measured what the machine does, as metrics to record beside the trainer's own
 * @param onFailure a write failed (the disk is full, for example): the job's events are lost from here on
 */
export function recordRun(
  context: Context,
  started: RunRow,
  measured: () => Readonly<Record<string, number>>,
  onFailure: (error: unknown) => void,
): Recorder {
  const { queries, db, emit } = context;
  const { id, key } = started;
  const metrics = metricWriter(queries.metrics, queries.metrics, key);
  const evaluations = evaluationRecorder(context, started);
  const rate = rateTracker();

  let step = started.step;
  let totalSteps = started.totalSteps;
  let samples: { step: number; sample: Sample }[] = [];
  const latest = latestValues.parse(JSON.parse(started.latest));
  /** Every metric's newest value since the last flush. */
  let fresh: Record<string, number> = {};
  let progress: Live['progress'] = null;
  let changed = false;
  /** null while preparing or paused. */
  let activeSinceMs: number | null = null;
  let durationMs = started.durationMs;

  const timer = setInterval(() => {
    try {
      flush();
    } catch (error) {
      clearInterval(timer);
      onFailure(error);
    }
  }, FLUSH_INTERVAL_MS);

  const live = (): Live => ({
    progress,
    remainingMs: progress
      ? rate.remainingMs(progress.total)
      : totalSteps === null
        ? null
        : rate.remainingMs(totalSteps),
  });

  function tick(nowMs: number): void {
    if (activeSinceMs === null) return;
    durationMs += nowMs - activeSinceMs;
    activeSinceMs = nowMs;
  }

  function flush(alsoWrite?: () => void): void {
    if (!changed && metrics.pending() === 0 && samples.length === 0 && !alsoWrite) return;
    const nowMs = Date.now();
    tick(nowMs);
    const hasMetrics = metrics.pending() > 0;
    const sampledAt = samples.at(-1)?.step;
    db.transaction(() => {
      metrics.write();
      for (const { step: at, sample } of samples) queries.samples.add(key, at, sample);
      queries.runs.update(id, {
        step,
        durationMs,
        latest: JSON.stringify(latest),
      });
      alsoWrite?.();
    })();
    metrics.written();
    samples = [];
    changed = false;
    if (hasMetrics) emit({ kind: 'metrics', runId: id, step, latest: fresh });
    fresh = {};
    if (sampledAt !== undefined) emit({ kind: 'samples', runId: id, step: sampledAt });
    emitRun();
  }

  function emitRun(): void {
    const row = queries.runs.byId(id);
    if (row) emit({ kind: 'run', run: toRun(row, live()) });
  }

  function update(changes: Partial<RunChanges>): void {
    queries.runs.update(id, changes);
    emitRun();
  }

  function noteMetrics(at: number, values: Readonly<Record<string, number>>): void {
    metrics.append(at, values);
    step = Math.max(step, at);
    progress = null;
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) {
        delete latest[name];
        delete fresh[name];
        continue;
      }
      fresh[name] = value;
      if (TABLE_METRICS.has(name)) latest[name] = value;
    }
    rate.note('steps', at, Date.now());
  }

  function noteProgress(label: string, done: number, total: number): void {
    progress = { label, done, total };
    // An evaluation's items are its steps, whatever part of it they belong to.
    const isWhole = started.stage === 'evaluate' && total === totalSteps;
    if (isWhole) step = done;
    rate.note(isWhole ? 'steps' : label, done, Date.now());
    changed = true;
  }

  function noteCheckpoint(message: CheckpointMessage): void {
    const known = queries.checkpoints.ofRun(id).find((row) => row.step === message.step);
    const checkpointId = known?.id ?? newId();
    flush(() => {
      const name = message.final ? started.name : `${started.name}, step ${message.step}`;
      if (known) {
        const { bytes, sha256 } = message;
        const wasRenamed = known.name !== `${started.name}, step ${message.step}`;
        const final = message.final ? 1 : 0;
        queries.checkpoints.update(known.id, { name: wasRenamed ? known.name : name, final, bytes, sha256 });
        return;
      }
      const baseId = started.baseCheckpointId ?? started.forkCheckpointId;
      const base = baseId === null ? null : queries.checkpoints.byId(baseId);
      queries.checkpoints.add(
        {
          id: checkpointId,
          name,
          origin: 'run',
          stage: started.stage,
          runId: id,
          parentId: base?.id ?? null,
          rootId: base?.rootId ?? checkpointId,
          step: message.step,
          final: message.final,
          folder: inWorkspace(context.folder, message.folder),
          parameters: message.parameters,
          vocabSize: message.vocabSize,
          tokenizerSha256: message.tokenizerSha256,
          bytes: message.bytes,
          sha256: message.sha256,
          createdAtMs: Date.now(),
        },
        message.tokenizerKind,
      );
    });
    const row = queries.checkpoints.byId(checkpointId);
    if (row) emit({ kind: 'checkpoint', checkpoint: toCheckpoint(row) });
  }

  return {
    receive(message) {
      switch (message.kind) {
        case 'engine': {
          const report = JSON.stringify(message.report);
          update({ engine: report });
          queries.settings.set('engineReport', message.report);
          return;
        }
        case 'started':
          step = message.fromStep;
          totalSteps = message.totalSteps;
          activeSinceMs = Date.now();
          update({
            totalSteps: message.totalSteps,
            step,
            parameters: message.parameters,
            flopsPerToken: message.flopsPerToken,
          });
          return;
        case 'paused':
          tick(Date.now());
          activeSinceMs = null;
          rate.reset();
          return;
        case 'resumed':
          activeSinceMs = Date.now();
          return;
        case 'progress':
          noteProgress(message.label, message.done, message.total);
          return;
        case 'metrics':
          noteMetrics(message.step, { ...message.values, ...measured() });
          return;
        case 'samples':
          for (const sample of message.samples) samples.push({ step: message.step, sample });
          return;
        case 'checkpoint':
          noteCheckpoint(message);
          return;
        case 'entropy':
          queries.checkpoints.addEntropy({
            ...message,
            path: inWorkspace(context.folder, message.path),
            createdAtMs: Date.now(),
          });
          return;
        case 'evaluation':
          evaluations.receive(message);
          changed = true;
          return;
        case 'notice':
          queries.runs.addEvent(id, Date.now(), 'notice', message.text);
          changed = true;
          return;
        default:
          throw new Error(`a recorder was given “${message.kind}”`);
      }
    },
    live,
    close() {
      clearInterval(timer);
      // The time since the last flush counts, whether or not it brought anything else.
      changed = true;
      flush();
    },
  };
}

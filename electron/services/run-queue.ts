/** The queue: one job at a time goes to the trainer process, in order, each when its base is ready. */
import type { FromTrainer } from '../../trainer/protocol.ts';
import type { RunState } from '../contract/run.ts';
import type { CheckpointRow } from '../db/checkpoints.ts';
import type { RunChanges, RunRow } from '../db/runs.ts';
import { AppError, errorMessage, messageOf, reportFault } from '../errors.ts';
import type { JobEnd, Trainer } from '../trainer-process.ts';
import type { Context } from './context.ts';
import { buildJob, type EngineRequest } from './job.ts';
import { resumePoint, rewind } from './rewind.ts';
import { type Recorder, recordRun } from './run-recorder.ts';
import { isSettled, mayBecome, requireTransition } from './run-states.ts';
import { type Live, type LiveRun, toRun } from './run-view.ts';

export interface RunQueue {
  /** From here on runs are started; before, they only queue. */
  open(): void;
  /** Starts the next run that can start, if none is under way. */
  pump(): void;
  pause(id: string): void;
  resume(id: string): void;
  stop(id: string): void;
  live(id: string): Live | undefined;
  /** The run under way. */
  current(): LiveRun | null;
  /** Moves queued runs, in this order, to `position` (from 1). @throws AppError WrongState */
  move(ids: readonly string[], position: number): void;
  /** Stops the run under way at its next step, by force after `graceMs`; then ends the trainer. */
  close(graceMs: number): Promise<void>;
  /** Kills the trainer; its run becomes `interrupted`. */
  kill(reason: string): void;
}

interface Current {
  readonly id: string;
  readonly recorder: Recorder;
  readonly done: Promise<void>;
}

type Base =
  | { readonly kind: 'ready' | 'none' }
  | { readonly kind: 'waits' | 'failed'; readonly reason: string };

/** @param measured what the machine does, as metrics recorded with each run's own */
export function createRunQueue(
  context: Context,
  trainer: Trainer,
  engine: () => EngineRequest,
  measured: () => Readonly<Record<string, number>>,
): RunQueue {
  const { db, queries, emit } = context;
  let current: Current | null = null;
  let isOpen = false;
  let closeReason: string | null = null;

  function tell(id: string): void {
    const row = queries.runs.byId(id);
    if (row) emit({ kind: 'run', run: toRun(row, live(id)) });
  }

  const live = (id: string): Live | undefined => (current?.id === id ? current.recorder.live() : undefined);

  /** Moves a run to a state with an event, in one transaction, and tells. */
  function become(row: RunRow, state: RunState, text: string, changes: Partial<RunChanges> = {}): void {
    if (!mayBecome(row.state, state))
      throw new Error(`run ${row.id} may not go from ${row.state} to ${state}`);
    db.transaction(() => {
      queries.runs.update(row.id, { state, ...changes });
      queries.runs.addEvent(row.id, Date.now(), state, text);
    })();
    if (row.state === 'queued') renumber();
    tell(row.id);
  }

  /** Places in the queue count from 1 without gaps. */
  function renumber(): void {
    queries.runs.queued().forEach((row, i) => {
      if (row.queuePosition === i + 1) return;
      queries.runs.update(row.id, { queuePosition: i + 1 });
      tell(row.id);
    });
  }

  /** Whether the checkpoint that a run needs is there. */
  function findBase(runId: string | null, checkpointId: string | null): Base {
    if (runId === null) return { kind: checkpointId === null ? 'none' : 'ready' };
    const base = queries.runs.byId(runId);
    if (!base) return { kind: 'failed', reason: 'The run it was to start from was removed.' };
    if (base.state === 'finished') {
      const final = finalOf(runId);
      if (!final) return { kind: 'failed', reason: `“${base.name}” finished without a checkpoint.` };
      return { kind: 'ready' };
    }
    if (base.state === 'failed') {
      return {
        kind: 'failed',
        reason: `It was to start from “${base.name}”, which failed: ${base.reason ?? ''}`,
      };
    }
    const todo = isSettled(base.state) ? `, which was ${base.state}: resume or remove that run` : '';
    return { kind: 'waits', reason: `Waits for “${base.name}”${todo}.` };
  }

  const finalOf = (runId: string): CheckpointRow | undefined =>
    queries.checkpoints.ofRun(runId).find((checkpoint) => checkpoint.final === 1);

  function pump(): void {
    if (current || !isOpen) return;
    for (const row of queries.runs.queued()) {
      const needs = [
        findBase(row.baseRunId, row.baseCheckpointId),
        findBase(row.tierRunId, row.tierCheckpointId),
      ];
      const failed = needs.find((need) => need.kind === 'failed');
      if (failed?.kind === 'failed') {
        become(row, 'failed', failed.reason, {
          reason: failed.reason,
          endedAtMs: Date.now(),
          queuePosition: null,
        });
        continue;
      }
      const waits = needs.find((need) => need.kind === 'waits');
      if (waits?.kind === 'waits') {
        if (row.reason !== waits.reason) {
          queries.runs.update(row.id, { reason: waits.reason });
          tell(row.id);
        }
        continue;
      }
      if (start(row)) return;
    }
  }

  /** @returns false if the run failed at once */
  function start(queued: RunRow): boolean {
    const base = queued.baseRunId === null ? undefined : finalOf(queued.baseRunId);
    if (base) {
      const record = JSON.stringify({ ...JSON.parse(queued.record), baseSha256: base.sha256 });
      queries.runs.update(queued.id, { baseCheckpointId: base.id, record });
    }
    const row = queries.runs.byId(queued.id)!;
    const tierRunFinal = row.tierRunId === null ? null : (finalOf(row.tierRunId)?.id ?? null);
    try {
      const from = resumePoint(context, row);
      const job = buildJob(context, row, row.tierCheckpointId ?? tierRunFinal, from, engine());
      if (row.step !== (from?.step ?? 0)) rewind(context, row, from);
      const nowMs = Date.now();
      become(row, 'running', job.resume ? `Goes on from step ${from?.step}.` : 'Started.', {
        startedAtMs: row.startedAtMs ?? nowMs,
        endedAtMs: null,
        reason: null,
        lastOutput: null,
        queuePosition: null,
      });
      const recorder = recordRun(context, queries.runs.byId(row.id)!, measured, (error) =>
        trainer.kill(`Its results could not be written down: ${messageOf(error)}.`),
      );
      const done = trainer
        .run(job, (message) => receive(row.id, recorder, message))
        .then((end) => finish(row.id, recorder, end))
        .catch(reportFault);
      current = { id: row.id, recorder, done };
      return true;
    } catch (error) {
      const { name, message, wayOut } = errorMessage(error);
      const reason = `${name}: ${message} ${wayOut}`;
      become(row, 'failed', reason, { reason, endedAtMs: Date.now(), queuePosition: null });
      return false;
    }
  }

  function receive(id: string, recorder: Recorder, message: FromTrainer): void {
    try {
      recorder.receive(message);
      if (message.kind === 'paused') settle(id, 'pausing', 'paused', 'Paused.');
      if (message.kind === 'resumed') settle(id, 'paused', 'running', 'Goes on.');
    } catch (error) {
      trainer.kill(`What it told could not be written down: ${messageOf(error)}.`);
    }
  }

  /** The trainer did what was asked; the user may have asked for something else since. */
  function settle(id: string, from: RunState, to: RunState, text: string): void {
    const row = queries.runs.byId(id);
    if (row?.state === from) become(row, to, text);
  }

  function finish(id: string, recorder: Recorder, end: JobEnd): void {
    let closeFailure: string | null = null;
    try {
      recorder.close();
    } catch (error) {
      closeFailure = `Its last results could not be written down: ${messageOf(error)}.`;
    }
    current = null;
    const row = queries.runs.byId(id);
    if (!row) throw new Error(`run ${id} vanished while it ran`);
    const ended = { endedAtMs: Date.now() };
    if (closeFailure !== null) {
      become(row, 'interrupted', closeFailure, { ...ended, reason: closeFailure });
    } else if (end.kind === 'finished') {
      const stopped = end.outcome === 'stopped';
      const reason = stopped ? (closeReason ?? 'Stopped by the user.') : null;
      become(row, end.outcome, reason ?? 'Finished.', { ...ended, reason });
    } else if (end.kind === 'failed') {
      const reason = `${end.error.message} ${end.error.wayOut}`;
      become(row, 'failed', `${end.error.name}: ${reason}`, { ...ended, reason, lastOutput: end.lastOutput });
    } else {
      become(row, 'interrupted', end.reason, { ...ended, reason: end.reason, lastOutput: end.lastOutput });
    }
    pump();
  }

  const requireRow = (id: string): RunRow => {
    const row = queries.runs.byId(id);
    if (!row) throw new Error(`there is no run ${id}`);
    return row;
  };

  return {
    open() {
      isOpen = true;
      pump();
    },
    pump,
    live,
    current: () => current && { runId: current.id, ...current.recorder.live() },
    pause(id) {
      const row = requireRow(id);
      requireTransition(row.name, row.state, 'pausing', 'paused');
      become(row, 'pausing', 'Asked to pause at the next step.');
      trainer.send({ kind: 'pause' });
    },
    resume(id) {
      const row = requireRow(id);
      requireTransition(row.name, row.state, 'running', 'resumed');
      if (row.state === 'pausing') become(row, 'running', 'Goes on.');
      trainer.send({ kind: 'resume' });
    },
    stop(id) {
      const row = requireRow(id);
      if (row.state === 'queued') {
        const reason = 'Taken out of the queue.';
        become(row, 'stopped', reason, { reason, queuePosition: null, endedAtMs: Date.now() });
        return;
      }
      requireTransition(row.name, row.state, 'stopping', 'stopped');
      become(row, 'stopping', 'Asked to stop at the next step.');
      trainer.send({ kind: 'stop' });
    },
    move(ids, position) {
      const moved = [...new Set(ids)].map(requireRow);
      for (const { name, state } of moved) {
        if (state === 'queued') continue;
        throw new AppError(
          'WrongState',
          `“${name}” is ${state}, and only queued runs have a place in the queue.`,
          'Leave it out, or resume it first.',
        );
      }
      const others = queries.runs.queued().filter((row) => !ids.includes(row.id));
      others.splice(position - 1, 0, ...moved);
      db.transaction(() => {
        others.forEach((row, i) => {
          queries.runs.update(row.id, { queuePosition: i + 1 });
        });
      })();
      others.forEach((row, i) => {
        if (row.queuePosition !== i + 1) tell(row.id);
      });
      pump();
    },
    kill: (reason) => trainer.kill(reason),
    async close(graceMs) {
      isOpen = false;
      const last = current;
      if (last) {
        closeReason = 'Stopped because Midtrain was closed; resume it to go on.';
        const row = requireRow(last.id);
        if (mayBecome(row.state, 'stopping')) become(row, 'stopping', 'Midtrain is closing.');
        trainer.send({ kind: 'stop' });
        const force = setTimeout(
          () => trainer.kill('Midtrain was closed, and the run did not reach the end of its step in time.'),
          graceMs,
        );
        await last.done;
        clearTimeout(force);
      }
      await trainer.close();
    },
  };
}

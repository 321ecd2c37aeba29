/**
 * Works through studies: whenever a run ends, the nodes that have all they need are queued, a few at a time, unless a
 * run of the workspace already did what they ask for. All it knows lies in the database, written in the transaction
 * that makes the run, so that a study goes on from wherever a process was killed.
 */
import type { StudyState } from '../contract/studies.ts';
import type { EventMessage } from '../contract.ts';
import type { RunRow } from '../db/runs.ts';
import {
  type StudyInputs,
  type StudyNodeRow,
  type StudyReads,
  type StudyWrites,
  studyInputs,
} from '../db/studies.ts';
import { AppError, messageOf, reportFault } from '../errors.ts';
import type { LoadedStudy } from '../studies/load.ts';
import { needsOf, type PlannedNode } from '../studies/planned.ts';
import { type Context, type Handlers, terminalCaller } from './context.ts';
import type { RunMaker } from './create-run.ts';
import { isSettled } from './run-states.ts';
import type { SampleInputs } from './sample-inputs.ts';
import { runHashes } from './study-hashes.ts';
import { resolveInputs } from './study-inputs.ts';
import { askFor } from './study-nodes.ts';

/** Runs of a study that stand in the queue at a time: the trainer never waits, and other runs wait little. */
const AHEAD = 2;
/** A run whose trainer died is taken up again this often before the study gives it up. */
const MAX_RESUMES = 3;
const CLOSED = 'Midtrain was closed; go on with it when you like.';

export interface StudyRunner {
  /** Begins, or goes on with, a stored study that is not at work. */
  start(studyId: string, loaded: LoadedStudy): void;
  /** Stops its runs at their next step. */
  stop(studyId: string): void;
  isActive(studyId: string): boolean;
  /** Since when the part of its work that is not written down yet lasts; null if it is not at work. */
  workingSinceMs(studyId: string): number | null;
  onEvent(event: EventMessage): void;
  /** Leaves every study as it is, to go on another time. */
  close(): void;
}

interface Parts {
  readonly context: Context;
  readonly studies: StudyReads & StudyWrites;
  readonly samples: SampleInputs;
  readonly runs: Pick<Handlers<'runs.resume' | 'runs.stop'>, 'runs.resume' | 'runs.stop'>;
  readonly maker: RunMaker;
  /** Tells every host how a study stands. */
  readonly tell: (studyId: string) => void;
}

interface Active {
  readonly id: string;
  readonly loaded: LoadedStudy;
  readonly hashes: ReturnType<typeof runHashes>;
  inputs: StudyInputs | null;
  /** Runs that had ended before their time when the study was taken up: each goes on once. */
  readonly leftOver: Set<string>;
  sinceMs: number;
  stopping: boolean;
  busy: boolean;
  again: boolean;
}

type Standing = 'done' | 'under way' | 'open' | 'lost';

export function studyRunner({ context, studies, samples, runs, maker, tell }: Parts): StudyRunner {
  const { db, queries } = context;
  const actives = new Map<string, Active>();
  let closed = false;
  let woken = false;

  const runOf = (row: StudyNodeRow | undefined): RunRow | null =>
    row?.runId ? queries.runs.byId(row.runId) : null;
  const nodesOf = (studyId: string): Map<string, StudyNodeRow> =>
    new Map(studies.nodes(studyId).map((row) => [row.nodeId, row]));

  /** Writes down how long it worked; from here on the next stretch counts. */
  function clock(active: Active): void {
    const nowMs = Date.now();
    const row = studies.byId(active.id);
    if (row) studies.update(active.id, { durationMs: row.durationMs + nowMs - active.sinceMs });
    active.sinceMs = nowMs;
  }

  function end(active: Active, state: StudyState, reason: string | null): void {
    if (!actives.delete(active.id)) return;
    db.transaction(() => {
      clock(active);
      studies.update(active.id, { state, reason, endedAtMs: Date.now() });
    })();
    tell(active.id);
  }

  async function advance(active: Active): Promise<void> {
    if (active.busy) {
      active.again = true;
      return;
    }
    active.busy = true;
    try {
      do {
        active.again = false;
        await step(active);
      } while (active.again && actives.has(active.id));
    } catch (error) {
      if (closed) return;
      if (!(error instanceof AppError)) reportFault(error);
      end(
        active,
        'failed',
        error instanceof AppError ? `${error.message} ${error.wayOut}` : messageOf(error),
      );
    } finally {
      active.busy = false;
    }
  }

  async function prepare(active: Active): Promise<void> {
    const row = studies.byId(active.id)!;
    const before = studyInputs.parse(JSON.parse(row.inputs));
    const inputs = await resolveInputs(context, samples, active.loaded.study, row.quick === 1, before);
    if (closed) return;
    studies.update(active.id, { inputs: JSON.stringify(inputs) });
    active.inputs = inputs;
  }

  async function step(active: Active): Promise<void> {
    if (!active.inputs && !active.stopping) await prepare(active);
    if (closed || !actives.has(active.id)) return;
    clock(active);
    const rows = nodesOf(active.id);
    const { nodes } = active.loaded.plan;
    const standings = new Map<string, Standing>();
    for (const node of nodes) {
      const run = runOf(rows.get(node.id));
      if (run?.state === 'stopped' && !active.leftOver.has(run.id) && !active.stopping) {
        active.stopping = true;
        stopRuns(rows);
        studies.update(active.id, { state: 'stopping', reason: `“${run.name}” was stopped.` });
        tell(active.id);
      }
      standings.set(node.id, standingOf(active, rows.get(node.id), run));
    }
    if (active.stopping) {
      const waits = [...rows.values()].some(
        (row) => row.reused === 0 && standings.get(row.nodeId) === 'under way',
      );
      if (!waits) end(active, 'stopped', studies.byId(active.id)?.reason ?? null);
      return;
    }
    const begun = await beginReady(active, rows, standings);
    if (closed || !actives.has(active.id)) return;
    if (begun) tell(active.id);
    if (![...standings.values()].includes('under way') && !begun) conclude(active, rows, standings);
  }

  function standingOf(active: Active, row: StudyNodeRow | undefined, run: RunRow | null): Standing {
    if (!row || !run) return 'open';
    if (run.state === 'finished') return 'done';
    if (!isSettled(run.state)) return 'under way';
    if (active.leftOver.has(run.id)) return 'open';
    return run.state === 'interrupted' && row.resumed < MAX_RESUMES ? 'open' : 'lost';
  }

  /** Queues what can be queued. @returns whether anything changed */
  async function beginReady(
    active: Active,
    rows: Map<string, StudyNodeRow>,
    standings: Map<string, Standing>,
  ): Promise<boolean> {
    let underWay = [...standings.values()].filter((standing) => standing === 'under way').length;
    let changed = false;
    for (const node of active.loaded.plan.nodes) {
      if (underWay >= AHEAD) break;
      if (standings.get(node.id) !== 'open') continue;
      if (!needsOf(node).every((id) => standings.get(id) === 'done')) continue;
      try {
        const standing = await begin(active, node, rows);
        if (closed || active.stopping) return changed;
        standings.set(node.id, standing);
        if (standing === 'under way') underWay++;
        changed = true;
      } catch (error) {
        // The queue is full of others' runs: when one ends, there is room again.
        if (error instanceof AppError && error.name === 'QueueFull') return true;
        throw error;
      }
    }
    return changed;
  }

  /** Goes on with the node's run, takes one that did the same, or makes one. */
  async function begin(
    active: Active,
    node: PlannedNode,
    rows: Map<string, StudyNodeRow>,
  ): Promise<Standing> {
    const own = runOf(rows.get(node.id));
    if (own) {
      await runs['runs.resume']({ runId: own.id }, terminalCaller);
      if (!active.leftOver.delete(own.id)) studies.noteResumed(active.id, node.id);
      return 'under way';
    }
    const { asked, hash } = askFor(
      {
        context,
        study: active.loaded.study,
        inputs: active.inputs!,
        hashes: active.hashes,
        runOf: (id) => rows.get(id)!.runId!,
      },
      node,
    );
    const same = active.hashes.find(hash);
    if (same) {
      keep(active, node, rows, same.id, hash, true);
      return same.state === 'finished' ? 'done' : 'under way';
    }
    await maker.create([
      {
        asked,
        prepare: (runId, key) => {
          queries.runs.addTag(key, active.loaded.study.name);
          keep(active, node, rows, runId, hash, false);
        },
      },
    ]);
    return 'under way';
  }

  function keep(
    active: Active,
    node: PlannedNode,
    rows: Map<string, StudyNodeRow>,
    runId: string,
    hash: string,
    reused: boolean,
  ): void {
    studies.putNode(active.id, node.id, runId, hash, reused);
    rows.set(node.id, { nodeId: node.id, runId, hash, reused: reused ? 1 : 0, resumed: 0 });
  }

  function conclude(
    active: Active,
    rows: ReadonlyMap<string, StudyNodeRow>,
    standings: ReadonlyMap<string, Standing>,
  ): void {
    const lost = [...standings].filter(([, standing]) => standing === 'lost').map(([id]) => id);
    if (lost.length === 0) {
      end(active, 'finished', null);
      return;
    }
    const first = runOf(rows.get(lost[0]!));
    const others = [...standings.values()].filter((standing) => standing !== 'done').length - 1;
    end(
      active,
      'failed',
      `“${first?.name}” ${first?.state === 'failed' ? 'failed' : 'was interrupted again and again'}: ` +
        `${first?.reason ?? ''}${others > 0 ? ` With it, ${others} more parts are missing.` : ''}`,
    );
  }

  function stopRuns(rows: ReadonlyMap<string, StudyNodeRow>): void {
    for (const row of rows.values()) {
      const run = runOf(row);
      // Runs of others are theirs to stop; one that is stopping already needs no more.
      if (!run || row.reused === 1 || isSettled(run.state) || run.state === 'stopping') continue;
      void runs['runs.stop']({ runId: run.id }, terminalCaller);
    }
  }

  /** Soon, once for everything that happens now. */
  function wake(): void {
    if (woken || closed) return;
    woken = true;
    setImmediate(() => {
      woken = false;
      if (closed) return;
      for (const active of [...actives.values()]) void advance(active);
    });
  }

  return {
    start(studyId, loaded) {
      const settled = [...nodesOf(studyId).values()].flatMap((row) => {
        const run = runOf(row);
        return run && run.state !== 'finished' && isSettled(run.state) ? [run.id] : [];
      });
      actives.set(studyId, {
        id: studyId,
        loaded,
        hashes: runHashes(context),
        inputs: null,
        leftOver: new Set(settled),
        sinceMs: Date.now(),
        stopping: false,
        busy: false,
        again: false,
      });
      studies.update(studyId, { state: 'running', reason: null, endedAtMs: null });
      tell(studyId);
      wake();
    },
    stop(studyId) {
      const active = actives.get(studyId);
      if (!active || active.stopping) return;
      active.stopping = true;
      studies.update(studyId, { state: 'stopping', reason: 'Stopped by the user.' });
      stopRuns(nodesOf(studyId));
      tell(studyId);
      wake();
    },
    isActive: (studyId) => actives.has(studyId),
    workingSinceMs: (studyId) => actives.get(studyId)?.sinceMs ?? null,
    onEvent(event) {
      if (actives.size === 0) return;
      if (event.kind === 'removed' || (event.kind === 'run' && isSettled(event.run.state))) wake();
    },
    close() {
      for (const active of [...actives.values()]) end(active, 'stopped', CLOSED);
      closed = true;
    },
  };
}

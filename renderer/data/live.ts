/** Events of the host, written into the cached answers as they come; no query is ever repeated by the clock. */
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import type { Corpus } from '../../electron/contract/corpora.ts';
import type { Run } from '../../electron/contract/run.ts';
import type { StudySummary } from '../../electron/contract/studies.ts';
import type { ContractName, EventMessage, Output } from '../../electron/contract.ts';
import { type ConnectionState, listen } from '../api.ts';
import { upsert, without } from '../lib/collections.ts';
import { everyMs } from './throttle.ts';

const REFRESH_MS = 1000;
/** As many readings of the monitor are kept as its host keeps: ten minutes. */
const READINGS = 300;

type Kind<K extends EventMessage['kind']> = Extract<EventMessage, { kind: K }>;

interface Caches {
  readonly client: QueryClient;
  /** Marks what an event made stale; at most once in REFRESH_MS for each name and id. */
  readonly refresh: (name: ContractName, id?: string) => void;
}

function patch<N extends ContractName>(
  client: QueryClient,
  name: N,
  change: (data: Output<N>, input: Record<string, unknown>) => Output<N>,
): void {
  for (const query of client.getQueryCache().findAll({ queryKey: [name] })) {
    const data = query.state.data as Output<N> | undefined;
    if (data === undefined) continue;
    const next = change(data, query.queryKey[1] as Record<string, unknown>);
    if (next !== data) client.setQueryData(query.queryKey, next);
  }
}

function onRun({ client, refresh }: Caches, run: Run): void {
  let changed = true;
  patch(client, 'runs.list', (runs, input) => {
    const before = runs.find((other) => other.id === run.id);
    changed = before?.state !== run.state || before.reason !== run.reason;
    if (run.stage === 'evaluate' && input.includeEvaluations === false) return runs;
    return upsert(runs, run, 'first');
  });
  patch(client, 'runs.get', (detail) => {
    if (detail.run.id !== run.id) return detail;
    changed = detail.run.state !== run.state || detail.run.reason !== run.reason;
    return { ...detail, run };
  });
  patch(client, 'runs.query', (table) => withRun(table, run.id, () => run));
  refresh('runs.query');
  refresh('runs.tags');
  if (!changed) return;
  refresh('runs.fields');
  refresh('runs.get', run.id);
  refreshMetrics(refresh, run.id);
  refresh('sample.get');
  refresh('walks.get');
}

/** What new points of a run make stale. */
const METRIC_ANSWERS = ['runs.metrics', 'runs.bands', 'runs.metricNames', 'runs.diagnose'] as const;

function refreshMetrics(refresh: Caches['refresh'], runId: string): void {
  for (const name of METRIC_ANSWERS) refresh(name, runId);
}

type RunTable = Output<'runs.query'>;

/** The table with one of its runs changed; its cells follow when it is asked for again. */
function withRun(table: RunTable, runId: string, change: (run: Run) => Run): RunTable {
  if (!table.rows.some(({ run }) => run.id === runId)) return table;
  const rows = table.rows.map((row) => (row.run.id === runId ? { ...row, run: change(row.run) } : row));
  return { ...table, rows };
}

function onMetrics({ client, refresh }: Caches, { runId, step, latest }: Kind<'metrics'>): void {
  const moved = (run: Run): Run =>
    run.id === runId ? { ...run, step, latest: { ...run.latest, ...latest } } : run;
  patch(client, 'runs.list', (runs) => runs.map(moved));
  patch(client, 'runs.query', (table) => withRun(table, runId, moved));
  refresh('runs.query');
  let unknownName = false;
  patch(client, 'runs.get', (detail) => {
    if (detail.run.id !== runId) return detail;
    const known = new Set(detail.metricNames);
    unknownName = Object.keys(latest).some((name) => !known.has(name));
    return { ...detail, run: moved(detail.run) };
  });
  if (unknownName) {
    refresh('runs.get', runId);
    refresh('runs.fields');
  }
  refreshMetrics(refresh, runId);
}

function onCorpus({ client, refresh }: Caches, corpus: Corpus): void {
  let state = '';
  patch(client, 'corpora.list', (corpora) => {
    state = corpora.find((other) => other.id === corpus.id)?.state ?? '';
    return upsert(corpora, corpus, 'first');
  });
  patch(client, 'corpora.get', (detail) => (detail.corpus.id === corpus.id ? { ...detail, corpus } : detail));
  refresh('corpora.get', corpus.id);
  if (state === corpus.state) return;
  refresh('corpora.preview', corpus.id);
  refresh('corpora.tokens', corpus.id);
  refresh('sample.get');
  refresh('walks.get');
}

function onCheckpoint({ client, refresh }: Caches, checkpoint: Checkpoint): void {
  patch(client, 'checkpoints.list', (list, input) =>
    input.finalOnly && !checkpoint.final ? list : upsert(list, checkpoint, 'first'),
  );
  refresh('sample.get');
  refresh('walks.get');
  refresh('compare.checkpoints', checkpoint.id);
}

/** A study is asked for by its id or by its name. */
function onStudy({ refresh }: Caches, { id, name }: StudySummary): void {
  refresh('studies.list');
  for (const key of [id, name]) {
    refresh('studies.get', key);
    refresh('studies.results', key);
  }
}

function onRemoved({ client, refresh }: Caches, { what, id }: Kind<'removed'>): void {
  if (what === 'study') {
    refresh('studies.list');
    return;
  }
  if (what === 'run') patch(client, 'runs.list', (list) => without(list, id));
  if (what === 'corpus') patch(client, 'corpora.list', (list) => without(list, id));
  if (what === 'corpus') refresh('runs.list');
  else {
    refresh('checkpoints.list');
    refresh('walks.get');
  }
  patch(client, 'checkpoints.list', (list) => without(list, id));
  refresh('runs.query');
  refresh('compare.checkpoints');
  refresh('sample.get');
}

/** What a new evaluation of one of the checkpoints asked about changes. */
const COMPARED = [
  'compare.checkpoints',
  'compare.answers',
  'compare.frontier',
  'compare.tests',
  'compare.lengthBins',
  'compare.budgetCurves',
  'compare.passAtK',
  'compare.flips',
  'compare.restorations',
  'compare.missing',
] as const satisfies readonly ContractName[];

/** What a new evaluation changes whatever it is of. */
const EVALUATED = [
  'compare.paths',
  'evaluations.list',
  'checkpoints.list',
  'runs.query',
  'runs.fields',
] as const;

function onEvent(caches: Caches, event: EventMessage): void {
  // What was removed came or went.
  if (event.kind === 'removed' || event.kind === 'corpus' || event.kind === 'checkpoint') {
    caches.refresh('trash.list');
  }
  switch (event.kind) {
    case 'run':
      onRun(caches, event.run);
      break;
    case 'metrics':
      onMetrics(caches, event);
      break;
    case 'corpus':
      onCorpus(caches, event.corpus);
      break;
    case 'samples':
      caches.refresh('runs.samples', event.runId);
      caches.refresh('runs.restorations', event.runId);
      break;
    case 'checkpoint':
      onCheckpoint(caches, event.checkpoint);
      break;
    case 'evaluation':
      for (const name of COMPARED) {
        caches.refresh(name, event.checkpointId);
      }
      for (const name of EVALUATED) {
        caches.refresh(name);
      }
      break;
    case 'study':
      onStudy(caches, event.study);
      break;
    case 'removed':
      onRemoved(caches, event);
      break;
    case 'reading':
      patch(caches.client, 'monitor.get', (data) => ({
        ...data,
        readings: [...data.readings.slice(-READINGS + 1), event.reading],
      }));
      break;
    case 'baseline':
      caches.refresh('runs.baseline');
      caches.refresh('runs.query');
      break;
    default:
      event satisfies never;
  }
}

/** Whether a query's input speaks of this id, on its own or in a list. */
function concerns(input: unknown, id: string): boolean {
  if (typeof input !== 'object' || input === null) return false;
  return Object.values(input).some((value) => value === id || (Array.isArray(value) && value.includes(id)));
}

/** Keeps the caches true for as long as the page lives; returns the state of the connection. */
export function useLive(client: QueryClient, onMessage: (event: EventMessage) => void): ConnectionState {
  const [state, setState] = useState<ConnectionState>('connecting');
  useEffect(() => {
    const refresh = everyMs(REFRESH_MS, (name: ContractName, id?: string) => {
      void client.invalidateQueries({
        predicate: ({ queryKey: [key, input] }) => key === name && (id === undefined || concerns(input, id)),
      });
    });
    let wasLost = false;
    const stop = listen(
      (event) => {
        onMessage(event);
        onEvent({ client, refresh: refresh.call }, event);
      },
      (next) => {
        setState(next);
        // Whatever happened meanwhile was not heard: every answer is old.
        if (next === 'open' && wasLost) void client.invalidateQueries();
        wasLost = next === 'lost' || next === 'refused';
      },
    );
    return () => {
      stop();
      refresh.cancel();
    };
  }, [client, onMessage]);
  return state;
}

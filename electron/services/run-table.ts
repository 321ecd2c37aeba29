/** `runs.query` and `runs.fields`: the table's facts, read whole and kept parsed between questions. */
import { z } from 'zod';
import type { EvaluationSummary } from '../contract/comparisons.ts';
import type { Run } from '../contract/run.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import type { Queries } from '../db/queries.ts';
import type { ListedRun } from '../db/runs.ts';
import type { FactSource, RunFacts } from '../run-table/facts.ts';
import { fieldsIn } from '../run-table/fields.ts';
import { runTable } from '../run-table/table.ts';
import { protocolTitle } from './analysis/protocols.ts';
import { baselineId } from './baseline.ts';
import { toSummary } from './comparisons.ts';
import { configurationOf } from './configuration.ts';
import { type LiveRun, toRun } from './run-view.ts';

export interface RunTables {
  query(asked: ResolvedInput<'runs.query'>, live: LiveRun | null): Output<'runs.query'>;
  fields(): Output<'runs.fields'>;
}

interface Parsed {
  readonly row: ListedRun;
  readonly run: Run;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly configuration: string;
}

const storedSettings = z.record(z.string(), z.unknown());

type Read = Omit<FactSource, 'nowMs'> & Pick<Output<'runs.query'>, 'protocol'>;

/**
 * Rows are parsed once and again only when they change; evaluations never change once they are whole.
 * @param dataVersion rises with every commit that other connections make
 */
export function runTables(queries: Queries, dataVersion: () => number): RunTables {
  let parsed = new Map<string, Parsed>();
  let summaries = new Map<number, EvaluationSummary>();

  function parsedRuns(): Parsed[] {
    const next = new Map<string, Parsed>();
    const list = queries.runs.listed().map((row) => {
      const before = parsed.get(row.id);
      const same = before && isSameRow(before.row, row);
      const entry = same ? before : parse(row, before);
      next.set(row.id, entry);
      return entry;
    });
    parsed = next;
    return list;
  }

  function evaluations(): EvaluationSummary[] {
    const next = new Map<number, EvaluationSummary>();
    for (const row of queries.evaluations.complete()) {
      next.set(row.key, summaries.get(row.key) ?? toSummary(row));
    }
    summaries = next;
    return [...next.values()];
  }

  function read(): Read {
    const all = evaluations();
    const protocol = mainProtocol(all);
    const under = all.filter((one) => one.protocolHash === protocol?.hash);
    const byCheckpoint = new Map(under.map((one) => [one.checkpointId, one]));
    const byRun = new Map(under.map((one) => [one.runId, one]));
    const counts = countBy(all, (one) => one.checkpointId);
    const checkpoints = Map.groupBy(queries.checkpoints.ends(), (one) => one.runId);
    const facts = parsedRuns().map(({ row, run, settings, configuration }): RunFacts => {
      const own = checkpoints.get(run.id) ?? [];
      const last = own[0];
      return {
        key: row.key,
        run,
        settings,
        configuration,
        evaluation: byRun.get(run.id) ?? (last ? (byCheckpoint.get(last.id) ?? null) : null),
        evaluations: own.reduce((sum, { id }) => sum + (counts.get(id) ?? 0), 0),
        checkpoints: own.length,
      };
    });
    const metrics = new Map<string, ReturnType<FactSource['metric']>>();
    const metric: FactSource['metric'] = (name) => {
      const known = metrics.get(name);
      if (known) return known;
      const column = new Map(queries.metrics.ofName(name).map((one) => [one.runKey, one]));
      metrics.set(name, column);
      return column;
    };
    const baseline = baselineId({ queries });
    return { protocol, facts, metricNames: queries.metrics.names(), metric, baselineId: baseline };
  }

  let last: { readonly version: number; readonly read: Read } | null = null;

  /** Nothing is read again while nothing was written. */
  function current(live: LiveRun | null): Read & FactSource {
    const version = dataVersion();
    if (last?.version !== version) last = { version, read: read() };
    const { facts, ...others } = last.read;
    const withLive = (one: RunFacts): RunFacts =>
      one.run.id === live?.runId
        ? { ...one, run: { ...one.run, progress: live.progress, remainingMs: live.remainingMs } }
        : one;
    return { ...others, facts: live ? facts.map(withLive) : facts, nowMs: Date.now() };
  }

  return {
    query(asked, live) {
      const source = current(live);
      return { ...runTable(source, asked), protocol: source.protocol };
    },
    fields: () => fieldsIn(current(null)).map(({ read: _, wholeWords: __, ...field }) => field),
  };
}

function parse(row: ListedRun, before: Parsed | undefined): Parsed {
  const settings =
    before?.row.settings === row.settings ? before.settings : storedSettings.parse(JSON.parse(row.settings));
  const run = toRun(row, undefined);
  return { row, run, settings, configuration: configurationOf(row, settings) };
}

function isSameRow(a: ListedRun, b: ListedRun): boolean {
  for (const name in a) {
    if (a[name as keyof ListedRun] !== b[name as keyof ListedRun]) return false;
  }
  return true;
}

function countBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of list) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}

/** The protocol that most checkpoints were evaluated under: thinking before direct, then the most, then the newest. */
function mainProtocol(evaluations: readonly EvaluationSummary[]): Output<'runs.query'>['protocol'] {
  const ranked = [...Map.groupBy(evaluations, (one) => one.protocolHash)].map(([hash, list]) => {
    const { protocol, createdAtMs } = list[list.length - 1]!;
    const checkpoints = new Set(list.map((one) => one.checkpointId)).size;
    return { hash, protocol, thinks: Number(protocol.mode === 'thinking'), checkpoints, createdAtMs };
  });
  ranked.sort(
    (a, b) => b.thinks - a.thinks || b.checkpoints - a.checkpoints || b.createdAtMs - a.createdAtMs,
  );
  const first = ranked[0];
  return first ? { hash: first.hash, title: protocolTitle(first.protocol) } : null;
}

/** Lines of charts as rows of a table: one row a point. */
import type { Run } from '../../electron/contract/run.ts';
import type { Band, Series } from '../../electron/contract/runs.ts';
import { type CsvValue, csvOf } from './csv.ts';
import type { XAxisName } from './x-axis.ts';

type Named = Pick<Run, 'id' | 'name' | 'seed'>;

/** `low` and `high` are filled where a row stands for several recorded points; `value` is then their mean. */
export function seriesCsv(series: readonly Series[], runs: readonly Named[], x: XAxisName): string {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const rows = series.flatMap(({ runId, name, x: xs, y, low, high }) => {
    const run = byId.get(runId);
    return xs.map((at, i): CsvValue[] => [
      run?.name ?? runId,
      run?.seed ?? null,
      name,
      at,
      y[i] ?? null,
      low?.[i] ?? null,
      high?.[i] ?? null,
    ]);
  });
  return csvOf([['run', 'seed', 'metric', x, 'value', 'low', 'high'], ...rows]);
}

export function bandsCsv(bands: readonly Band[], runs: readonly Named[], x: XAxisName): string {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const rows = bands.flatMap((band) => {
    const members = band.runIds.map((id) => byId.get(id)?.name ?? id).join('; ');
    return band.x.map((at, i): CsvValue[] => [
      members,
      band.name,
      at,
      band.mean[i] ?? null,
      band.low[i] ?? null,
      band.high[i] ?? null,
      band.intervalLow[i] ?? null,
      band.intervalHigh[i] ?? null,
      band.n[i] ?? null,
    ]);
  });
  const head = ['runs', 'metric', x, 'mean', 'lowest', 'highest', 'interval_low', 'interval_high', 'n'];
  return csvOf([head, ...rows]);
}

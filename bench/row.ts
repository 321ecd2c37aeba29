/**
 * What a benchmark is. Each file in rows/ exports `rows`; run.ts finds them there. A contest alternates the repeats of
 * all its contestants, so that whatever else the machine does falls on all of them alike.
 */
import { waitForQuiet } from './quiet.ts';

export type Better = 'lower' | 'higher';

export interface Sample {
  /** In the row's unit. */
  readonly value: number;
  /** Largest resident memory of the contestant's process so far; null where it shares one with others. */
  readonly peakBytes: number | null;
  /** Processor time of the repeat, all threads together; absent likewise. */
  readonly cpuS?: number;
}

/** Something started, warmed up and ready to be measured again and again. */
export interface Contestant {
  repeat(): Promise<Sample>;
  close(): Promise<void>;
}

export interface Entrant {
  readonly name: string;
  open(): Promise<Contestant>;
}

export interface Line {
  /** Name of one of ours. */
  readonly ours: string;
  /** Name of a peer; null where a value stands alone. */
  readonly peer: string | null;
  /** Of the ratio to the peer, or without one of the value itself; null where there is none. */
  readonly target: number | null;
  /** Whether our process's peak memory must not be above the peer's. */
  readonly comparesMemory?: boolean;
}

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  readonly repeats: number;
  readonly ours: readonly Entrant[];
  /** Started only with `--peers`. */
  readonly peers: readonly Entrant[];
  readonly lines: readonly Line[];
  /** The value that the machine's arithmetic allows, from floating-point operations per second; null where none does. */
  readonly limit: ((flopsPerSecond: number) => number) | null;
}

/** As written by `--json`. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly better: Better;
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** Ours over the peer's: the median over pairs of repeats. */
  readonly ratio: number | null;
  /**
   * Processor time of ours over the peer's, likewise: below 1 is better whatever `better` says. Hardly depends on what
   * else the machine does, where `ratio` flatters whoever waits less for a second thread.
   */
  readonly cpuRatio: number | null;
  readonly target: number | null;
  readonly reached: boolean | null;
  /** Share of the arithmetic limit that was reached, 0 to 1. */
  readonly ofLimit: number | null;
  readonly repeats: number;
  /** Share of the processors that other work used just before the rounds, 0 to 1: their median. */
  readonly busy: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface ContestOptions {
  readonly peers: boolean;
  /** Of products on all cores. */
  readonly flopsPerSecond: number;
  /** How long each round may wait for other work to end. */
  readonly patienceS: number;
  /** At most so many rounds. */
  readonly repeats: number;
}

/** Runs one row. Contestants are closed whatever happens. */
export async function runRow(row: Row, options: ContestOptions): Promise<Result[]> {
  const entrants = [...row.ours, ...(options.peers ? row.peers : [])];
  const open = new Map<string, Contestant>();
  const samples = new Map<string, Sample[]>(entrants.map(({ name }) => [name, []]));
  const busy: number[] = [];
  try {
    for (const { name, open: start } of entrants) open.set(name, await start());
    for (let round = 0; round < Math.min(row.repeats, options.repeats); round++) {
      busy.push(await waitForQuiet(options.patienceS));
      for (const [name, contestant] of open) samples.get(name)!.push(await contestant.repeat());
    }
  } finally {
    for (const contestant of open.values()) await contestant.close();
  }
  const limit = row.limit?.(options.flopsPerSecond) ?? null;
  return row.lines.flatMap((line) => {
    const ours = samples.get(line.ours);
    if (!ours) return [];
    const peer = line.peer === null ? null : (samples.get(line.peer) ?? null);
    return resultsOf(row, line, ours, peer, limit).map((result) => ({ ...result, busy: median(busy) }));
  });
}

function resultsOf(
  row: Row,
  line: Line,
  ours: readonly Sample[],
  peer: readonly Sample[] | null,
  limit: number | null,
): Omit<Result, 'busy'>[] {
  const value = median(ours.map((s) => s.value));
  const share = limit === null ? null : row.better === 'lower' ? limit / value : value / limit;
  const speed = compare(
    row,
    value,
    ours.map((s) => s.value),
    line,
    peer?.map((s) => s.value) ?? null,
  );
  const cpuRatio = peer && cpuRatioOf(ours, peer);
  const results: Omit<Result, 'busy'>[] = [
    { ...speed, name: `${row.name}, ${line.ours}`, unit: row.unit, ofLimit: share, cpuRatio },
  ];
  const peak = ours.at(-1)?.peakBytes;
  const peerPeak = peer?.at(-1)?.peakBytes;
  if (line.comparesMemory && peak && peerPeak) {
    const memory = { better: 'lower' as const };
    const compared = compare(memory, peak / 1e6, [peak / 1e6], { ...line, target: 1 }, [peerPeak / 1e6]);
    results.push({
      ...compared,
      name: `${row.name}, ${line.ours}: peak memory`,
      unit: 'MB',
      ofLimit: null,
      cpuRatio: null,
    });
  }
  return results;
}

function cpuRatioOf(ours: readonly Sample[], peer: readonly Sample[]): number | null {
  const ratios = ours.flatMap(({ cpuS }, i) => {
    const theirs = peer[i]!.cpuS;
    return cpuS && theirs ? [cpuS / theirs] : [];
  });
  return ratios.length > 0 ? median(ratios) : null;
}

function compare(
  { better }: { readonly better: Better },
  value: number,
  ours: readonly number[],
  line: Line,
  peer: readonly number[] | null,
): Omit<Result, 'name' | 'unit' | 'ofLimit' | 'cpuRatio' | 'busy'> {
  const ratio = peer && median(ours.map((v, i) => v / peer[i]!));
  const judged = line.peer === null ? value : ratio;
  const met = (against: number): boolean =>
    judged !== null && (better === 'lower' ? judged <= against : judged >= against);
  return {
    value,
    better,
    peer: peer ? line.peer : null,
    peerValue: peer && median(peer),
    ratio,
    target: line.target,
    reached: line.target === null || judged === null ? null : met(line.target),
    repeats: ours.length,
  };
}

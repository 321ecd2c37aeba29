/**
 * `npm run bench`: every row of rows/, medians over repeats, as a table and with `--json FILE` as JSON. With `--peers`
 * other people's tools run beside ours, their repeats alternating with ours.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { Command } from 'commander';
import { z } from 'zod';
import { EngineUnavailable } from '../trainer/engine/engine.ts';
import { targetName } from '../trainer/engine/kernels/library.ts';
import { openLibrary, productRate } from './matmul.ts';
import { peerVersions } from './peer.ts';
import { printResults } from './report.ts';
import { type Result, type Row, runRow } from './row.ts';

const RATE_REPEATS = 20;

interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  /** One-minute load average when the run began: what others were doing. */
  readonly load: number;
}

/** The library's builds here, and what the fastest of them reaches in products on all cores together. */
async function engines(): Promise<{ readonly names: string[]; readonly flopsPerSecond: number }> {
  const names: string[] = [];
  let best = 0;
  for (const build of ['native', 'WASM'] as const) {
    try {
      const library = await openLibrary(build, 1);
      names.push(`${build}: ${targetName(library)}`);
      for (let i = 0; i < RATE_REPEATS; i++) {
        best = Math.max(best, productRate(library, { rows: 516, k: 256, columns: 256 }));
      }
      library.close();
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      names.push(`${build}: ${error.message}`);
    }
  }
  return { names, flopsPerSecond: best * availableParallelism() };
}

const rowFile = z.object({ rows: z.custom<readonly Row[]>((value) => Array.isArray(value)) });

async function findRows(pattern: RegExp): Promise<Row[]> {
  const folder = new URL('rows/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const found: Row[] = [];
  for (const name of files.sort())
    found.push(...rowFile.parse(await import(new URL(name, folder).href)).rows);
  return found.filter((row) => pattern.test(row.name));
}

const options = new Command('bench')
  .option('--peers', 'run peers beside ours, with the Python named in PEER_PYTHON', false)
  .option('--only <pattern>', 'rows whose name matches this regular expression', '')
  .option('--patience <seconds>', 'wait up to so long before each round for other work to end', '0')
  .option('--repeats <number>', 'at most so many rounds', '100')
  .option('--json <file>', 'write results here')
  .parse()
  .opts<{ peers: boolean; only: string; patience: string; repeats: string; json?: string }>();

const machine: Machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  load: loadavg()[0]!,
};
const started = performance.now();
const { names, flopsPerSecond } = await engines();
const peers = options.peers ? peerVersions() : null;
process.stdout.write(`${machine.processor}, ${machine.cores} cores, load ${machine.load.toFixed(1)}\n`);
process.stdout.write(`${names.join('; ')}; products reach ${(flopsPerSecond / 1e9).toFixed(0)} GFLOP/s\n\n`);
const results: Result[] = [];
const failures: string[] = [];
const repeats = z.coerce.number().int().positive().parse(options.repeats);
const patienceS = z.coerce.number().nonnegative().parse(options.patience);
for (const row of await findRows(new RegExp(options.only))) {
  try {
    const found = await runRow(row, { peers: options.peers, flopsPerSecond, patienceS, repeats });
    printResults(found);
    results.push(...found);
  } catch (error) {
    failures.push(`${row.name}: ${error instanceof Error ? error.message : String(error)}`);
    process.stdout.write(`${failures.at(-1)}\n`);
  }
}
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(`\n${results.length} lines in ${seconds} s\n`);
if (options.json) {
  const report = { machine, engines: names, flopsPerSecond, peers, durationS: seconds, results };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exitCode = failures.length > 0 ? 1 : 0;

/**
 * Measures the comparison of 8 checkpoints with 5,000 answers each as the page asks for it: from the open workspace,
 * through the reader's thread, to the answers' bytes. `cold` is the first time, `warm` the next. Prints JSON.
 *
 *   node scripts/bench-compare.ts [--checkpoints 8] [--answers 5000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { ContractName, Input } from '../electron/contract.ts';
import { openWorkspace } from '../electron/workspace.ts';
import { fillComparison } from '../test/support/comparison.ts';

const { values } = parseArgs({
  options: { checkpoints: { type: 'string', default: '8' }, answers: { type: 'string', default: '5000' } },
});
const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
const filled = await fillComparison(folder, Number(values.checkpoints), Number(values.answers));
const workspace = await openWorkspace(folder, { runsJobs: false });
const { checkpointIds, protocolHash } = filled;
const under = { checkpointIds, protocolHash };
const [a, b] = checkpointIds as [string, string];

/** What each part of the page asks. */
const ASKED: { readonly [N in ContractName]?: Input<N> } = {
  'compare.checkpoints': { checkpointIds },
  'compare.answers': { ...under, limit: 40 },
  'compare.frontier': under,
  'compare.tests': { ...under, pairs: 'all' },
  'compare.lengthBins': under,
  'compare.flips': { protocolHash, a, b },
};

async function timed(name: ContractName, input: unknown): Promise<{ ms: number; bytes: number }> {
  const startedMs = performance.now();
  const answer = await workspace.callJson(name, input, { host: 'terminal', mayRead: () => false });
  return { ms: Math.round((performance.now() - startedMs) * 10) / 10, bytes: answer.length };
}

// The reader's thread starts with the first call.
await timed('compare.checkpoints', { checkpointIds });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const results: Record<string, unknown> = {};
for (const [name, input] of Object.entries(ASKED)) {
  const cold = await timed(name as ContractName, input);
  const warm = await timed(name as ContractName, input);
  results[name] = { coldMs: cold.ms, warmMs: warm.ms, bytes: warm.bytes };
}
delay.disable();
console.log(
  JSON.stringify({ ...filled.size, results, ownerMaxBlockMs: Math.round(delay.max / 1e5) / 10 }, null, 2),
);
await workspace.close();
rmSync(folder, { recursive: true });

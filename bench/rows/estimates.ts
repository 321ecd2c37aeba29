/** How far a stage's estimated memory is from what its process took, in percent of the latter. */
import type { EngineName } from '../../trainer/engine/engine.ts';
import { type BenchModel, MODELS } from '../models.ts';
import type { Entrant, Line, Row } from '../row.ts';
import { type MeasuredStage, openMemoryBench } from '../stage-memory.ts';

const STAGES: readonly MeasuredStage[] = ['pretrain', 'sft', 'rmt', 'rpt', 'rlm', 'posttrain'];
const ENGINES: readonly (readonly [string, EngineName])[] = [
  ['native', 'kernels-native'],
  ['WASM', 'kernels-wasm'],
];
const TARGET_PERCENT = 10;

function rowOf({ name, config }: BenchModel): Row {
  const entrants: Entrant[] = [];
  const lines: Line[] = [];
  for (const [build, engine] of ENGINES) {
    for (const stage of STAGES) {
      const ours = `${stage}, ${build}`;
      lines.push({ ours, peer: null, target: TARGET_PERCENT });
      entrants.push({
        name: ours,
        open: async () => {
          const bench = openMemoryBench(config);
          return {
            repeat: async () => {
              const { estimatedBytes, peakBytes } = await bench.measure(stage, engine);
              return { value: 100 * Math.abs(estimatedBytes / peakBytes - 1), peakBytes };
            },
            close: async () => bench.close(),
          };
        },
      });
    }
  }
  return {
    name: `memory estimate off by, ${name}`,
    unit: '%',
    better: 'lower',
    repeats: 1,
    ours: entrants,
    peers: [],
    lines,
    limit: null,
  };
}

export const rows: readonly Row[] = MODELS.map(rowOf);

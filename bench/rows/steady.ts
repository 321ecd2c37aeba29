/** Resident memory gained between step 300 and step 1,000 of sampling and training. */
import type { EngineName } from '../../trainer/engine/engine.ts';
import type { Entrant, Row } from '../row.ts';
import { runSteadily } from '../steady.ts';

/** Of a process of a hundred: the collector's own noise. */
const TARGET_MB = 4;

const ours = (name: string, engine: EngineName): Entrant => ({
  name,
  open: async () => ({
    repeat: async () => {
      const { before, after } = await runSteadily(engine);
      return { value: (after.residentBytes - before.residentBytes) / 1e6, peakBytes: null };
    },
    close: async () => {},
  }),
});

export const rows: readonly Row[] = [
  {
    name: 'memory gained over 1,000 steps',
    unit: 'MB',
    better: 'lower',
    repeats: 1,
    ours: [
      ours('native', 'kernels-native'),
      ours('WASM', 'kernels-wasm'),
      ours('TensorFlow.js on WASM', 'tfjs-wasm'),
    ],
    peers: [],
    lines: [
      { ours: 'native', peer: null, target: TARGET_MB },
      { ours: 'WASM', peer: null, target: TARGET_MB },
      { ours: 'TensorFlow.js on WASM', peer: null, target: TARGET_MB },
    ],
    limit: null,
  },
];

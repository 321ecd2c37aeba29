/** Whole paths of the engine at three sizes: a train step, rollouts, a GRPO step; native and WASM. */
import { fileURLToPath } from 'node:url';
import type { EngineName } from '../../trainer/engine/engine.ts';
import { startContestant } from '../contestant-process.ts';
import type { EngineJob, Work } from '../engine-worker.ts';
import { type BenchModel, grpoFlops, MODELS, type RolloutSize, rolloutFlops, trainFlops } from '../models.ts';
import { python } from '../peer.ts';
import type { Entrant, Line, Row } from '../row.ts';

const WORKER = fileURLToPath(new URL('../engine-worker.ts', import.meta.url));
const TRAIN = { sequences: 16, tokens: 256 };
const SMALL: RolloutSize = { prompts: 8, numGenerations: 8, promptTokens: 64, newTokens: 64 };
const LARGE: RolloutSize = { prompts: 16, numGenerations: 8, promptTokens: 128, newTokens: 64 };

/** Targets hold for model M; at the other sizes the figures stand without one. */
const isM = ({ name }: BenchModel): boolean => name.startsWith('M');

function ours({ config }: BenchModel, work: Work): Entrant[] {
  const entrant = (name: string, engine: EngineName): Entrant => {
    const job: EngineJob = { engine, config, work };
    return { name, open: () => startContestant(process.execPath, [WORKER, JSON.stringify(job)]) };
  };
  return [entrant('native', 'kernels-native'), entrant('WASM', 'kernels-wasm')];
}

function sizesOf({ config }: BenchModel, size?: RolloutSize): Record<string, number> {
  return {
    hidden: config.hiddenSize,
    intermediate: config.intermediateSize,
    layers: config.numHiddenLayers,
    vocab: config.vocabSize,
    ...(size && {
      prompts: size.prompts,
      generations: size.numGenerations,
      prompt: size.promptTokens,
      new: size.newTokens,
    }),
  };
}

/** Both of ours against one peer. */
function lines(model: BenchModel, peer: string, native: number | null, wasm: number | null): Line[] {
  const target = (of: number | null): number | null => (isM(model) ? of : null);
  return [
    { ours: 'native', peer, target: target(native), comparesMemory: true },
    { ours: 'WASM', peer, target: target(wasm), comparesMemory: true },
  ];
}

function trainRow(model: BenchModel): Row {
  const { sequences, tokens } = TRAIN;
  return {
    name: `train step ${sequences}×${tokens}, ${model.name}`,
    unit: 'ms',
    better: 'lower',
    repeats: model.repeats,
    ours: ours(model, { kind: 'train', ...TRAIN }),
    peers: [python('PyTorch eager', 'torch_train.py', { ...sizesOf(model), prompts: sequences, tokens })],
    lines: lines(model, 'PyTorch eager', 0.7, 1.3),
    limit: (rate) => (1000 * trainFlops(model.config, sequences, tokens)) / rate,
  };
}

function rolloutRow(model: BenchModel, size: RolloutSize, native: number, wasm: number): Row {
  const { prompts, numGenerations, promptTokens, newTokens } = size;
  const sampled = prompts * numGenerations * newTokens;
  return {
    name: `rollouts ${prompts * numGenerations}×(${promptTokens}+${newTokens}), ${model.name}`,
    unit: 'tokens/s',
    better: 'higher',
    repeats: model.repeats,
    ours: ours(model, { kind: 'rollout', size }),
    peers: [python('HF generate', 'hf_generate.py', sizesOf(model, size))],
    lines: lines(model, 'HF generate', native, wasm),
    limit: (rate) => (sampled * rate) / rolloutFlops(model.config, size),
  };
}

function grpoRow(model: BenchModel): Row {
  const { prompts, numGenerations, promptTokens, newTokens } = SMALL;
  return {
    name: `GRPO step ${prompts}×${numGenerations}×(${promptTokens}+${newTokens}), ${model.name}`,
    unit: 'steps/s',
    better: 'higher',
    repeats: model.repeats,
    ours: ours(model, { kind: 'grpo', size: SMALL }),
    peers: [
      python('TRL GRPOTrainer', 'trl_grpo.py', sizesOf(model, SMALL)),
      python('PyTorch loop, static cache', 'torch_loop.py', sizesOf(model, SMALL)),
    ],
    lines: [
      ...lines(model, 'TRL GRPOTrainer', 5, 2.5),
      ...lines(model, 'PyTorch loop, static cache', 2, null),
    ],
    limit: (rate) => rate / grpoFlops(model.config, SMALL),
  };
}

export const rows: readonly Row[] = MODELS.flatMap((model) => [
  trainRow(model),
  rolloutRow(model, SMALL, 6, 3),
  rolloutRow(model, LARGE, 15, 8),
  grpoRow(model),
]);

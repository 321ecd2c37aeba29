/**
 * What every training stage shares: the run's surroundings, the loop over steps, checkpoints, and going on after an
 * interruption. A method supplies one step; everything random in it follows from (seed, step).
 */
import { join } from 'node:path';
import { type TrainingState, writeCheckpoint } from '../checkpoints/folder.ts';
import type { StageSettings } from '../config/stages.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Engine, OptimizerSettings, Policy } from '../engine/engine.ts';
import { parameterCount } from '../engine/model.ts';
import { forwardFlops } from '../flops.ts';
import type { FromTrainer, Job, Sample } from '../protocol.ts';

/** Pause, stop and progress, as the process's owner asks for them. */
export interface Control {
  /** Waits while paused; false once the run should stop. To be awaited between steps. */
  proceed(): Promise<boolean>;
}

export interface Surroundings {
  readonly job: Job;
  readonly engine: Engine;
  readonly control: Control;
  readonly emit: (message: FromTrainer) => void;
}

export interface StepOutcome {
  readonly metrics: Readonly<Record<string, number>>;
  /** Tokens trained or sampled, and the operations they took. */
  readonly tokens: number;
  readonly flops: number;
  readonly samples: readonly Sample[];
}

export interface Method {
  /** One optimizer step; `step` counts from 0. `keepSamples` asks for rollouts to read. */
  step(step: number, learningRate: number, keepSamples: boolean): Promise<StepOutcome>;
  /** Mean next-token loss on held-out documents; null where there are none. */
  validate(): Promise<number | null>;
}

/** What a stage trains, and where it goes on. */
export interface Opened {
  readonly policy: Policy;
  /** The base as it was, for a KL penalty; null without one. */
  readonly reference: Policy | null;
  readonly tokenizer: Tokenizer;
  /** State of the run's checkpoint to go on from, or null for a fresh run. */
  readonly from: TrainingState | null;
}

/** What the loop itself reads of a stage's settings. */
export type LoopSettings = Pick<
  StageSettings<'sft'>,
  | 'maxSteps'
  | 'learningRate'
  | 'lrSchedulerType'
  | 'warmupSteps'
  | 'minLearningRateRatio'
  | 'saveSteps'
  | 'sampleSteps'
  | 'validationSteps'
  | 'seed'
>;

/** The learning rate of a step: linear warm-up, then constant, cosine or linear decay to the final share. */
export function learningRateAt(step: number, settings: LoopSettings): number {
  const { learningRate, warmupSteps, maxSteps, minLearningRateRatio: floor } = settings;
  const warm = warmupSteps === 0 ? 1 : Math.min(1, (step + 1) / warmupSteps);
  const progress = Math.min(1, Math.max(0, step - warmupSteps) / Math.max(1, maxSteps - warmupSteps));
  switch (settings.lrSchedulerType) {
    case 'constant_with_warmup':
      return learningRate * warm;
    case 'cosine':
      return learningRate * warm * Math.max(floor, 0.5 * (1 + Math.cos(Math.PI * progress)));
    case 'linear':
      return learningRate * warm * Math.max(floor, 1 - progress);
    default:
      return settings.lrSchedulerType satisfies never;
  }
}

export function optimizerOf(
  settings: Pick<
    StageSettings<'sft'>,
    'adamBeta1' | 'adamBeta2' | 'adamEpsilon' | 'weightDecay' | 'maxGradNorm'
  >,
  learningRate: number,
): OptimizerSettings {
  const { adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm } = settings;
  return { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm };
}

/** Trains what was opened with the method that `open` makes for it, and lets go of it whatever happens. */
export async function train(
  around: Surroundings,
  opened: Opened,
  settings: LoopSettings,
  open: () => Promise<Method>,
): Promise<'finished' | 'stopped'> {
  try {
    return await loop(around, opened, settings, await open());
  } finally {
    opened.reference?.dispose();
    opened.policy.dispose();
  }
}

/**
 * Runs a method's steps to the end, or to where it is stopped; saves a checkpoint every `saveSteps`, when stopped,
 * and at the end.
 */
async function loop(
  around: Surroundings,
  { policy, tokenizer, from }: Opened,
  settings: LoopSettings,
  method: Method,
): Promise<'finished' | 'stopped'> {
  const { emit, control, job } = around;
  let numTokens = from?.numTokens ?? 0;
  let flops = from?.flops ?? 0;
  let wallTimeS = from?.wallTimeS ?? 0;
  let step = from?.step ?? 0;
  let savedAt = from ? step : -1;
  emit({
    kind: 'started',
    totalSteps: settings.maxSteps,
    fromStep: step,
    parameters: parameterCount(policy.config),
    flopsPerToken: forwardFlops(policy.config, { tokens: 1, attended: 1, logits: 1 }),
  });

  const save = async (final: boolean): Promise<void> => {
    if (savedAt === step && !final) return;
    const folder = join(job.folder, 'checkpoints', `step-${String(step).padStart(6, '0')}`);
    const state = await policy.state();
    const written = writeCheckpoint(folder, state, tokenizer, {
      stage: job.stage,
      step,
      optimizerStep: state.optimizer?.step ?? 0,
      settings: job.settings,
      generator: { kind: 'philox4x32-10', seed: settings.seed, step },
      numTokens,
      flops,
      wallTimeS,
    });
    savedAt = step;
    emit({
      kind: 'checkpoint',
      step,
      folder,
      final,
      parameters: parameterCount(policy.config),
      ...written,
      tokenizerSha256: tokenizer.sha256,
      vocabSize: tokenizer.vocabSize,
      tokenizerKind: tokenizer.kind,
    });
  };

  while (step < settings.maxSteps) {
    if (!(await control.proceed())) {
      await save(false);
      return 'stopped';
    }
    const startedMs = performance.now();
    const learningRate = learningRateAt(step, settings);
    const due = (every: number): boolean =>
      every > 0 && ((step + 1) % every === 0 || step === 0 || step + 1 === settings.maxSteps);
    const outcome = await method.step(step, learningRate, due(settings.sampleSteps));
    const stepTimeS = (performance.now() - startedMs) / 1000;
    const validationLoss = due(settings.validationSteps) ? await method.validate() : null;
    step++;
    numTokens += outcome.tokens;
    flops += outcome.flops;
    wallTimeS += stepTimeS;
    emit({
      kind: 'metrics',
      step,
      values: {
        ...outcome.metrics,
        ...(validationLoss === null ? {} : { validation_loss: validationLoss }),
        learning_rate: learningRate,
        step_time: stepTimeS,
        wall_time: wallTimeS,
        num_tokens: numTokens,
        flops,
        tokens_per_second: outcome.tokens / stepTimeS,
        memory_rss: process.memoryUsage.rss(),
      },
    });
    if (outcome.samples.length > 0) emit({ kind: 'samples', step, samples: [...outcome.samples] });
    if (settings.saveSteps > 0 && step % settings.saveSteps === 0 && step < settings.maxSteps)
      await save(false);
  }
  await save(true);
  return 'finished';
}

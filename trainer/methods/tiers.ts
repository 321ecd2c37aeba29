/** A corpus with its entropies: scored by the base once and kept, or re-scored by the policy as it moves. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../checkpoints/folder.ts';
import type { StageSettings } from '../config/stages.ts';
import type { TokenizedCorpus } from '../data/documents.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Policy } from '../engine/engine.ts';
import { DOMAIN, drawsFor } from '../engine/random.ts';
import { type TierThresholds, tierThresholds } from '../rl/curriculum.ts';
import {
  type EntropyTable,
  entropyPath,
  loadEntropies,
  saveEntropies,
  scoreEntropies,
} from '../rl/entropy.ts';
import type { Surroundings } from './run.ts';
import { breathe, corpusOf, openCorpus } from './setup.ts';

type TierSettings = Pick<
  StageSettings<'rmt'>,
  | 'tierThresholds'
  | 'easyQuantile'
  | 'hardQuantile'
  | 'easyEntropy'
  | 'hardEntropy'
  | 'maxScoredSequences'
  | 'maxDocumentTokens'
> & { readonly entropyFloor?: number; readonly rescoreSteps?: number };

export interface Tiers {
  /** The sequences that were scored, which the run trains on. */
  readonly corpus: TokenizedCorpus;
  entropiesOf(sequence: number): Float32Array;
  thresholds(): TierThresholds;
  /** Scores again with the current policy where the settings ask for it; to be awaited before each step. */
  prepare(step: number): Promise<void>;
}

/** At most `most` sequences of a corpus: the same ones whatever the run's seed, so that their scores can be kept. */
export function representatives(corpus: TokenizedCorpus, most: number): TokenizedCorpus {
  if (corpus.count <= most) return corpus;
  const all = Array.from({ length: corpus.count }, (_, i) => i);
  const chosen = drawsFor(0, DOMAIN.data, 0xffffffff).shuffle(all).slice(0, most);
  return {
    count: most,
    sequence: (index) => corpus.sequence(chosen[index]!),
    documentKey: (index) => corpus.documentKey(chosen[index]!),
    tokens: chosen.reduce((sum, i) => sum + corpus.sequence(i).length, 0),
  };
}

/**
 * @param policy scores when re-scoring, and at the start of a fresh run; the base's own weights score otherwise
 * @param fromStep finished steps of the run, when it goes on after an interruption
 */
export async function openTiers(
  around: Surroundings,
  base: Checkpoint,
  policy: Policy,
  tokenizer: Tokenizer,
  settings: TierSettings,
  fromStep: number,
): Promise<Tiers> {
  const { job, emit } = around;
  const source = corpusOf(around, 'documents');
  const whole = await openCorpus(around, source, 'train', tokenizer, settings.maxDocumentTokens);
  const corpus = representatives(whole, settings.maxScoredSequences);
  const basePath = entropyPath(
    job.entropyFolder,
    source.sha256,
    'train',
    base.sha256,
    settings.maxDocumentTokens,
    corpus.count,
  );
  const every = settings.rescoreSteps ?? 0;
  const rescoredPath = (step: number): string => join(job.folder, 'entropy', `step-${step}.safetensors`);

  const score = async (scorer: Policy, path: string): Promise<EntropyTable> => {
    const scored = await scoreEntropies(scorer, corpus, async (done, total) => {
      emit({ kind: 'progress', label: 'Scoring entropies', done, total });
      await breathe();
    });
    saveEntropies(path, corpus, scored);
    return scored;
  };
  const scoreBase = async (): Promise<EntropyTable> => {
    const kept = loadEntropies(basePath, corpus);
    if (kept) return kept;
    // A fresh run's policy is the base still: a second copy would only take its memory.
    if (!job.resume) return score(policy, basePath);
    const scorer = await around.engine.createPolicy(base.state, { withOptimizer: false });
    try {
      return await score(scorer, basePath);
    } finally {
      scorer.dispose();
    }
  };

  // A resumed run must see the scores it saw: those of the last re-scoring before it stopped.
  const lastRescored = every > 0 ? Math.floor(fromStep / every) * every : 0;
  let table =
    lastRescored > 0 && existsSync(rescoredPath(lastRescored))
      ? (loadEntropies(rescoredPath(lastRescored), corpus) ?? (await scoreBase()))
      : await scoreBase();
  let thresholds = tierThresholds(table.values, settings);
  emit({
    kind: 'entropy',
    corpusSha256: source.sha256,
    checkpointSha256: base.sha256,
    path: basePath,
    positions: table.values.length,
    easyUpTo: thresholds.easyUpTo,
    hardAbove: thresholds.hardAbove,
  });
  return {
    corpus,
    entropiesOf: (sequence) => table.of(sequence),
    thresholds: () => thresholds,
    async prepare(step) {
      if (
        every === 0 ||
        step === 0 ||
        step % every !== 0 ||
        (step === fromStep && step === lastRescored && existsSync(rescoredPath(step)))
      )
        return;
      table = await score(policy, rescoredPath(step));
      thresholds = tierThresholds(table.values, settings);
    },
  };
}

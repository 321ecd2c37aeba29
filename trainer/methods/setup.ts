/** Opening what a stage needs: corpora, tokenizer, policy; from a base, from scratch, or from where it stopped. */
import { type Checkpoint, CheckpointUnusable, readCheckpoint } from '../checkpoints/folder.ts';
import { EmptySequences, type TokenizedCorpus, tokenizeCorpus } from '../data/documents.ts';
import { openShards } from '../data/shards.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import { weighted } from '../data/traces.ts';
import type { Policy } from '../engine/engine.ts';
import { sequenceWork, trainFlops } from '../flops.ts';
import type { CorpusReference } from '../protocol.ts';
import type { Opened, Surroundings } from './run.ts';

/** A job that asks for something its inputs cannot give. */
export class JobImpossible extends Error {
  override readonly name: string;
  readonly wayOut: string;
  constructor(name: string, message: string, wayOut: string) {
    super(message);
    this.name = name;
    this.wayOut = wayOut;
  }
}

/** Lets timers and messages through between pieces of long host-side work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One split of a corpus as token sequences, with progress told. */
export async function openCorpus(
  around: Surroundings,
  corpus: CorpusReference,
  split: 'train' | 'validation',
  tokenizer: Tokenizer,
  maxTokens: number,
): Promise<TokenizedCorpus> {
  const reader = openShards(corpus[split]);
  try {
    return await tokenizeCorpus(reader, tokenizer, maxTokens, async (done, total) => {
      around.emit({ kind: 'progress', label: `Tokenising ${corpus.name} (${split})`, done, total });
      await breathe();
    });
  } finally {
    reader.close();
  }
}

/** The validation split, or null where it holds nothing. */
export async function openValidation(
  around: Surroundings,
  corpus: CorpusReference,
  tokenizer: Tokenizer,
  maxTokens: number,
): Promise<TokenizedCorpus | null> {
  if (corpus.validation.every((shard) => shard.documents === 0)) return null;
  try {
    return await openCorpus(around, corpus, 'validation', tokenizer, maxTokens);
  } catch (error) {
    if (error instanceof EmptySequences) return null;
    throw error;
  }
}

export interface OpenedFromBase extends Opened {
  readonly base: Checkpoint;
}

/**
 * The policy of a stage that trains a base checkpoint further.
 * @param beta weight of the KL penalty: above 0, the base is kept as the reference
 */
export async function openFromBase(around: Surroundings, beta = 0): Promise<OpenedFromBase> {
  const { job, engine } = around;
  if (!job.base) throw new CheckpointUnusable('This stage needs a base checkpoint.', 'Choose one.');
  const base = readCheckpoint(job.base, false);
  const resumed = job.resume ? readCheckpoint(job.resume, true) : null;
  const policy = await engine.createPolicy(resumed ? resumed.state : { ...base.state, optimizer: null });
  const reference = beta === 0 ? null : await engine.createPolicy(base.state, { withOptimizer: false });
  return { policy, reference, tokenizer: base.tokenizer, base, from: resumed?.training ?? null };
}

const VALIDATION_SEQUENCES = 64;

/** Mean next-token loss over the first held-out sequences: the same ones all through a run. */
export async function validationLoss(policy: Policy, corpus: TokenizedCorpus | null): Promise<number | null> {
  if (!corpus) return null;
  const documents = Array.from({ length: Math.min(corpus.count, VALIDATION_SEQUENCES) }, (_, i) =>
    weighted(corpus.sequence(i)),
  );
  const scores = await policy.score({
    sequences: documents.map((document) => document.tokens),
    logits: { temperature: 1, bannedTokens: [] },
  });
  let sum = 0;
  let weight = 0;
  documents.forEach((document, d) => {
    document.weights.forEach((w, i) => {
      sum -= w * scores[d]!.logps[i]!;
      weight += w;
    });
  });
  return weight === 0 ? null : sum / weight;
}

/** Operations of training on whole sequences. */
export function documentFlops(policy: Policy, sequences: readonly Int32Array[]): number {
  return sequences.reduce(
    (sum, sequence) => sum + trainFlops(policy.config, sequenceWork(sequence.length)),
    0,
  );
}

export function corpusOf(around: Surroundings, kind: 'documents' | 'questions'): CorpusReference {
  const corpus = around.job[kind];
  if (corpus) return corpus;
  throw new JobImpossible(
    'CorpusMissing',
    `This stage reads a corpus of ${kind}, and none was given.`,
    `Choose a corpus of ${kind}.`,
  );
}

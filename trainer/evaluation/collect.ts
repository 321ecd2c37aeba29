/** The items of an evaluation, with the tiers they fall into. */
import { type Checkpoint, readCheckpoint } from '../checkpoints/folder.ts';
import type { StageSettings } from '../config/stages.ts';
import type { TokenizedCorpus } from '../data/documents.ts';
import type { BudgetWriter } from '../data/prompts.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import type { Policy } from '../engine/engine.ts';
import { openQuestions } from '../methods/posttrain.ts';
import type { Surroundings } from '../methods/run.ts';
import { breathe, corpusOf, JobImpossible, openCorpus } from '../methods/setup.ts';
import { representatives } from '../methods/tiers.ts';
import type { EvaluationProtocol } from '../protocol.ts';
import { type TierThresholds, tierThresholds } from '../rl/curriculum.ts';
import {
  type EntropyTable,
  entropyPath,
  loadEntropies,
  saveEntropies,
  scoreEntropies,
} from '../rl/entropy.ts';
import { type Item, positionItems, questionItems, spanItems } from './items.ts';

/** An evaluation under way: who is asked, and under which settings. */
export interface Opened {
  readonly around: Surroundings;
  readonly settings: StageSettings<'evaluate'>;
  readonly policy: Policy;
  readonly tokenizer: Tokenizer;
  readonly writeBudget: BudgetWriter;
}

/** The items of one task. */
export interface Asked {
  readonly task: EvaluationProtocol['task'];
  readonly items: readonly Item[];
  readonly corpus: TokenizedCorpus | null;
}

/** The items of every task that is switched on and has a corpus. */
export async function collectItems(opened: Opened): Promise<Asked[]> {
  const { around, settings, tokenizer, writeBudget } = opened;
  const { job } = around;
  const asked: Asked[] = [];
  const wantsPositions = settings.nextTokenDirect || settings.nextTokenThinking;
  if (job.documents && (wantsPositions || settings.restoration)) {
    const source = corpusOf(around, 'documents');
    const corpus = representatives(
      await openCorpus(around, source, 'validation', tokenizer, settings.maxDocumentTokens),
      settings.maxScoredSequences,
    );
    const needsTiers = wantsPositions || settings.spanChoice === 'hard';
    const tiers = needsTiers ? await referenceTiers(opened, corpus) : null;
    if (wantsPositions && tiers) {
      const items = positionItems(corpus, tiers.entropies, tiers.thresholds, settings, writeBudget);
      asked.push({ task: 'next-token', items, corpus });
    }
    if (settings.restoration) {
      const items = spanItems(
        corpus,
        tiers?.entropies ?? null,
        tiers?.thresholds ?? null,
        settings,
        writeBudget,
      );
      asked.push({ task: 'restoration', items, corpus });
    }
  }
  if (job.questions && settings.questions) {
    const questions = openQuestions(job.questions, 'validation');
    const items = questionItems(questions, tokenizer, settings, writeBudget);
    asked.push({ task: 'question', items, corpus: null });
  }
  if (asked.every((one) => one.items.length === 0)) {
    throw new JobImpossible(
      'NothingToEvaluate',
      'The held-out documents and questions of these corpora offer nothing to evaluate under these settings.',
      'Give a corpus with a validation split, or switch on a task that suits it.',
    );
  }
  return asked.filter((one) => one.items.length > 0);
}

/** Tiers by the reference checkpoint's entropies on the held-out documents themselves. */
async function referenceTiers(
  opened: Opened,
  corpus: TokenizedCorpus,
): Promise<{ entropies: EntropyTable; thresholds: TierThresholds }> {
  const { around, settings, tokenizer } = opened;
  const reference = readCheckpoint(around.job.tierReference ?? around.job.base ?? '', false);
  if (reference.tokenizer.sha256 !== tokenizer.sha256) {
    throw new JobImpossible(
      'TokenizersDiffer',
      'The checkpoint that sets the tiers has another tokenizer than the evaluated one, so positions do not match.',
      'Choose a tier reference from the same lineage.',
    );
  }
  // Kept, so that an evaluation on another engine, whose entropies differ in the last digit, asks the same items.
  const { sha256 } = corpusOf(around, 'documents');
  const path = entropyPath(
    around.job.entropyFolder,
    sha256,
    'validation',
    reference.sha256,
    settings.maxDocumentTokens,
    corpus.count,
  );
  const entropies = loadEntropies(path, corpus) ?? (await scoreReference(around, reference, corpus, path));
  return { entropies, thresholds: tierThresholds(entropies.values, settings) };
}

async function scoreReference(
  around: Surroundings,
  reference: Checkpoint,
  corpus: TokenizedCorpus,
  path: string,
): Promise<EntropyTable> {
  const scorer = await around.engine.createPolicy(reference.state, { withOptimizer: false });
  try {
    const entropies = await scoreEntropies(scorer, corpus, async (done, total) => {
      around.emit({ kind: 'progress', label: 'Scoring entropies of held-out documents', done, total });
      await breathe();
    });
    saveEntropies(path, corpus, entropies);
    return entropies;
  } finally {
    scorer.dispose();
  }
}

/**
 * What an evaluation asks: items drawn from held-out documents by the evaluation's own seed and, where tiers matter,
 * the entropies of a reference checkpoint. So checkpoints evaluated with the same reference and seed answer the same
 * items; `itemsHash` proves it.
 */
import { createHash } from 'node:crypto';
import type { StageSettings } from '../config/stages.ts';
import type { TokenizedCorpus } from '../data/documents.ts';
import { type BudgetWriter, nextTokenPrompt } from '../data/prompts.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import { DOMAIN, drawsFor } from '../engine/random.ts';
import type { Question } from '../methods/posttrain.ts';
import { questionTask } from '../methods/posttrain.ts';
import { drawSpan, restorationTask } from '../methods/rlm.ts';
import { TIERS, type TierThresholds, tierOf } from '../rl/curriculum.ts';
import type { EntropyTable } from '../rl/entropy.ts';
import type { Task } from '../rl/rollouts.ts';

/** An item: a task, and what identifies it across checkpoints. */
export interface Item {
  readonly key: string;
  readonly task: (budget: number | null) => Task;
  /** For next-token items: where the target lies. */
  readonly position: { readonly sequence: number; readonly target: number } | null;
}

const PURPOSE = { positions: 1, spans: 2, questions: 3 } as const;

/** Positions for next-token evaluation: up to `itemsPerTier` in each tier, uniformly among the tier's. */
export function positionItems(
  corpus: TokenizedCorpus,
  entropies: EntropyTable,
  thresholds: TierThresholds,
  settings: Pick<StageSettings<'evaluate'>, 'itemsPerTier' | 'seed'>,
  writeBudget: BudgetWriter,
): Item[] {
  const byTier: { sequence: number; target: number }[][] = [[], [], []];
  for (let sequence = 0; sequence < corpus.count; sequence++) {
    entropies.of(sequence).forEach((entropy, target) => {
      const tier = tierOf(entropy, thresholds);
      if (tier >= 0) byTier[tier]!.push({ sequence, target });
    });
  }
  return byTier.flatMap((positions, tier) => {
    const draws = drawsFor(settings.seed, DOMAIN.evaluation, PURPOSE.positions, tier);
    return draws
      .shuffle(positions)
      .slice(0, settings.itemsPerTier)
      .map((position, i): Item => {
        const { sequence, target } = position;
        const tokens = corpus.sequence(sequence);
        const documentKey = corpus.documentKey(sequence);
        return {
          key: `${documentKey}:${sequence}:${target}`,
          position,
          task: (budget) => ({
            prompt: nextTokenPrompt(tokens.subarray(0, target), writeBudget(budget)),
            stream: tier * 1_000_000 + i,
            documentKey,
            tier: TIERS[tier]!,
            maskFraction: null,
            budget,
            truth: tokens.slice(target, target + 1),
          }),
        };
      });
  });
}

/** One masked span in each of up to `restorationItems` documents. */
export function spanItems(
  corpus: TokenizedCorpus,
  entropies: EntropyTable | null,
  thresholds: TierThresholds | null,
  settings: StageSettings<'evaluate'>,
  writeBudget: BudgetWriter,
): Item[] {
  const order = drawsFor(settings.seed, DOMAIN.evaluation, PURPOSE.spans).shuffle(
    Array.from({ length: corpus.count }, (_, i) => i),
  );
  const items: Item[] = [];
  for (const sequence of order) {
    if (items.length === settings.restorationItems) break;
    const tokens = corpus.sequence(sequence);
    const draws = drawsFor(settings.seed, DOMAIN.evaluation, PURPOSE.spans, sequence + 1);
    const span = drawSpan(draws, tokens, settings, entropies?.of(sequence) ?? null, thresholds);
    if (!span) continue;
    const documentKey = corpus.documentKey(sequence);
    const stream = 3_000_000 + items.length;
    items.push({
      key: `${documentKey}:${sequence}:${span.start}+${span.length}`,
      position: null,
      task: (budget) => restorationTask(tokens, span, documentKey, budget, writeBudget, stream),
    });
  }
  return items;
}

export function questionItems(
  questions: readonly Question[],
  tokenizer: Tokenizer,
  settings: Pick<StageSettings<'evaluate'>, 'questionItems' | 'seed'>,
  writeBudget: BudgetWriter,
): Item[] {
  const order = drawsFor(settings.seed, DOMAIN.evaluation, PURPOSE.questions).shuffle([...questions]);
  return order.slice(0, settings.questionItems).map((question, i) => ({
    key: question.key,
    position: null,
    task: (budget) => questionTask(question, tokenizer, budget, writeBudget, 4_000_000 + i),
  }));
}

/** Hash over the items' prompts and truths, as tokens: equal hashes mean equal questions. */
export function itemsHash(items: readonly Item[], tokenizer: Tokenizer): string {
  const hash = createHash('sha256').update(tokenizer.sha256);
  for (const item of items) {
    const { prompt, truth } = item.task(null);
    hash.update(`\n${item.key} ${prompt.join(' ')} > ${truth.join(' ')}`);
  }
  return hash.digest('hex');
}

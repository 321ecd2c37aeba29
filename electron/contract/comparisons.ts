import { z } from 'zod';
import { evaluationItem, evaluationProtocol } from '../../trainer/protocol.ts';
import { LENGTH_CHANGES, OUTCOME_CHANGES } from './analysis.ts';
import { checkpoint } from './checkpoints.ts';
import { id, interval, milliseconds, page, query } from './shapes.ts';

/** Share of right answers by tier; a tier without items is null. */
const accuracy = z.object({
  easy: interval.nullable(),
  medium: interval.nullable(),
  hard: interval.nullable(),
  all: interval,
});

/** One evaluation of one checkpoint under one protocol. */
export const evaluationSummary = z.object({
  id,
  checkpointId: id,
  runId: id,
  protocol: evaluationProtocol,
  /** Equal hashes may be compared: same prompts, decoding and caps. */
  protocolHash: z.string(),
  items: z.number(),
  documents: z.number(),
  accuracy,
  /** Means of the other scores (edit, exact, chrf …). */
  scores: z.record(z.string(), interval),
  /** null for direct prediction, which does not think. */
  thinkingLength: z.object({ ...interval.shape, median: z.number() }).nullable(),
  truncatedShare: z.number(),
  createdAtMs: milliseconds,
});
export type EvaluationSummary = z.infer<typeof evaluationSummary>;

/** Evaluations that may be compared, and what they have in common, in words. */
const comparisonGroup = z.object({
  protocolHash: z.string(),
  protocol: evaluationProtocol,
  title: z.string(),
  evaluations: z.array(evaluationSummary),
  /** Chosen checkpoints not evaluated under this protocol. */
  missing: z.array(id),
});
export type ComparisonGroup = z.infer<typeof comparisonGroup>;

/** How two sets of evaluations differ and what follows. */
const protocolDifference = z.object({
  /** Hashes of the protocols. */
  a: z.string(),
  b: z.string(),
  titleA: z.string(),
  titleB: z.string(),
  /** `refused`: numbers made so may not be held against each other. `marked`: they may, with a mark. */
  verdict: z.enum(['refused', 'marked']),
  reasons: z.array(
    z.object({ field: z.string(), label: z.string(), a: z.string(), b: z.string(), why: z.string() }),
  ),
});
export type ProtocolDifference = z.infer<typeof protocolDifference>;

const storedItem = evaluationItem.extend({ id: z.number() });
export type StoredItem = z.infer<typeof storedItem>;

export const comparisonsContract = {
  'evaluations.list': query(z.object({ checkpointIds: z.array(id).default([]) }), z.array(evaluationSummary)),
  'compare.checkpoints': query(
    z.object({ checkpointIds: z.array(id).min(1).max(64) }),
    z.object({
      checkpoints: z.array(checkpoint),
      groups: z.array(comparisonGroup),
      /** Why some evaluations stand apart, in sentences. */
      warnings: z.array(z.string()),
      /** Of sets that checkpoints do not share, field by field. */
      differences: z.array(protocolDifference),
    }),
  ),
  /** The same prompt's answers side by side, in one protocol. */
  'compare.answers': query(
    z.object({
      protocolHash: z.string(),
      checkpointIds: z.array(id).min(1).max(8),
      show: z.enum(['all', 'flips', 'shorter-and-wrong', 'all-wrong']).default('all'),
      tier: z.enum(['easy', 'medium', 'hard']).nullable().default(null),
      /** Only prompts whose answer changed so from a to b. */
      change: z
        .object({
          a: id,
          b: id,
          outcome: z.enum(OUTCOME_CHANGES).nullable().default(null),
          length: z.enum(LENGTH_CHANGES).nullable().default(null),
        })
        .nullable()
        .default(null),
      /** Only prompts in which this stands, in the prompt, the truth, or any checkpoint’s thinking or answer. */
      text: z.string().trim().max(200).default(''),
      ...page,
    }),
    z.object({
      total: z.number(),
      rows: z.array(
        z.object({
          itemKey: z.string(),
          tier: z.string().nullable(),
          promptText: z.string(),
          truthText: z.string(),
          /** As the checkpoints were asked for; null where one lacks the item. */
          answers: z.array(storedItem.nullable()),
        }),
      ),
    }),
  ),
} as const;

/** Names of the scores that say something other than the accuracy does, in at least one of these evaluations. */
export function otherScores(evaluations: readonly EvaluationSummary[]): readonly string[] {
  const names = new Set(evaluations.flatMap((one) => Object.keys(one.scores)));
  return [...names].filter((name) =>
    evaluations.some((one) => one.scores[name]?.mean !== one.accuracy.all.mean),
  );
}

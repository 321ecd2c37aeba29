/** Comparisons in numbers: tests, frontier, budget curves, length bins, paths, flips, restorations, scaling. */
import { z } from 'zod';
import { evaluationProtocol } from '../../trainer/protocol.ts';
import { checkpoint } from './checkpoints.ts';
import { run } from './run.ts';
import { command, id, interval, page, query } from './shapes.ts';

const tier = z.enum(['easy', 'medium', 'hard']).nullable().default(null);
const checkpointIds = z.array(id).min(1).max(64);
/** Only what holds it in its document, truth, thinking or answers, whatever its case. */
const searched = z.string().trim().max(200).default('');
const refused = z.array(z.object({ checkpointId: id, reason: z.string() }));

/** A p-value before and after Holm's correction over the family shown. */
const corrected = { p: z.number(), pHolm: z.number(), significant: z.boolean() };

const pairedTest = z.object({
  /** `b` is held against `a`. */
  a: id,
  b: id,
  items: z.number(),
  documents: z.number(),
  meanA: z.number(),
  meanB: z.number(),
  /** b − a, by a bootstrap that draws documents. */
  difference: interval,
  test: z.enum(['mcnemar-exact', 'paired-cluster-bootstrap']),
  ...corrected,
  /** Of the bootstrap that draws documents, whichever test decides. */
  pClustered: z.number(),
  /** McNemar’s exact test, which takes items as independent; null where outcomes are not right or wrong. */
  pMcnemar: z.number().nullable(),
  /** For right-or-wrong outcomes. */
  counts: z
    .object({ bothRight: z.number(), onlyA: z.number(), onlyB: z.number(), bothWrong: z.number() })
    .nullable(),
  /** Smallest true difference found with 80% power at 5% over the family, given the spread seen here; null without any. */
  minimumDetectable: z.number().nullable(),
  /** What to mind, in sentences. */
  notes: z.array(z.string()),
});
export type PairedTest = z.infer<typeof pairedTest>;

const frontierPoint = z.object({
  checkpointId: id,
  accuracy: interval,
  length: interval,
  truncatedShare: z.number(),
  /** No other one is at least as right and at most as long, and better in one of both. */
  pareto: z.boolean(),
  /** Share of bootstrap draws in which it is in the Pareto set. */
  paretoShare: z.number(),
  dominatedBy: z.array(
    z.object({
      checkpointId: id,
      /** Differences that are significant after Holm's correction over all pairs. */
      significant: z.enum(['both', 'accuracy', 'length', 'none']),
    }),
  ),
});
export type FrontierPoint = z.infer<typeof frontierPoint>;

const budgetCurve = z.object({
  checkpointId: id,
  points: z.array(z.object({ budget: z.number(), evaluationId: id, accuracy: interval, length: interval })),
  /** Mean accuracy over the shared budgets (trapezoids), with a clustered bootstrap interval; null below two. */
  auc: interval.nullable(),
});

const budgetFamily = z.object({
  key: z.string(),
  title: z.string(),
  protocol: evaluationProtocol,
  budgets: z.array(z.number()),
  /** Budgets that every checkpoint with an area has: areas run over these. */
  sharedBudgets: z.array(z.number()),
  curves: z.array(budgetCurve),
  /** Differences of areas to the first checkpoint, b − a. */
  differences: z.array(z.object({ a: id, b: id, difference: interval, ...corrected })),
  /** Budgets that checkpoints lack here, and the protocols that would fill them in. */
  missing: z.array(
    z.object({ checkpointId: id, budgets: z.array(z.number()), protocolHashes: z.array(z.string()) }),
  ),
});
export type BudgetFamily = z.infer<typeof budgetFamily>;

const binCell = z.object({
  n: z.number(),
  /** Of the checkpoint’s answers. */
  share: z.number(),
  accuracy: interval.nullable(),
});

const lengthBins = z.object({
  /** Inclusive bounds of each bin, in tokens of thinking. */
  bins: z.array(z.object({ from: z.number(), to: z.number() })),
  checkpoints: z.array(
    z.object({
      checkpointId: id,
      /** As `bins`: answers that were finished. */
      cells: z.array(binCell),
      /** Answers cut at the cap. */
      truncated: binCell,
    }),
  ),
  refused,
});
export type LengthBins = z.infer<typeof lengthBins>;

const pathPoint = z.object({
  checkpointId: id,
  name: z.string(),
  step: z.number(),
  /** null where it was not evaluated under this protocol. */
  evaluationId: id.nullable(),
  accuracy: interval.nullable(),
  length: interval.nullable(),
});

export const OUTCOME_CHANGES = ['right-right', 'right-wrong', 'wrong-right', 'wrong-wrong'] as const;
export const LENGTH_CHANGES = ['shorter', 'same', 'longer'] as const;

const flips = z.object({
  items: z.number(),
  cells: z.array(
    z.object({
      outcome: z.enum(OUTCOME_CHANGES),
      length: z.enum(LENGTH_CHANGES),
      n: z.number(),
      /** Tokens of thinking, b − a; null without items. */
      meanLengthChange: z.number().nullable(),
    }),
  ),
});
export type Flips = z.infer<typeof flips>;

const candidate = z.object({
  /** Whose answer it is: a checkpoint’s, or a generation of a training step. */
  checkpointId: id.nullable(),
  generationIndex: z.number(),
  /** Of the evaluation item or sample. */
  rowId: z.number(),
  answerText: z.string(),
  thinkingText: z.string(),
  thinkingLength: z.number(),
  truncated: z.boolean(),
  reward: z.number(),
  /** Reward parts, or scores, by name. */
  parts: z.record(z.string(), z.number()),
});

/** A masked document: what stands before and after the mask, the truth, and what was put there. */
const restoration = z.object({
  key: z.string(),
  documentKey: z.string(),
  before: z.string(),
  after: z.string(),
  /** Whether `before` begins inside the document: only its end was kept. */
  shortened: z.boolean(),
  truthText: z.string(),
  maskFraction: z.number().nullable(),
  candidates: z.array(candidate),
});
export type Restoration = z.infer<typeof restoration>;

const byMaskFraction = z.array(
  z.object({
    /** Above `from`, up to `to`: shares of the document. */
    from: z.number(),
    to: z.number(),
    /** One for each checkpoint asked for; a training step has one. */
    groups: z.array(
      z.object({ checkpointId: id.nullable(), scores: z.record(z.string(), interval), n: z.number() }),
    ),
  }),
);
const restorations = z.object({ total: z.number(), rows: z.array(restoration), byMaskFraction });
export type Restorations = z.infer<typeof restorations>;

const scalingRun = z.object({
  runId: id,
  name: z.string(),
  /** Means of equal stretches of log10 compute, that the fit goes through. */
  points: z.array(z.object({ log10Flops: z.number(), value: z.number(), step: z.number(), n: z.number() })),
  /** value = intercept + slope · log10 FLOPs, with 95% intervals by Student’s t; null below three points. */
  fit: z
    .object({
      slope: interval,
      intercept: z.number(),
      r2: z.number(),
      fromLog10Flops: z.number(),
      toLog10Flops: z.number(),
      /** 95% interval of the line’s height. */
      band: z.array(z.object({ log10Flops: z.number(), low: z.number(), high: z.number() })),
    })
    .nullable(),
  checkpoints: z.array(
    z.object({ checkpointId: id, step: z.number(), log10Flops: z.number(), value: z.number() }),
  ),
  /** Why nothing could be drawn or fitted; null where it could. */
  note: z.string().nullable(),
});

export const COMPARISON_EXPORTS = ['results', 'tests', 'budgets', 'lengths', 'answers', 'report'] as const;
export type ComparisonExport = (typeof COMPARISON_EXPORTS)[number];
export const COMPARISON_FORMATS = ['csv', 'markdown', 'latex', 'jsonl', 'parquet', 'html'] as const;
export type ComparisonFormat = (typeof COMPARISON_FORMATS)[number];

const TABLE_FORMATS = ['csv', 'markdown', 'latex', 'jsonl'] as const;
/** What each can be written as; the first is the usual one. */
export const EXPORT_FORMATS_OF: Readonly<Record<ComparisonExport, readonly ComparisonFormat[]>> = {
  results: TABLE_FORMATS,
  tests: TABLE_FORMATS,
  budgets: TABLE_FORMATS,
  lengths: TABLE_FORMATS,
  answers: ['jsonl', 'csv', 'parquet'],
  report: ['html'],
};

export const analysisContract = {
  /** Paired tests of checkpoints on the same prompts, corrected by Holm over all that is shown. */
  'compare.tests': query(
    z.object({
      checkpointIds,
      protocolHash: z.string(),
      /** What is compared: right or wrong, tokens of thinking, cut at the cap, or a score by name. */
      outcome: z
        .union([z.enum(['correct', 'thinkingLength', 'truncated']), z.string().regex(/^score:/)])
        .default('correct'),
      tier,
      /** The first checkpoint against each other one, or every pair. */
      pairs: z.enum(['first', 'all']).default('first'),
    }),
    z.object({ tests: z.array(pairedTest), family: z.number(), refused }),
  ),
  'compare.frontier': query(
    z.object({ checkpointIds, protocolHash: z.string(), tier }),
    z.object({ points: z.array(frontierPoint), refused }),
  ),
  'compare.budgetCurves': query(
    z.object({ checkpointIds, tier, scale: z.enum(['linear', 'log2']).default('linear') }),
    z.array(budgetFamily),
  ),
  'compare.lengthBins': query(
    z.object({
      checkpointIds,
      protocolHash: z.string(),
      tier,
      /** Bins of about equally many finished answers over all checkpoints. */
      count: z.number().int().min(1).max(50).default(6),
      /** Own inner bounds instead: each begins a bin. */
      edges: z.array(z.number().int().positive()).max(50).default([]),
    }),
    lengthBins,
  ),
  /** Runs’ ways through training: base and checkpoints in order, where each stood. */
  'compare.paths': query(
    z.object({ runIds: z.array(id).min(1).max(64), protocolHash: z.string().nullable().default(null), tier }),
    z.object({
      /** Protocols that any of these checkpoints was evaluated under, most evaluated first. */
      protocols: z.array(z.object({ hash: z.string(), title: z.string(), checkpoints: z.number() })),
      protocolHash: z.string().nullable(),
      paths: z.array(z.object({ runId: id, name: z.string(), points: z.array(pathPoint) })),
    }),
  ),
  /** pass@k, the unbiased estimate from several samples of each item, for each k up to their number. */
  'compare.passAtK': query(
    z.object({ checkpointIds, protocolHash: z.string(), tier }),
    z.object({
      samplesPerItem: z.number(),
      curves: z.array(
        z.object({ checkpointId: id, points: z.array(z.object({ k: z.number(), share: interval })) }),
      ),
      refused,
    }),
  ),
  /** How answers to the same prompts changed from a to b, by outcome and length. @throws Incomparable */
  'compare.flips': query(z.object({ protocolHash: z.string(), a: id, b: id, tier }), flips),
  'compare.restorations': query(
    z.object({
      protocolHash: z.string(),
      checkpointIds: z.array(id).min(1).max(8),
      sort: z.enum(['key', 'worst', 'best', 'mask-fraction']).default('key'),
      text: searched,
      ...page,
    }),
    restorations,
  ),
  /** The same of a training step’s rollouts; without a step, the newest one with restorations. */
  'runs.restorations': query(
    z.object({ runId: id, step: z.number().nullable().default(null), text: searched, ...page }),
    z.object({ step: z.number().nullable(), ...restorations.shape }),
  ),
  /** In-task reward against the logarithm of compute, with a straight line. */
  'compare.scaling': query(
    z.object({
      runIds: z.array(id).min(1).max(64),
      metric: z.string().default('reward'),
      /** Share of the steps at first that the fit leaves out: the warm-up. */
      warmUpShare: z.number().min(0).max(0.9).default(0.05),
      bins: z.number().int().min(3).max(200).default(20),
    }),
    z.array(scalingRun),
  ),
  /**
   * A comparison as a file: tables (csv, markdown, latex, jsonl), every answer (jsonl, csv, parquet), or all of it in
   * one self-contained report (html). @throws ExportUnsuitable for a format that this cannot take
   */
  'compare.export': query(
    z.object({
      checkpointIds,
      what: z.enum(COMPARISON_EXPORTS),
      format: z.enum(COMPARISON_FORMATS),
      /** Null takes all. */
      protocolHashes: z.array(z.string()).min(1).max(100).nullable().default(null),
      tier,
      title: z.string().max(200).nullable().default(null),
    }),
    z.object({
      /** With its ending. */
      name: z.string(),
      mediaType: z.string(),
      base64: z.string(),
      /** Of the table, or answers; of a report, measurements. */
      rows: z.number(),
    }),
  ),
  /**
   * Queues the evaluations that checkpoints lack under these protocols, each asking what the others were asked: same
   * corpora, items, decoding and caps, and nothing beyond.
   */
  'compare.runMissing': command(
    z.object({ checkpointIds, protocolHashes: z.array(z.string()).min(1).max(100) }),
    z.object({ runs: z.array(run), skipped: refused }),
  ),
  /** What that would queue. */
  'compare.missing': query(
    z.object({ checkpointIds, protocolHashes: z.array(z.string()).min(1).max(100) }),
    z.object({
      /** Runs, each with the protocols it will be asked. */
      plan: z.array(z.object({ checkpoint, titles: z.array(z.string()) })),
      skipped: refused,
    }),
  ),
} as const;

import { z } from 'zod';
import { command, id, interval, milliseconds, page, query } from './shapes.ts';

export const SPLIT_ON = ['file', 'blank-line', 'percent-line'] as const;

export const corpusFile = z.object({
  path: z.string(),
  format: z.string(),
  bytes: z.number(),
  documents: z.number(),
  duplicates: z.number(),
  /** Why the file, or a line of it, was left out; `line` is 1-based where it applies. */
  error: z.object({ name: z.string(), reason: z.string(), line: z.number().nullable() }).nullable(),
});
export type CorpusFile = z.infer<typeof corpusFile>;

export const corpus = z.object({
  id,
  name: z.string(),
  kind: z.enum(['documents', 'questions']),
  state: z.enum(['importing', 'ready', 'failed', 'cancelled']),
  origin: z.enum(['imported', 'sample']),
  createdAtMs: milliseconds,
  trainDocuments: z.number(),
  validationDocuments: z.number(),
  bytes: z.number(),
  duplicates: z.number(),
  files: z.number(),
  failedFiles: z.number(),
  sha256: z.string().nullable(),
  reason: z.string().nullable(),
  progress: z
    .object({ bytesDone: z.number(), bytesTotal: z.number(), filesDone: z.number(), filesTotal: z.number() })
    .nullable(),
});
export type Corpus = z.infer<typeof corpus>;

const tokenStatistics = z.object({
  /** What was counted: a tokenizer's name, or words and bytes where none was asked for. */
  unit: z.string(),
  documents: z.number(),
  sampled: z.number(),
  tokens: interval,
  perDocument: z.object({ mean: z.number(), p50: z.number(), p95: z.number(), max: z.number() }),
  histogram: z.array(z.object({ from: z.number(), to: z.number(), documents: z.number() })),
});
export type TokenStatistics = z.infer<typeof tokenStatistics>;

export const importSource = z.discriminatedUnion('kind', [
  /** Files and folders by path: terminal and desktop only. */
  z.object({ kind: z.literal('paths'), paths: z.array(z.string()).min(1) }),
  /** Files the page sent beforehand (see uploads in the host). */
  z.object({ kind: z.literal('upload'), uploadId: id }),
]);

export const corporaContract = {
  'corpora.list': query(z.object({}), z.array(corpus)),
  'corpora.get': query(z.object({ corpusId: id }), z.object({ corpus, files: z.array(corpusFile) })),
  'corpora.preview': query(
    z.object({ corpusId: id, split: z.enum(['train', 'validation']), ...page }),
    z.object({
      total: z.number(),
      documents: z.array(
        z.object({ key: z.string(), text: z.string(), bytes: z.number(), shortened: z.boolean() }),
      ),
    }),
  ),
  'corpora.tokens': query(z.object({ corpusId: id, checkpointId: id.nullable() }), tokenStatistics),
  /** Begins an upload from the page; files are then sent through the host, named by their relative paths. */
  'corpora.beginUpload': command(z.object({}), z.object({ uploadId: id })),
  'corpora.import': command(
    z.object({
      name: z.string().min(1).max(200),
      source: importSource,
      /** Field of .jsonl, .json and .csv records that holds the text. */
      textField: z.string().default('text'),
      questionField: z.string().default('question'),
      answerField: z.string().default('answer'),
      kind: z.enum(['documents', 'questions']).default('documents'),
      /** How a .txt or .md file becomes documents: whole, by paragraphs, or by lines that hold only `%` (fortunes). */
      splitOn: z.enum(SPLIT_ON).default('file'),
      /** Share of documents held out, chosen by content hash. */
      validationShare: z.number().min(0).max(0.9).default(0.1),
    }),
    corpus,
  ),
  'corpora.cancelImport': command(z.object({ corpusId: id }), z.object({})),
  'corpora.rename': command(z.object({ corpusId: id, name: z.string().min(1).max(200) }), corpus),
  'corpora.remove': command(z.object({ corpusId: id }), z.object({})),
} as const;

/** What it takes to run something again exactly: code, packages, machine and hashes of all that it learns from. */
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { z } from 'zod';
import type { CodeVersion } from '../code-version.ts';
import type { Departure } from '../contract/run-acts.ts';
import type { RunRow } from '../db/runs.ts';
import type { Context } from './context.ts';

const text = z.string().nullable().default(null);

/** Older runs' records lack some of it. */
const runRecord = z.object({
  midtrain: text,
  commit: text,
  modified: z.boolean().nullable().default(null),
  packages: z.record(z.string(), z.string()).default({}),
  node: text,
  platform: text,
  processor: text,
  cores: z.number().nullable().default(null),
  memoryBytes: z.number().nullable().default(null),
  gpus: z.array(z.string()).default([]),
  corpusSha256: text,
  questionsSha256: text,
  baseSha256: text,
  tokenizerSha256: text,
});
export type RunRecord = z.infer<typeof runRecord>;

export function recordOf(row: Pick<RunRow, 'record'>): RunRecord {
  return runRecord.parse(JSON.parse(row.record));
}

type Hashes = Pick<RunRecord, 'corpusSha256' | 'questionsSha256' | 'baseSha256' | 'tokenizerSha256'>;

export function newRecord(code: CodeVersion, gpus: readonly string[], hashes: Hashes): RunRecord {
  return {
    ...code,
    packages: { ...code.packages },
    node: process.versions.node,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    gpus: [...gpus],
    ...hashes,
  };
}

const GONE = 'not there any more';

/** What is not as it was recorded, the data first. */
export function departuresOf(
  context: Context,
  row: RunRow,
  code: CodeVersion,
  gpus: readonly string[],
): Departure[] {
  const { queries } = context;
  const then = recordOf(row);
  const corpusSha = (id: string | null): string | null => (id && queries.corpora.byId(id)?.sha256) || null;
  const base = row.baseCheckpointId === null ? null : queries.checkpoints.byId(row.baseCheckpointId);
  const now = newRecord(code, gpus, {
    corpusSha256: corpusSha(row.corpusId),
    questionsSha256: corpusSha(row.questionsId),
    baseSha256: base?.sha256 ?? null,
    tokenizerSha256: base?.tokenizerSha256 ?? null,
  });
  const departures: Departure[] = [];
  const compare = (name: string, was: unknown, is: unknown, kind: Departure['kind']): void => {
    if (was === null || was === is) return;
    departures.push({ name, recorded: inWords(was), now: is === null ? GONE : inWords(is), kind });
  };
  compare('Corpus', then.corpusSha256, now.corpusSha256, 'other-data');
  compare('Questions', then.questionsSha256, now.questionsSha256, 'other-data');
  compare('Base checkpoint', then.baseSha256, now.baseSha256, 'other-data');
  compare('Tokenizer', then.tokenizerSha256, now.tokenizerSha256, 'other-data');
  compare('Midtrain', then.midtrain, now.midtrain, 'may-differ');
  if (now.commit !== null) compare('Commit', then.commit, now.commit, 'may-differ');
  if (then.modified || now.modified) {
    departures.push({
      name: 'Changes since the commit',
      recorded: then.modified ? 'changed' : 'none',
      now: now.modified ? 'changed' : 'none',
      kind: 'may-differ',
    });
  }
  compare('Node', then.node, now.node, 'may-differ');
  for (const [name, was] of Object.entries(then.packages)) {
    compare(`Package ${name}`, was, now.packages[name] ?? null, 'may-differ');
  }
  compare('Platform', then.platform, now.platform, 'may-differ');
  compare('Processor', then.processor, now.processor, 'may-differ');
  compare('Cores', then.cores, now.cores, 'may-differ');
  compare('GPUs', then.gpus.join(', '), now.gpus.join(', '), 'may-differ');
  return departures;
}

const inWords = (value: unknown): string => (value === '' ? 'none' : String(value));

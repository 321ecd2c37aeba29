/** Whether a run can be made as asked for, and its row. Everything that can be known before it starts is checked here. */
import { existsSync } from 'node:fs';
import { resolveStage, type StageName, stageDeclarations } from '../../trainer/config/stages.ts';
import type { CodeVersion } from '../code-version.ts';
import type { RunBase } from '../contract/run.ts';
import type { ResolvedInput } from '../contract.ts';
import type { CheckpointRow } from '../db/checkpoints.ts';
import type { CorpusRow } from '../db/corpora.ts';
import type { NewRunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Context } from './context.ts';
import { findCheckpoint, findCorpus, findRun } from './find.ts';
import { newRecord } from './run-record.ts';
import { fromWorkspace } from './workspace-paths.ts';

type Asked = ResolvedInput<'runs.create'>;

/** A base that was checked: its checkpoint where it exists already. */
interface CheckedBase {
  readonly checkpoint: CheckpointRow | null;
  readonly runId: string | null;
  readonly name: string;
}

export interface CheckedRun {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly documents: CorpusRow | null;
  readonly questions: CorpusRow | null;
  readonly base: CheckedBase | null;
  readonly tierReference: CheckedBase | null;
}

/** @throws AppError naming what does not fit and what to change */
export function checkRun(context: Context, asked: Asked): CheckedRun {
  const settings = checkSettings(asked.stage, asked.settings);
  const documents = asked.corpusId === null ? null : checkCorpus(context, asked, asked.corpusId, 'documents');
  const questions =
    asked.questionsId === null ? null : checkCorpus(context, asked, asked.questionsId, 'questions');
  checkNeeds(asked.stage, documents, questions);
  const base = asked.base && checkBase(context, asked.base);
  if (!base && stageDeclarations[asked.stage].needs.base === 'required') {
    throw new AppError(
      'MissingBase',
      `${stageDeclarations[asked.stage].label} starts from a checkpoint, and none was chosen.`,
      'Choose a base checkpoint; pre-training makes a first one.',
    );
  }
  const tierReference = asked.tierReference && checkBase(context, asked.tierReference);
  const tokenizers = [base, tierReference].map((one) => one?.checkpoint?.tokenizerSha256);
  if (tokenizers[0] && tokenizers[1] && tokenizers[0] !== tokenizers[1]) {
    throw new AppError(
      'VocabularyMismatch',
      `“${tierReference?.name}” has another tokenizer than “${base?.name}”, so its entropies are of other positions.`,
      'Choose a tier reference from the same lineage, or leave it to the default.',
    );
  }
  return { settings, documents, questions, base, tierReference };
}

function checkSettings(stage: StageName, given: Asked['settings']): Readonly<Record<string, unknown>> {
  const { values, problems } = resolveStage(stage, given);
  const first = problems[0];
  if (!first) return values;
  throw new AppError(
    'InvalidSettings',
    problems.map((problem) => problem.message).join(' '),
    problems.map((problem) => problem.wayOut).join(' '),
    { settings: problems.flatMap((problem) => problem.settings) },
  );
}

function checkCorpus(context: Context, asked: Asked, id: string, kind: CorpusRow['kind']): CorpusRow {
  const corpus = findCorpus(context, id);
  if (corpus.kind !== kind) {
    throw new AppError(
      'WrongCorpusKind',
      `“${corpus.name}” holds ${corpus.kind}, where ${kind} are asked for.`,
      kind === 'questions'
        ? 'Choose a corpus of questions: JSON Lines, JSON or CSV with a question and an answer, imported as questions.'
        : 'Choose a corpus of documents.',
    );
  }
  if (corpus.state !== 'ready') {
    throw new AppError(
      'CorpusNotReady',
      `“${corpus.name}” is not ready: its import is ${corpus.state}.`,
      corpus.state === 'importing' ? 'Wait until its import is done.' : 'Import it again.',
    );
  }
  const held = asked.stage === 'evaluate' ? corpus.validationDocuments : corpus.trainDocuments;
  if (held === 0) {
    throw new AppError(
      asked.stage === 'evaluate' ? 'NothingHeldOut' : 'EmptyCorpus',
      asked.stage === 'evaluate'
        ? `“${corpus.name}” has no held-out ${kind} to evaluate on.`
        : `“${corpus.name}” has no ${kind} to train on.`,
      'Import it again with another validation share.',
    );
  }
  return corpus;
}

function checkNeeds(stage: StageName, documents: CorpusRow | null, questions: CorpusRow | null): void {
  const { label, needs } = stageDeclarations[stage];
  const missing = {
    documents: !documents,
    questions: !questions,
    either: !documents && !questions,
  }[needs.corpus];
  if (!missing) return;
  const what = needs.corpus === 'either' ? 'documents or of questions' : needs.corpus;
  throw new AppError(
    'MissingCorpus',
    `${label} reads a corpus of ${what}, and none was chosen.`,
    'Choose a corpus, or import one first.',
  );
}

function checkBase(context: Context, base: RunBase): CheckedBase {
  if (base.kind === 'checkpoint') {
    const checkpoint = findCheckpoint(context, base.checkpointId);
    requireFolder(context, checkpoint);
    return { checkpoint, runId: null, name: checkpoint.name };
  }
  const run = findRun(context, base.runId);
  if (run.stage === 'evaluate') {
    throw new AppError(
      'BaseUnsuitable',
      `“${run.name}” is an evaluation and makes no checkpoint.`,
      'Choose a run that trains, or a checkpoint.',
    );
  }
  if (run.state === 'failed') {
    throw new AppError(
      'BaseFailed',
      `“${run.name}” failed, so it will make no final checkpoint.`,
      'Resume that run first, or choose another base.',
    );
  }
  const final = context.queries.checkpoints.ofRun(run.id).find((checkpoint) => checkpoint.final === 1);
  if (final) requireFolder(context, final);
  return { checkpoint: final ?? null, runId: run.id, name: run.name };
}

function requireFolder(context: Context, checkpoint: CheckpointRow): void {
  if (existsSync(fromWorkspace(context.folder, checkpoint.folder))) return;
  throw new AppError(
    'MissingCheckpoint',
    `The folder of checkpoint “${checkpoint.name}” is not there any more.`,
    'Choose another checkpoint, or put the folder back.',
  );
}

/** What a run's record tells of the program and the machine. */
export interface Circumstances {
  readonly code: CodeVersion;
  /** Names. */
  readonly gpus: readonly string[];
}

/** “RMT 3”; an evaluation is called after what it evaluates. */
function usualName({ queries }: Context, stage: StageName, base: string | undefined): string {
  const { label } = stageDeclarations[stage];
  return stage === 'evaluate' && base
    ? `${label} ${base}`
    : `${label} ${queries.runs.countOfStage(stage) + 1}`;
}

/** The row of a checked run. */
export function newRunRow(
  context: Context,
  asked: Asked,
  checked: CheckedRun,
  around: Circumstances,
): NewRunRow {
  const { settings, documents, questions, base, tierReference } = checked;
  return {
    id: newId(),
    name: asked.name?.trim() || usualName(context, asked.stage, base?.name),
    stage: asked.stage,
    createdAtMs: Date.now(),
    corpusId: documents?.id ?? null,
    corpusName: documents?.name ?? null,
    questionsId: questions?.id ?? null,
    questionsName: questions?.name ?? null,
    baseCheckpointId: base?.checkpoint?.id ?? null,
    baseRunId: base?.runId ?? null,
    baseName: base?.name ?? null,
    tierCheckpointId: tierReference?.checkpoint?.id ?? null,
    tierRunId: tierReference?.runId ?? null,
    settings: JSON.stringify(settings),
    seed: typeof settings.seed === 'number' ? settings.seed : 0,
    totalSteps: typeof settings.maxSteps === 'number' ? settings.maxSteps : null,
    record: JSON.stringify(
      newRecord(around.code, around.gpus, {
        corpusSha256: documents?.sha256 ?? null,
        questionsSha256: questions?.sha256 ?? null,
        baseSha256: base?.checkpoint?.sha256 ?? null,
        tokenizerSha256: base?.checkpoint?.tokenizerSha256 ?? null,
      }),
    ),
  };
}

/** The sample project: its corpora and base, and the runs that lead to a finished comparison. */
import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sampleSettings } from '../../trainer/config/sample.ts';
import { sampleCorpus } from '../../trainer/data/sample-corpus.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { SampleProject } from '../contract/app.ts';
import type { Run, RunBase } from '../contract/runs.ts';
import { toCheckpoint } from '../db/checkpoints.ts';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import { programPaths } from '../paths.ts';
import { readCheckpointFolder } from './checkpoint-folder.ts';
import { type Context, type Handlers, terminalCaller } from './context.ts';
import type { Corpora } from './corpora.ts';
import { inWorkspace } from './workspace-paths.ts';

const VALIDATION_SHARE = 0.1;
const BASE_NAME = 'Base';

const storedProject = z.object({
  corpusId: z.string().nullable(),
  questionsId: z.string().nullable(),
  baseCheckpointId: z.string().nullable(),
  /** Of the walk. */
  runIds: z.array(z.string()),
  seed: z.number().nullable(),
});
type StoredProject = z.infer<typeof storedProject>;
const NONE: StoredProject = {
  corpusId: null,
  questionsId: null,
  baseCheckpointId: null,
  runIds: [],
  seed: null,
};

type SampleCalls = 'sample.get' | 'sample.install' | 'sample.start';

export function sampleProject(
  context: Context,
  corpora: Corpora,
  runs: Handlers<'runs.create'>,
): Handlers<SampleCalls> {
  const { queries, emit, folder } = context;
  let installing: Promise<void> | null = null;

  /** What is still there of what was installed. */
  function stored(): StoredProject {
    const project = queries.settings.get('sampleProject', storedProject, NONE);
    const ready = (id: string | null): string | null =>
      id !== null && queries.corpora.byId(id)?.state === 'ready' ? id : null;
    const { baseCheckpointId } = project;
    return {
      corpusId: ready(project.corpusId),
      questionsId: ready(project.questionsId),
      baseCheckpointId: baseCheckpointId && (queries.checkpoints.byId(baseCheckpointId)?.id ?? null),
      runIds: project.runIds.filter((id) => queries.runs.byId(id) !== null),
      seed: project.seed,
    };
  }

  function view(): SampleProject {
    const { corpusId, questionsId, baseCheckpointId, runIds } = stored();
    const finals = runIds.flatMap((id) => queries.checkpoints.ofRun(id).filter((row) => row.final === 1));
    return {
      installed: corpusId !== null && questionsId !== null && baseCheckpointId !== null,
      corpusId,
      questionsId,
      baseCheckpointId,
      runIds,
      checkpointIds: [...(baseCheckpointId ? [baseCheckpointId] : []), ...finals.map((row) => row.id)],
    };
  }

  async function installCorpus(
    name: string,
    kind: 'documents' | 'questions',
    texts: readonly string[],
    seed: number,
  ): Promise<string> {
    const fields =
      kind === 'documents'
        ? { kind, textField: 'text' }
        : { kind, questionField: 'question', answerField: 'answer' };
    const corpus = corpora.create({
      name,
      kind,
      origin: 'sample',
      options: { seed },
      task: {
        source: { kind: 'texts', texts },
        splitOn: 'file',
        fields,
        validationShare: VALIDATION_SHARE,
      },
    });
    const settled = await corpora.settled(corpus.id);
    if (settled.state === 'ready') return corpus.id;
    throw new AppError(
      'CorpusNotReady',
      `“${name}” could not be made: ${settled.reason ?? settled.state}`,
      'Check the free space of the workspace and install the sample project again.',
    );
  }

  /** Copies the shipped base into the workspace, whole or not at all. @throws AppError SampleMissing */
  function installBase(): string {
    const shipped = join(programPaths.assets, 'sample-base');
    if (!existsSync(join(shipped, 'model.safetensors'))) {
      throw new AppError(
        'SampleMissing',
        `The sample project’s base checkpoint is not at ${shipped}.`,
        'Fetch the repository again, or make it anew with `npm run sample-base`.',
      );
    }
    const id = newId();
    const target = join(folder, 'checkpoints', id);
    cpSync(shipped, `${target}.new`, { recursive: true });
    renameSync(`${target}.new`, target);
    const { tokenizerKind, ...facts } = readCheckpointFolder(target);
    queries.checkpoints.add(
      {
        id,
        name: BASE_NAME,
        origin: 'sample',
        stage: 'pretrain',
        runId: null,
        parentId: null,
        rootId: id,
        final: true,
        folder: inWorkspace(folder, target),
        createdAtMs: Date.now(),
        ...facts,
      },
      tokenizerKind,
    );
    const row = queries.checkpoints.byId(id);
    if (row) emit({ kind: 'checkpoint', checkpoint: toCheckpoint(row) });
    return id;
  }

  async function install(seed: number): Promise<void> {
    const before = stored();
    const sample = sampleCorpus(seed);
    const questions = sample.questions.map(canonicalJson);
    const baseCheckpointId = before.baseCheckpointId ?? installBase();
    const corpusId = before.corpusId ?? (await installCorpus('Ledgers', 'documents', sample.documents, seed));
    const questionsId =
      before.questionsId ?? (await installCorpus('Ledger questions', 'questions', questions, seed));
    queries.settings.set('sampleProject', { ...before, corpusId, questionsId, baseCheckpointId });
  }

  /** Base evaluation, then each stage from the base with its evaluation. */
  async function queueWalk(project: SampleProject, seed: number): Promise<string[]> {
    const { corpusId, questionsId, baseCheckpointId } = project;
    if (corpusId === null || questionsId === null || baseCheckpointId === null) {
      throw new AppError('SampleMissing', 'The sample project is not installed.', 'Install it first.');
    }
    const base: RunBase = { kind: 'checkpoint', checkpointId: baseCheckpointId };
    const runIds: string[] = [];
    const add = async (
      stage: 'sft' | 'rmt' | 'rlm' | 'evaluate',
      name: string,
      from: RunBase,
      withQuestions: string | null,
    ): Promise<Run> => {
      const settings = { ...sampleSettings[stage], seed };
      const asked = { stage, name, settings, corpusId, questionsId: withQuestions, base: from };
      const run = await runs['runs.create']({ ...asked, tierReference: null }, terminalCaller);
      runIds.push(run.id);
      return run;
    };
    await add('evaluate', `Evaluate ${BASE_NAME}`, base, questionsId);
    for (const [stage, name] of [
      ['sft', 'SFT'],
      ['rmt', 'RMT'],
      ['rlm', 'RLM'],
    ] as const) {
      const trained = await add(stage, name, base, null);
      await add('evaluate', `Evaluate ${name}`, { kind: 'run', runId: trained.id }, questionsId);
    }
    return runIds;
  }

  return {
    'sample.get': view,
    'sample.install': async ({ seed }) => {
      // A second click waits for the first.
      installing ??= install(seed).finally(() => {
        installing = null;
      });
      await installing;
      return view();
    },
    'sample.start': async ({ seed }) => {
      const before = stored();
      // A walk that is under way or done is the one asked for; another seed makes another.
      if (before.runIds.length === 0 || before.seed !== seed) {
        const runIds = await queueWalk(view(), seed);
        queries.settings.set('sampleProject', { ...before, runIds, seed });
      }
      return view();
    },
  };
}

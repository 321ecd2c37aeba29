/** The sample project: its corpora and base, and the runs that lead to a finished comparison. */
import { z } from 'zod';
import { sampleCorpus } from '../../trainer/data/sample-corpus.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { SampleProject } from '../contract/app.ts';
import { AppError } from '../errors.ts';
import type { Context, Handlers } from './context.ts';
import type { Corpora } from './corpora.ts';

const VALIDATION_SHARE = 0.1;

const storedProject = z.object({
  corpusId: z.string().nullable(),
  questionsId: z.string().nullable(),
  baseCheckpointId: z.string().nullable(),
  runIds: z.array(z.string()),
});
type StoredProject = z.infer<typeof storedProject>;
const NONE: StoredProject = { corpusId: null, questionsId: null, baseCheckpointId: null, runIds: [] };

type SampleCalls = 'sample.get' | 'sample.install' | 'sample.start';

export function sampleProject(
  context: Context,
  corpora: Corpora,
  _runs: Handlers<'runs.create'>,
): Handlers<SampleCalls> {
  const { queries } = context;

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
    };
  }

  function view(): SampleProject {
    const project = stored();
    const { corpusId, questionsId, baseCheckpointId, runIds } = project;
    const finals = runIds.flatMap((id) => queries.checkpoints.ofRun(id).filter((row) => row.final === 1));
    return {
      installed: corpusId !== null && questionsId !== null && baseCheckpointId !== null,
      ...project,
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
    await corpora.settled(corpus.id);
    return corpus.id;
  }

  return {
    'sample.get': view,
    'sample.install': async ({ seed }) => {
      const before = stored();
      const sample = sampleCorpus(seed);
      const questions = sample.questions.map(canonicalJson);
      const corpusId =
        before.corpusId ?? (await installCorpus('Ledgers', 'documents', sample.documents, seed));
      const questionsId =
        before.questionsId ?? (await installCorpus('Ledger questions', 'questions', questions, seed));
      queries.settings.set('sampleProject', { ...before, corpusId, questionsId });
      return view();
    },
    'sample.start': () => {
      throw new AppError(
        'SampleMissing',
        'The sample project’s base checkpoint is not installed.',
        'Install the sample project first.',
      );
    },
  };
}

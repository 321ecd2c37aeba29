/** The sample project: its corpora and base, and the runs that lead to a finished comparison. */
import { z } from 'zod';
import { sampleSettings } from '../../trainer/config/sample.ts';
import { FAMILIES } from '../../trainer/data/sample-corpus.ts';
import type { SampleProject } from '../contract/app.ts';
import { AppError } from '../errors.ts';
import { HELD_OUT_SEED, sampleSpec } from '../studies/sample-spec.ts';
import type { Context, Handlers } from './context.ts';
import type { RunMaker } from './create-run.ts';
import type { SampleInputs } from './sample-inputs.ts';
import { queueWalk } from './walk.ts';

/** Drawn for evaluation alone, from another seed: of the known family of ledgers, and of one never trained on. */
const HELD_OUT = { documents: 2000, questions: 1000 } as const;

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
  samples: SampleInputs,
  maker: RunMaker,
): Handlers<SampleCalls> {
  const { queries } = context;
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

  async function install(seed: number): Promise<void> {
    const before = stored();
    const baseCheckpointId = before.baseCheckpointId ?? samples.base();
    const drawn = (asked: z.input<typeof sampleSpec>): Promise<string> =>
      samples.corpus(sampleSpec.parse({ ...asked, seed: seed + (asked.seed ?? 0) }));
    const corpusId = before.corpusId ?? (await drawn({ sample: 'documents' }));
    const questionsId = before.questionsId ?? (await drawn({ sample: 'questions' }));
    queries.settings.set('sampleProject', { ...before, corpusId, questionsId, baseCheckpointId });
    for (const family of FAMILIES) {
      for (const sample of ['documents', 'questions'] as const) {
        await drawn({ sample, family, seed: HELD_OUT_SEED, count: HELD_OUT[sample], heldOut: true });
      }
    }
  }

  async function queueRuns(project: SampleProject, seed: number): Promise<string[]> {
    const { corpusId, questionsId, baseCheckpointId } = project;
    if (corpusId === null || questionsId === null || baseCheckpointId === null) {
      throw new AppError('SampleMissing', 'The sample project is not installed.', 'Install it first.');
    }
    const base = { kind: 'checkpoint', checkpointId: baseCheckpointId } as const;
    const start = { kind: 'base', base, recipe: sampleSettings } as const;
    return queueWalk(maker, { corpusId, questionsId, seed, start });
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
        const runIds = await queueRuns(view(), seed);
        queries.settings.set('sampleProject', { ...before, runIds, seed });
      }
      return view();
    },
  };
}

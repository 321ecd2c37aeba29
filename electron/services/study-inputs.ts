/** The corpora and checkpoints that a study's names stand for in this workspace; samples are drawn where they lack. */
import { existsSync } from 'node:fs';
import type { StudyInputs } from '../db/studies.ts';
import { AppError } from '../errors.ts';
import type { Study } from '../studies/declaration.ts';
import { sampleSpec } from '../studies/sample-spec.ts';
import type { Context } from './context.ts';
import type { SampleInputs } from './sample-inputs.ts';
import { fromWorkspace } from './workspace-paths.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** By id, or by a name that only one has. @throws AppError NotFound, Ambiguous */
function named<T extends Named>(all: readonly T[], text: string, what: string): T {
  const found = all.filter(({ id, name }) => id === text || name === text);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new AppError(
      'NotFound',
      `The study asks for the ${what} “${text}”, which is not in this workspace.`,
      what === 'corpus'
        ? 'Import it under that name first.'
        : 'Train it or install it under that name first.',
    );
  }
  throw new AppError(
    'Ambiguous',
    `The study asks for the ${what} “${text}”, and ${found.length} have that name.`,
    `Rename all but one, or write an id into the study: ${found.map(({ id }) => id).join(', ')}.`,
  );
}

/** Whether all that is named is there, which costs nothing to find out. @throws AppError NotFound, Ambiguous */
export function checkInputs({ queries }: Context, study: Study): void {
  for (const { corpus } of Object.values(study.corpora)) {
    if (corpus !== undefined) named(queries.corpora.all(), corpus, 'corpus');
  }
  for (const { checkpoint } of Object.values(study.checkpoints)) {
    if (checkpoint !== undefined) named(queries.checkpoints.all(), checkpoint, 'checkpoint');
  }
}

/**
 * Those of `before` that are still there stay: a study goes on with what it began with.
 * @throws AppError NotFound, Ambiguous, CorpusNotReady, SampleMissing
 */
export async function resolveInputs(
  context: Context,
  samples: SampleInputs,
  study: Study,
  quick: boolean,
  before: StudyInputs,
): Promise<StudyInputs> {
  const { queries, folder } = context;
  const corpora: Record<string, string> = {};
  for (const [name, { corpus, ...drawn }] of Object.entries(study.corpora)) {
    const known = before.corpora[name];
    if (known !== undefined && queries.corpora.byId(known)?.state === 'ready') {
      corpora[name] = known;
    } else if (corpus !== undefined) {
      corpora[name] = named(queries.corpora.all(), corpus, 'corpus').id;
    } else {
      const count = (quick ? study.quick?.counts[name] : undefined) ?? drawn.count;
      corpora[name] = await samples.corpus(sampleSpec.parse({ ...drawn, ...(count ? { count } : {}) }));
    }
  }
  const checkpoints: Record<string, string> = {};
  for (const [name, { checkpoint }] of Object.entries(study.checkpoints)) {
    const known = before.checkpoints[name];
    const row = known === undefined ? null : queries.checkpoints.byId(known);
    if (row && existsSync(fromWorkspace(folder, row.folder))) checkpoints[name] = row.id;
    else if (checkpoint === undefined) checkpoints[name] = samples.base();
    else checkpoints[name] = named(queries.checkpoints.all(), checkpoint, 'checkpoint').id;
  }
  return { corpora, checkpoints };
}

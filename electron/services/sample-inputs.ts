/** What the sample project brings: its base checkpoint, and any corpus its generator can draw, each installed once. */
import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../canonical-json.ts';
import { toCheckpoint } from '../db/checkpoints.ts';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Fields } from '../import/records.ts';
import { programPaths } from '../paths.ts';
import { type SampleSpec, sampleName } from '../studies/sample-spec.ts';
import { readCheckpointFolder } from './checkpoint-folder.ts';
import type { Context } from './context.ts';
import type { Corpora } from './corpora.ts';
import { fromWorkspace, inWorkspace } from './workspace-paths.ts';

const BASE_NAME = 'Base';
const VALIDATION_SHARE = 0.1;

export interface SampleInputs {
  /** Id of the shipped base checkpoint, which is put into the workspace first if need be. @throws AppError SampleMissing */
  base(): string;
  /** Id of the corpus of that specification, which is drawn first if need be. @throws AppError CorpusNotReady */
  corpus(spec: SampleSpec): Promise<string>;
}

export function sampleInputs(context: Context, corpora: Corpora): SampleInputs {
  const { db, queries, emit, folder } = context;
  const drawn = db.prepare<[string], { id: string }>(
    "SELECT id FROM corpora WHERE origin = 'sample' AND state = 'ready' AND options = ? ORDER BY created_at_ms",
  );
  /** Corpora being drawn, by specification: who asks for the same one waits for it. */
  const drawing = new Map<string, Promise<string>>();

  async function draw(spec: SampleSpec, options: unknown): Promise<string> {
    const fields: Fields =
      spec.sample === 'questions'
        ? { kind: 'questions', questionField: 'question', answerField: 'answer' }
        : { kind: 'documents', textField: 'text' };
    const name = sampleName(spec);
    const corpus = corpora.create({
      name,
      kind: fields.kind,
      origin: 'sample',
      options,
      task: {
        source: { kind: 'sample', spec },
        splitOn: 'file',
        fields,
        validationShare: spec.heldOut ? 1 : VALIDATION_SHARE,
      },
    });
    const settled = await corpora.settled(corpus.id);
    if (settled.state === 'ready') return corpus.id;
    throw new AppError(
      'CorpusNotReady',
      `“${name}” could not be made: ${settled.reason ?? settled.state}`,
      'Check the free space of the workspace and try again.',
    );
  }

  /** Copies the shipped base into the workspace, whole or not at all. */
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

  return {
    base() {
      const there = queries.checkpoints
        .ofOrigin('sample')
        .find((row) => existsSync(fromWorkspace(folder, row.folder)));
      return there?.id ?? installBase();
    },
    async corpus(spec) {
      const key = canonicalJson(spec);
      const options = { sample: key };
      const there = drawn
        .all(JSON.stringify(options))
        .find(({ id }) => queries.corpora.byId(id)?.state === 'ready');
      if (there) return there.id;
      const waiting =
        drawing.get(key) ??
        draw(spec, options).finally(() => {
          drawing.delete(key);
        });
      drawing.set(key, waiting);
      return waiting;
    },
  };
}

/** Studies: listed, started, stopped, gone on with. */
import type { StudySummary } from '../contract/studies.ts';
import type { ResolvedInput } from '../contract.ts';
import { type StudyRow, studyReads, studyWrites } from '../db/studies.ts';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import { loadStudy } from '../studies/load.ts';
import type { Context, Handlers } from './context.ts';
import type { RunMaker } from './create-run.ts';
import type { SampleInputs } from './sample-inputs.ts';
import { type FoundStudy, findStudy, shippedStudies, shippedStudy, studyLoader } from './study-files.ts';
import { checkInputs } from './study-inputs.ts';
import { type StudyRunner, studyRunner } from './study-runner.ts';
import { studyDetail, studySummary } from './study-view.ts';

const DIED = 'Midtrain ended while it was at work. Go on with it: nothing that was done is done again.';

type StudyCalls =
  | 'studies.list'
  | 'studies.get'
  | 'studies.start'
  | 'studies.resume'
  | 'studies.stop'
  | 'studies.remove';

export interface Studies {
  readonly handlers: Handlers<StudyCalls>;
  readonly onEvent: StudyRunner['onEvent'];
  /** To be called while the queue still takes runs out: before it closes. */
  close(): void;
}

export function createStudies(
  context: Context,
  samples: SampleInputs,
  maker: RunMaker,
  runs: Handlers<'runs.resume' | 'runs.stop'>,
): Studies {
  const { db, queries, emit } = context;
  const studies = { ...studyReads(db), ...studyWrites(db) };
  const load = studyLoader();
  const shipped = new Set(shippedStudies());
  const runner = studyRunner({ context, studies, samples, maker, runs, tell });
  const run = (id: string) => queries.runs.byId(id);

  // A process that died left them so; this one has the workspace to itself.
  for (const row of studies.all()) {
    if (row.state === 'running' || row.state === 'stopping') {
      studies.update(row.id, { state: 'interrupted', reason: DIED });
    }
  }

  function summaryOf(found: FoundStudy): StudySummary {
    const id = found.kind === 'stored' ? found.row.id : null;
    const nodes = id === null ? [] : studies.nodes(id);
    const name = found.kind === 'stored' ? found.row.name : found.name;
    const sinceMs = id === null ? null : runner.workingSinceMs(id);
    return studySummary(found, load, shipped.has(name), { nodes, run }, sinceMs);
  }

  function tell(studyId: string): void {
    const row = studies.byId(studyId);
    if (row) emit({ kind: 'study', study: summaryOf({ kind: 'stored', row }) });
  }

  function requireStored(studyId: string): StudyRow {
    const found = findStudy(studies, studyId);
    if (found.kind === 'stored') return found.row;
    throw new AppError('NotFound', `“${found.name}” was never started here.`, 'Start it first.');
  }

  function begin(row: StudyRow): StudySummary {
    if (!runner.isActive(row.id)) {
      const loaded = load({ kind: 'stored', row });
      checkInputs(context, loaded.study);
      runner.start(row.id, loaded);
    }
    return summaryOf({ kind: 'stored', row: studies.byId(row.id)! });
  }

  /** The same file asked for in the same way is the same study. */
  function start({ source, quick, seeds }: ResolvedInput<'studies.start'>): StudySummary {
    const file = source.kind === 'file' ? source.file : `${source.name}.yaml`;
    const text = source.kind === 'file' ? source.text : shippedStudy(source.name);
    if (text === null) {
      throw new AppError(
        'NotFound',
        `No study “${file}” is shipped.`,
        `There are ${[...shipped].join(', ')}; a file of your own goes by its path.`,
      );
    }
    const { study } = loadStudy(text, file, { quick, seeds });
    checkInputs(context, study);
    const asked = { quick: quick ? 1 : 0, seeds: seeds && JSON.stringify(seeds) };
    const before = studies
      .byName(study.name)
      .find((row) => row.source === text && row.quick === asked.quick && row.seeds === asked.seeds);
    if (before) return begin(before);
    const id = newId();
    studies.add({ id, name: study.name, source: text, ...asked, createdAtMs: Date.now() });
    return begin(studies.byId(id)!);
  }

  return {
    onEvent: runner.onEvent,
    close: runner.close,
    handlers: {
      'studies.list': () => {
        const stored = studies.all();
        const known = new Set(stored.map(({ name }) => name));
        const fresh = [...shipped].filter((name) => !known.has(name));
        return [
          ...stored.map((row): FoundStudy => ({ kind: 'stored', row })),
          ...fresh.map((name): FoundStudy => ({ kind: 'shipped', name, source: shippedStudy(name) ?? '' })),
        ].map(summaryOf);
      },
      'studies.get': ({ studyId }) => {
        const found = findStudy(studies, studyId);
        const nodes = found.kind === 'stored' ? studies.nodes(found.row.id) : [];
        const source = found.kind === 'stored' ? found.row.source : found.source;
        return studyDetail(summaryOf(found), source, load(found), { nodes, run });
      },
      'studies.start': start,
      'studies.resume': ({ studyId }) => begin(requireStored(studyId)),
      'studies.stop': ({ studyId }) => {
        const row = requireStored(studyId);
        if (!runner.isActive(row.id)) {
          throw new AppError('WrongState', `“${row.name}” is ${row.state}.`, 'There is nothing to stop.');
        }
        runner.stop(row.id);
        return summaryOf({ kind: 'stored', row: studies.byId(row.id)! });
      },
      'studies.remove': ({ studyId }) => {
        const row = requireStored(studyId);
        if (runner.isActive(row.id)) {
          throw new AppError('StudyActive', `“${row.name}” is ${row.state}.`, 'Stop it first.');
        }
        studies.remove(row.id);
        emit({ kind: 'removed', what: 'study', id: row.id });
        return {};
      },
    },
  };
}

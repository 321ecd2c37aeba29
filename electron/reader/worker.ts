/** The reader's thread: answers long reads from a read-only connection. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { Output, ResolvedInput } from '../contract.ts';
import { openReader } from '../db/open.ts';
import { openQueries } from '../db/queries.ts';
import { AppError, errorMessage } from '../errors.ts';
import { cachedAnswers } from '../services/analysis/answers.ts';
import { budgetCurves } from '../services/analysis/budget-curves.ts';
import { readAhead } from '../services/analysis/chosen.ts';
import { exportComparison } from '../services/analysis/export.ts';
import { compareFlips } from '../services/analysis/flips.ts';
import { frontier } from '../services/analysis/frontier.ts';
import { lengthBins } from '../services/analysis/length-bins.ts';
import { compareTests } from '../services/analysis/paired-tests.ts';
import { comparePassAtK } from '../services/analysis/pass-at-k.ts';
import { type PathSource, trainingPaths } from '../services/analysis/paths.ts';
import { compareRestorations, runRestorations } from '../services/analysis/restorations.ts';
import { type ScalingSource, scaling } from '../services/analysis/scaling.ts';
import { compareAnswers, compareCheckpoints, listEvaluations } from '../services/comparisons.ts';
import { countTokens, previewCorpus } from '../services/corpus-reading.ts';
import { createExport } from '../services/exports.ts';
import { findCheckpoint, findCorpus, findRun } from '../services/find.ts';
import { runTables } from '../services/run-table.ts';
import type { LiveRun } from '../services/run-view.ts';
import { readSamples } from '../services/samples.ts';
import { metricNames, readBandsJson, readSeriesJson, seriesCache } from '../services/series.ts';
import { readDiagnosis } from '../services/stalls.ts';
import { studyReader } from '../services/study-reading.ts';
import { fromWorkspace } from '../services/workspace-paths.ts';
import type { ReaderCall, ReaderReply, ReaderRequest } from './client.ts';

const CACHE_CHARACTERS = 96 * 2 ** 20;
/** About a hundred bytes each. */
const CACHE_ANSWERS = 500_000;

const { folder } = z.object({ folder: z.string() }).parse(workerData);
const db = openReader(join(folder, 'midtrain.db'));
const queries = openQueries(db);
const context = { queries };
const seriesSource = {
  metrics: queries.metrics,
  runs: queries.runs,
  cache: seriesCache(CACHE_CHARACTERS),
};
const analysisSource: PathSource & ScalingSource = {
  evaluations: queries.evaluations,
  checkpoint: queries.checkpoints.byId,
  answers: cachedAnswers(queries.evaluations, CACHE_ANSWERS),
  runs: queries.runs,
  metrics: queries.metrics,
  checkpointsOfRun: queries.checkpoints.ofRun,
};
const tables = runTables(queries, () => Number(db.pragma('data_version', { simple: true })));

const studies = studyReader(db, queries);

const value =
  <N extends ReaderCall>(read: (input: ResolvedInput<N>) => Output<N>) =>
  (input: ResolvedInput<N>): string =>
    JSON.stringify(read(input));

const calls: { readonly [N in ReaderCall]: (input: ResolvedInput<N>, live: LiveRun | null) => string } = {
  'corpora.preview': value<'corpora.preview'>((input) => {
    findCorpus(context, input.corpusId);
    return previewCorpus(folder, queries.corpora.shards(input.corpusId), input);
  }),
  'corpora.tokens': value<'corpora.tokens'>(({ corpusId, checkpointId }) => {
    findCorpus(context, corpusId);
    const checkpoint = checkpointId === null ? null : findCheckpoint(context, checkpointId);
    const tokenizer = checkpoint && {
      name: checkpoint.name,
      folder: fromWorkspace(folder, checkpoint.folder),
    };
    return countTokens(folder, corpusId, queries.corpora.shards(corpusId), tokenizer);
  }),
  'runs.query': (input, live) => JSON.stringify(tables.query(input, live)),
  'exports.create': value<'exports.create'>((input) => createExport({ folder, queries, tables }, input)),
  'runs.fields': value<'runs.fields'>(() => tables.fields()),
  'runs.metricNames': value<'runs.metricNames'>(({ runIds }) => metricNames(seriesSource, runIds)),
  'runs.metrics': (input) => readSeriesJson(seriesSource, input),
  'runs.bands': (input) => readBandsJson(seriesSource, input),
  'runs.samples': value<'runs.samples'>((input) =>
    readSamples(queries.samples, findRun(context, input.runId).key, input),
  ),
  'runs.diagnose': value<'runs.diagnose'>(({ runId, thresholds }) =>
    readDiagnosis(queries, findRun(context, runId), thresholds),
  ),
  'evaluations.list': value<'evaluations.list'>((input) => listEvaluations(analysisSource, input)),
  'compare.checkpoints': value<'compare.checkpoints'>((input) => compareCheckpoints(analysisSource, input)),
  'compare.answers': value<'compare.answers'>((input) => compareAnswers(analysisSource, input)),
  'compare.tests': value<'compare.tests'>((input) => compareTests(analysisSource, input)),
  'compare.frontier': value<'compare.frontier'>((input) => frontier(analysisSource, input)),
  'compare.budgetCurves': value<'compare.budgetCurves'>((input) => budgetCurves(analysisSource, input)),
  'compare.lengthBins': value<'compare.lengthBins'>((input) => lengthBins(analysisSource, input)),
  'compare.paths': value<'compare.paths'>((input) => trainingPaths(analysisSource, input)),
  'compare.passAtK': value<'compare.passAtK'>((input) => comparePassAtK(analysisSource, input)),
  'compare.flips': value<'compare.flips'>((input) => compareFlips(analysisSource, input)),
  'compare.restorations': value<'compare.restorations'>((input) =>
    compareRestorations(analysisSource, input),
  ),
  'compare.export': value<'compare.export'>((input) => exportComparison(analysisSource, input)),
  'compare.scaling': value<'compare.scaling'>((input) => scaling(analysisSource, input)),
  'runs.restorations': value<'runs.restorations'>((input) =>
    runRestorations(queries.samples, findRun(context, input.runId).key, input),
  ),
  'studies.results': value<'studies.results'>(({ studyId }) => studies.results(studyId)),
  'studies.report': value<'studies.report'>(({ studyId, format }) => studies.report(studyId, format)),
};

function answer<N extends ReaderCall>({ id, name, input, live }: ReaderRequest<N>): ReaderReply {
  try {
    return { id, ok: true, json: new TextEncoder().encode(calls[name](input, live)) };
  } catch (error) {
    return { id, ok: false, error: errorMessage(error), isBug: !(error instanceof AppError) };
  }
}

const port = parentPort;
if (!port) throw new Error('the reader is started as a worker thread');
port.on('message', (request: ReaderRequest) => {
  const reply = answer(request);
  port.postMessage(reply, reply.ok ? [reply.json.buffer] : []);
  // While the page draws what it got.
  if (reply.ok && request.name === 'compare.checkpoints') {
    const { checkpointIds } = request.input as ResolvedInput<'compare.checkpoints'>;
    setImmediate(() => readAhead(analysisSource, checkpointIds));
  }
});

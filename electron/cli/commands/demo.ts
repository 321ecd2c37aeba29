import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { EvaluationSummary } from '../../contract/comparisons.ts';
import type { Run } from '../../contract/run.ts';
import type { Walk } from '../../contract/walks.ts';
import type { Output } from '../../contract.ts';
import { AppError } from '../../errors.ts';
import { defaultWorkspace } from '../../paths.ts';
import { comparisonReport } from '../../report/comparison-report.ts';
import { version } from '../../version.ts';
import type { Application } from '../../workspace.ts';
import { comparisonText } from '../comparison-text.ts';
import { withApplication } from '../connect.ts';
import { formatDuration } from '../format.ts';
import { type ImportChoices, importChoices, importCorpus } from '../import-corpus.ts';
import { print, say } from '../output.ts';
import { wholeNumber } from '../shared-options.ts';
import { waitForRuns } from '../wait-for-runs.ts';
import { writeWhole } from '../write-whole.ts';

interface DemoOptions extends ImportChoices {
  readonly workspace: string;
  readonly json?: string;
  readonly report?: string;
  readonly seed: number;
}

type Comparison = Output<'compare.checkpoints'>;

/** Beside the usual workspace, so that trying the program out leaves no traces among real work. */
const DEMO_WORKSPACE = join(dirname(defaultWorkspace), 'midtrain-demo');

export function addDemoCommand(program: Command): void {
  importChoices(program.command('demo'))
    .description('the whole walk without a window: from text to a finished comparison')
    .argument('[path...]', 'your own files or folders; without any, the sample project')
    .option('--workspace <folder>', 'the data folder', DEMO_WORKSPACE)
    .option('--seed <number>', 'of the runs, and of the sample’s corpora', wholeNumber, 0)
    .option('--json <file>', 'write the result there as JSON')
    .option('--report <file>', 'where the HTML report goes; by default into the workspace')
    .action(runDemo);
}

/** A walk that was queued: what it is of, its runs, and its checkpoints once they are there. */
interface Begun {
  readonly title: string;
  readonly file: string;
  readonly walk: Walk;
  readonly checkpointIds: () => Promise<readonly string[]>;
}

async function beginSample(application: Application, seed: number): Promise<Begun> {
  say('Making the sample corpora …');
  await application.call('sample.install', { seed });
  return {
    title: 'the sample project',
    file: `demo-seed-${seed}.html`,
    walk: await application.call('sample.start', { seed }),
    checkpointIds: async () => (await application.call('sample.get', {})).checkpointIds,
  };
}

async function beginOwnText(
  application: Application,
  paths: readonly string[],
  options: DemoOptions,
): Promise<Begun> {
  const { seed } = options;
  const { corpus: imported } = await importCorpus(application, paths, options);
  const corpora = await application.call('corpora.list', {});
  const twin = corpora.find(({ id, sha256 }) => id !== imported.id && sha256 === imported.sha256);
  if (twin) {
    say(`The same text is here already as “${twin.name}”: it goes on from there.`);
    await application.call('corpora.remove', { corpusId: imported.id });
  }
  const { id: corpusId, name } = twin ?? imported;
  return {
    title: name,
    file: `${corpusId}-seed-${seed}.html`,
    walk: await application.call('walks.start', { corpusId, seed }),
    checkpointIds: async () => (await application.call('walks.get', { corpusId }))?.checkpointIds ?? [],
  };
}

async function runDemo(paths: string[], options: DemoOptions): Promise<void> {
  const startedMs = performance.now();
  await withApplication(options.workspace, true, async (application, connection) => {
    const { seed } = options;
    const begun =
      paths.length > 0
        ? await beginOwnText(application, paths, options)
        : await beginSample(application, seed);
    const { runIds, checkpointIds: before } = begun.walk;
    if (before.length > 1) say('This workspace holds this walk already; it goes on from what is there.');
    const runs = await waitForRuns(connection, runIds);
    requireFinished(runs);
    const checkpointIds = [...(await begun.checkpointIds())];
    const comparison = await application.call('compare.checkpoints', { checkpointIds });
    const durationS = (performance.now() - startedMs) / 1000;
    const engine = runs.find((run) => run.engine)?.engine;
    const engineText = engine ? `${engine.name}: ${engine.description}` : 'unknown';
    const report = resolve(options.report ?? join(options.workspace, 'reports', begun.file));
    writeWhole(
      report,
      comparisonReport(comparison, {
        title: `Reasoning length against accuracy: ${begun.title}`,
        createdAtMs: Date.now(),
        engine: engineText,
        version,
        facts: [
          ['Seed', String(seed)],
          ...runs.map((run): [string, string] => [run.name, formatDuration(run.durationMs)]),
          ['In all', formatDuration(durationS * 1000)],
        ],
      }),
    );
    if (options.json) {
      const result = demoResult(comparison, engine?.name ?? null, durationS, report);
      writeWhole(resolve(options.json), `${JSON.stringify(result, null, 2)}\n`);
    }
    print(comparisonText(comparison));
    for (const { name, reason } of engine?.rejected ?? []) say(`Not on ${name}: ${reason}`);
    print(`\nEngine ${engineText}; ${formatDuration(durationS * 1000)} in all.`);
    print(`Report: ${pathToFileURL(report)}`);
    print(`The same in the application: npm start -- --workspace ${options.workspace}`);
  });
}

/** @throws AppError RunEnded */
function requireFinished(runs: readonly Run[]): void {
  const bad = runs.find((run) => run.state !== 'finished');
  if (!bad) return;
  throw new AppError(
    'RunEnded',
    `“${bad.name}” is ${bad.state}: ${bad.reason ?? ''}`,
    `\`midtrain runs resume ${bad.id} --workspace …\` goes on with it; then run the demo again.`,
  );
}

/** Next tokens after thinking, sampled at temperature 1: the papers’ question. */
const isMain = ({ protocol }: EvaluationSummary): boolean =>
  protocol.task === 'next-token' && protocol.mode === 'thinking' && protocol.temperature === 1;

function demoResult(comparison: Comparison, engine: string | null, durationS: number, report: string) {
  const all = comparison.groups.flatMap((group) =>
    group.evaluations.map((evaluation) => ({ title: group.title, evaluation })),
  );
  return {
    engine,
    durationS,
    report,
    checkpoints: comparison.checkpoints.map(({ id, name, stage }) => {
      const own = all.filter(({ evaluation }) => evaluation.checkpointId === id);
      const main = own.find(({ evaluation }) => isMain(evaluation));
      return {
        name,
        stage,
        ...(main ? inNumbers(main.evaluation) : {}),
        evaluations: own.map(({ title, evaluation }) => ({
          title,
          protocol: evaluation.protocol,
          ...inNumbers(evaluation),
        })),
      };
    }),
  };
}

function inNumbers({ items, thinkingLength, truncatedShare, accuracy, scores }: EvaluationSummary) {
  return {
    items,
    meanThinkingLength: thinkingLength?.mean ?? null,
    thinkingLength,
    truncatedShare,
    accuracy,
    scores,
  };
}

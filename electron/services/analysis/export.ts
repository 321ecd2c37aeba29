/** A comparison as files: tables, answers, and one report. */
import { engineReport } from '../../../trainer/engine-report.ts';
import { type ComparisonFormat, EXPORT_FORMATS_OF, type LengthBins } from '../../contract/analysis.ts';
import type { ComparisonGroup } from '../../contract/comparisons.ts';
import type { Output, ResolvedInput } from '../../contract.ts';
import { AppError } from '../../errors.ts';
import { ANSWER_FORMATS, answersFile, type ExportedAnswer } from '../../export/answers.ts';
import { budgetsTable, lengthsTable, resultsTable, testsTable } from '../../export/comparison-tables.ts';
import { type ExportTable, toCsv, toJsonl, toLatex, toMarkdown } from '../../export/table.ts';
import type { Chart } from '../../report/chart.ts';
import { comparisonReport, type ReportAnalysis } from '../../report/comparison-report.ts';
import { version } from '../../version.ts';
import { compareCheckpoints } from '../comparisons.ts';
import { budgetCurves } from './budget-curves.ts';
import { frontier } from './frontier.ts';
import { lengthBins } from './length-bins.ts';
import { compareTests } from './paired-tests.ts';
import type { PathSource } from './paths.ts';

type Asked = ResolvedInput<'compare.export'>;

const ENDINGS: Readonly<Record<ComparisonFormat, readonly [ending: string, mediaType: string]>> = {
  csv: ['csv', 'text/csv'],
  markdown: ['md', 'text/markdown'],
  latex: ['tex', 'application/x-tex'],
  jsonl: ['jsonl', 'application/jsonl'],
  parquet: ['parquet', 'application/vnd.apache.parquet'],
  html: ['html', 'text/html'],
};

/** As many bins as the page shows by default. */
const BINS = 6;

/** What an export speaks of. */
interface Compared {
  readonly source: PathSource;
  readonly asked: Asked;
  readonly comparison: Output<'compare.checkpoints'>;
  /** Measurements asked for. */
  readonly groups: readonly ComparisonGroup[];
  readonly nameOf: (checkpointId: string) => string;
}

/** @throws AppError ExportUnsuitable, NotFound */
export function exportComparison(source: PathSource, asked: Asked): Output<'compare.export'> {
  const formats = EXPORT_FORMATS_OF[asked.what];
  if (!formats.includes(asked.format)) {
    throw new AppError(
      'ExportUnsuitable',
      `The ${asked.what} of a comparison cannot be written as ${asked.format}.`,
      `Choose one of ${formats.join(', ')}.`,
    );
  }
  const comparison = compareCheckpoints(source, asked);
  const wanted = asked.protocolHashes;
  const groups = comparison.groups.filter((group) => !wanted || wanted.includes(group.protocolHash));
  const nameOf = namesOf(comparison.checkpoints);
  const { content, rows } = contentOf({ source, asked, comparison, groups, nameOf });
  const [ending, mediaType] = ENDINGS[asked.format];
  return {
    name: `comparison-${asked.what}.${ending}`,
    mediaType,
    base64: Buffer.from(content).toString('base64'),
    rows,
  };
}

/** Names that tell checkpoints apart: with the step, and where that is not enough, the id. */
function namesOf(checkpoints: Output<'compare.checkpoints'>['checkpoints']): (id: string) => string {
  const count = new Map<string, number>();
  for (const { name } of checkpoints) count.set(name, (count.get(name) ?? 0) + 1);
  return (id) => {
    const own = checkpoints.find((one) => one.id === id);
    if (!own) return id;
    return count.get(own.name) === 1 ? own.name : `${own.name} (step ${own.step}, ${own.id})`;
  };
}

function contentOf(compared: Compared): { content: string | Uint8Array; rows: number } {
  const { asked, groups } = compared;
  switch (asked.what) {
    case 'results':
      return written(resultsOf(compared), asked.format);
    case 'tests':
      return written(testsOf(compared), asked.format);
    case 'budgets':
      return written(budgetsOf(compared).table, asked.format);
    case 'lengths':
      return written(lengthsTable(binnedOf(compared), compared.nameOf), asked.format);
    case 'answers': {
      const answers = answersOf(compared);
      const format = ANSWER_FORMATS.find((one) => one === asked.format);
      if (!format) throw new Error(`answers cannot be written as ${asked.format}`);
      return { content: answersFile(answers, format), rows: answers.length };
    }
    case 'report':
      return { content: reportOf(compared), rows: groups.length };
    default:
      return asked.what satisfies never;
  }
}

function written(table: ExportTable, format: ComparisonFormat): { content: string; rows: number } {
  const write = { csv: toCsv, jsonl: toJsonl, markdown: toMarkdown, latex: toLatex }[
    format as 'csv' | 'jsonl' | 'markdown' | 'latex'
  ];
  return { content: write(table), rows: table.texts.length };
}

const resultsOf = ({ comparison, groups, nameOf }: Compared): ExportTable =>
  resultsTable({ ...comparison, groups: [...groups] }, nameOf);

function testsOf({ source, asked, groups, nameOf }: Compared): ExportTable {
  const { checkpointIds, tier } = asked;
  return testsTable(
    groups.map(({ title, protocolHash }) => {
      const pairs = { outcome: 'correct', pairs: 'first' } as const;
      return { title, tests: compareTests(source, { checkpointIds, protocolHash, tier, ...pairs }).tests };
    }),
    nameOf,
  );
}

function budgetsOf({ source, asked, nameOf }: Compared) {
  const { checkpointIds, tier } = asked;
  const families = budgetCurves(source, { checkpointIds, tier, scale: 'linear' });
  return { families, table: budgetsTable(families, nameOf) };
}

/** Of what thinks at free length: where it is held to one, there is nothing to bin. */
interface Binned {
  readonly title: string;
  readonly bins: LengthBins;
}

function binnedOf({ source, asked, groups }: Compared): Binned[] {
  const { checkpointIds, tier } = asked;
  const free = groups.filter(
    ({ protocol }) => protocol.mode === 'thinking' && protocol.forcedBudget === null,
  );
  return free.map(({ title, protocolHash }) => ({
    title,
    bins: lengthBins(source, { checkpointIds, protocolHash, tier, count: BINS, edges: [] }),
  }));
}

/** A place along x for each bin, and one for what was cut at the cap. */
function lengthChart({ title, bins: { bins, checkpoints } }: Binned, nameOf: Compared['nameOf']): Chart {
  return {
    title: `${title}: accuracy by thinking length`,
    xLabel: 'thinking length (tokens)',
    yLabel: 'accuracy',
    categories: [...bins.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)), 'cut'],
    lines: checkpoints.map(({ checkpointId, cells, truncated }, line) => ({
      label: nameOf(checkpointId),
      joined: false,
      points: [...cells, truncated].flatMap(({ accuracy }, bin) => {
        if (!accuracy) return [];
        // Side by side within their bin.
        const x = bin + (0.7 * (line - (checkpoints.length - 1) / 2)) / checkpoints.length;
        return [{ x, y: accuracy.mean, low: accuracy.low, high: accuracy.high }];
      }),
    })),
  };
}

function answersOf({ source, asked, groups, nameOf }: Compared): ExportedAnswer[] {
  return groups.flatMap(({ title, protocolHash, evaluations }) =>
    evaluations.flatMap(({ id, checkpointId }) => {
      const row = source.evaluations.byId(id);
      const items = row ? source.evaluations.items(row.key) : [];
      return items
        .filter(({ tier }) => asked.tier === null || tier === asked.tier)
        .map((item) => ({
          checkpointId,
          checkpoint: nameOf(checkpointId),
          evaluationId: id,
          protocolHash,
          measurement: title,
          item,
        }));
    }),
  );
}

function reportOf(compared: Compared): string {
  const { source, asked, comparison, groups, nameOf } = compared;
  const { checkpointIds, tier } = asked;
  const pareto = new Map(
    groups
      .filter(({ protocol }) => protocol.mode === 'thinking')
      .map(({ protocolHash }) => {
        const { points } = frontier(source, { checkpointIds, protocolHash, tier });
        return [protocolHash, points.filter((point) => point.pareto).map((point) => point.checkpointId)];
      }),
  );
  const budgets = budgetsOf(compared);
  const parts: ReportAnalysis['parts'] = [
    {
      title: 'Paired tests',
      about: `Against ${nameOf(checkpointIds[0]!)} on the same items; p corrected by Holm within each measurement. “Detectable” is the smallest true difference found with 80% power.`,
      chart: null,
      table: testsOf(compared),
    },
    ...budgets.families.map((family) => ({
      title: `Forced budgets: ${family.title}`,
      about: 'The same checkpoint, prompts and seeds, with thinking held to exactly so many tokens.',
      chart: {
        title: `${family.title}: accuracy at forced budgets`,
        xLabel: 'forced thinking length (tokens)',
        yLabel: 'accuracy',
        lines: family.curves.map(({ checkpointId, points }) => ({
          label: nameOf(checkpointId),
          joined: true,
          points: points.map(({ budget, accuracy: { mean, low, high } }) => ({
            x: budget,
            y: mean,
            low,
            high,
          })),
        })),
      } satisfies Chart,
      table: budgetsTable([family], nameOf),
    })),
    ...binnedOf(compared).map((binned) => ({
      title: `Accuracy by thinking length: ${binned.title}`,
      about: 'Bins hold about equally many finished answers; what was cut at the cap stands apart.',
      chart: lengthChart(binned, nameOf),
      table: lengthsTable([binned], nameOf),
    })),
  ];
  const runs = comparison.checkpoints.flatMap(({ id, runId, step }): [string, string][] => {
    const run = runId === null ? null : source.runs.byId(runId);
    return [
      [nameOf(id), run ? `run “${run.name}” (${run.id}), seed ${run.seed}, step ${step}` : 'made elsewhere'],
    ];
  });
  const engine = comparison.checkpoints.flatMap(({ runId }) => {
    const stored = runId === null ? null : (source.runs.byId(runId)?.engine ?? null);
    return stored === null ? [] : [engineReport.parse(JSON.parse(stored))];
  })[0];
  const facts = {
    title: asked.title ?? `Comparison of ${comparison.checkpoints.map(({ id }) => nameOf(id)).join(', ')}`,
    createdAtMs: Date.now(),
    engine: engine ? `${engine.name}: ${engine.description}` : 'not known',
    version,
    facts: [...runs, ...(tier ? [['Tier', tier] as [string, string]] : [])],
  };
  const free = groups.filter(({ protocol }) => protocol.forcedBudget === null);
  return comparisonReport({ ...comparison, groups: free }, facts, {
    pareto,
    parts: parts.filter(({ table }) => table.texts.length > 0),
  });
}

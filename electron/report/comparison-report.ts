/** A comparison as one self-contained HTML file: pictures, tables, and how the numbers were made. Pure. */
import { type ComparisonGroup, type EvaluationSummary, otherScores } from '../contract/comparisons.ts';
import type { Interval } from '../contract/shapes.ts';
import type { Output } from '../contract.ts';
import type { ExportTable } from '../export/table.ts';
import { type Chart, chartSvg } from './chart.ts';
import { escapeHtml } from './escape.ts';
import { type ScatterPoint, scatterSvg } from './scatter.ts';
import { COLOURS, REPORT_STYLE } from './style.ts';

export interface ReportFacts {
  readonly title: string;
  readonly createdAtMs: number;
  /** Name and description of the engine the runs used. */
  readonly engine: string;
  readonly version: string;
  /** Facts about how it was made, each a name and a value. */
  readonly facts: readonly (readonly [string, string])[];
}

/** What was worked out beyond each measurement's own figures. */
export interface ReportAnalysis {
  /** Checkpoints in the Pareto set, by protocol hash. */
  readonly pareto: ReadonlyMap<string, readonly string[]>;
  /** Each under a heading, with its picture where it has one. */
  readonly parts: readonly {
    readonly title: string;
    readonly about: string;
    readonly chart: Chart | null;
    readonly table: ExportTable;
  }[];
}

export function comparisonReport(
  comparison: Output<'compare.checkpoints'>,
  facts: ReportFacts,
  analysis: ReportAnalysis | null = null,
): string {
  const { checkpoints, groups, warnings } = comparison;
  const place = new Map(checkpoints.map((checkpoint, i) => [checkpoint.id, i]));
  const nameOf = (id: string): string => checkpoints[place.get(id) ?? -1]?.name ?? id;
  const points = (group: ComparisonGroup): ScatterPoint[] =>
    group.evaluations.flatMap(({ checkpointId, thinkingLength, accuracy }) =>
      thinkingLength === null
        ? []
        : [
            {
              name: nameOf(checkpointId),
              x: thinkingLength,
              y: accuracy.all,
              colour: (place.get(checkpointId) ?? 0) % COLOURS,
              pareto: analysis?.pareto.get(group.protocolHash)?.includes(checkpointId) ?? false,
            },
          ],
    );
  const pictures = groups.flatMap((group) => {
    const drawn = points(group);
    if (drawn.length === 0) return [];
    const { title } = group;
    return [`<figure><figcaption>${escapeHtml(title)}</figcaption>${scatterSvg(drawn, title)}</figure>`];
  });
  const sections = groups.map(
    (group) => `<section><h2>${escapeHtml(group.title)}</h2>${groupTable(group, nameOf)}</section>`,
  );
  const parts = (drawn: boolean): string[] =>
    (analysis?.parts ?? [])
      .filter(({ chart }) => (chart !== null) === drawn)
      .map(
        ({ title, about, chart, table }) =>
          `<section><h2>${escapeHtml(title)}</h2><p>${escapeHtml(about)}</p>` +
          `${chart ? `<figure>${chartSvg(chart)}</figure>` : ''}${tableHtml(table)}</section>`,
      );
  const rows = [
    ['Engine', facts.engine],
    ...facts.facts,
    ['Made', new Date(facts.createdAtMs).toISOString()],
    ['Midtrain', facts.version],
  ].map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name!)}</th><td>${escapeHtml(value!)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(facts.title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(facts.title)}</h1>
<p>Bars and brackets are 95% intervals, clustered by document. Evaluations share a section only where prompts,
decoding and caps are equal.${analysis ? ' Rings mark the Pareto set: nothing else is at least as right and at most as long.' : ''}</p>
${warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`).join('\n')}
<div class="grid-of-sections">
${pictures.join('\n')}
</div>
${sections.join('\n')}
${parts(false).join('\n')}
<div class="grid-of-sections">
${parts(true).join('\n')}
</div>
<h2>How it was made</h2>
<table class="facts">${rows.join('')}</table>
</main>
</body>
</html>
`;
}

/** Longer tables are folded: their sections are found without scrolling past them. */
const LONGEST_OPEN = 16;

function tableHtml(table: ExportTable): string {
  const whole = wholeTable(table);
  const rows = table.texts.length;
  if (rows <= LONGEST_OPEN) return whole;
  return `<details><summary>The table, ${rows} rows</summary>${whole}</details>`;
}

function wholeTable({ head, texts }: ExportTable): string {
  const row = (cells: readonly string[]): string =>
    `<tr>${cells.map((cell, i) => `<td${head[i]?.align === 'left' ? ' class="left"' : ''}>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  const heads = head.map(
    ({ label, align }) =>
      `<th scope="col"${align === 'left' ? ' class="left"' : ''}>${escapeHtml(label)}</th>`,
  );
  return `<div class="scroll"><table><thead><tr>${heads.join('')}</tr></thead><tbody>${texts.map(row).join('')}</tbody></table></div>`;
}

function groupTable(group: ComparisonGroup, nameOf: (id: string) => string): string {
  const names = otherScores(group.evaluations);
  const tiers = (['easy', 'medium', 'hard'] as const).filter((tier) =>
    group.evaluations.some((one) => one.accuracy[tier] !== null),
  );
  const thinks = group.protocol.mode === 'thinking';
  const head = [
    'Checkpoint',
    'n',
    ...(thinks ? ['Thinking length', 'Truncated'] : []),
    ...tiers.map((tier) => tier[0]!.toUpperCase() + tier.slice(1)),
    'All',
    ...names,
  ];
  const cells = (one: EvaluationSummary): string[] => [
    String(one.items),
    ...(thinks ? [number(one.thinkingLength, 1), share(one.truncatedShare)] : []),
    ...tiers.map((tier) => percent(one.accuracy[tier])),
    percent(one.accuracy.all),
    ...names.map((name) => number(one.scores[name] ?? null, 3)),
  ];
  const rows = group.evaluations.map(
    (one) =>
      `<tr><th scope="row">${escapeHtml(nameOf(one.checkpointId))}</th>${cells(one)
        .map((cell) => `<td>${cell}</td>`)
        .join('')}</tr>`,
  );
  return (
    `<div class="scroll"><table><thead><tr>${head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}

const share = (value: number): string => `${(100 * value).toFixed(1)}%`;

function percent(interval: Interval | null): string {
  if (!interval) return '–';
  return `${share(interval.mean)} <small>[${share(interval.low)}, ${share(interval.high)}]</small>`;
}

function number(interval: Interval | null, digits: number): string {
  if (!interval) return '–';
  const [mean, low, high] = [interval.mean, interval.low, interval.high].map((x) => x.toFixed(digits));
  return `${mean} <small>[${low}, ${high}]</small>`;
}

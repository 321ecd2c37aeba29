/** A study's verdicts and tables as Markdown. Pure. */
import type { StudyDetail, StudyResults, StudyTable } from '../contract/studies.ts';
import {
  basisText,
  effectText,
  estimateText,
  fitText,
  pText,
  unitSign,
  VERDICT_WORDS,
} from '../contract/study-text.ts';
import { factsOf } from './study-facts.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

export function studyMarkdown(detail: StudyDetail, { claims, tables, figures }: StudyResults): string {
  const { study, note } = detail;
  const parts = [`# ${study.title}`, study.question, ...(note ? [note] : [])];
  parts.push(
    factsOf(detail)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n'),
  );
  if (claims.length > 0) {
    parts.push(
      '## Claims',
      grid(
        ['claim', 'verdict', 'effect [95% interval]', 'p (Holm)', 'basis'],
        claims.map((claim) => [
          claim.statement,
          `**${VERDICT_WORDS[claim.verdict]}**`,
          effectText(claim),
          pText(claim.pHolm),
          basisText(claim),
        ]),
      ),
      claims.flatMap(({ id, notes }) => notes.map((text) => `- ${id}: ${text}`)).join('\n'),
    );
  }
  for (const table of tables) parts.push(`## ${table.title}`, tableMarkdown(table));
  const fits = figures.flatMap((figure) => (figure.kind === 'fit' ? [figure] : []));
  for (const { title, lines } of fits) {
    const rows = lines.map(({ label, fit }) => [label, fit ? fitText(fit) : '–']);
    parts.push(`## ${title}`, grid(['run', 'fit'], rows));
  }
  for (const figure of figures) {
    if (figure.kind !== 'sensitivity') continue;
    parts.push(`## ${figure.title}`);
    for (const { label, symbol, y, points } of figure.panels) {
      const setting = symbol ? `${label} (${symbol})` : label;
      const rows = points.map(({ value, estimate, isReference }) => [
        isReference ? `${value} (as elsewhere)` : value,
        estimateText(estimate, y.unit),
      ]);
      parts.push(grid([setting, `${y.label} ${unitSign(y.unit)}`.trimEnd()], rows));
    }
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function tableMarkdown({ columns, rows, published, note }: StudyTable): string {
  const drawn = grid(
    ['', ...columns.map(({ label, unit }) => `${label} ${unitSign(unit)}`.trimEnd())],
    rows.map(({ label, cells }) => [
      label,
      ...cells.map(({ estimate, published: paper }, i) => {
        const own = estimateText(estimate, columns[i]!.unit);
        return paper === null ? own : `${own} (paper ${paper})`;
      }),
    ]),
  );
  const below = [note, published && `Published figures: ${published}`].filter((text) => text);
  return [drawn, ...below].join('\n\n');
}

/** A study as one self-contained HTML file: verdicts, tables beside the published figures, pictures. Pure. */
import type { StudyDetail, StudyResults, StudyTable } from '../contract/studies.ts';
import {
  basisText,
  effectText,
  limits,
  pText,
  quantity,
  unitSign,
  VERDICT_WORDS,
} from '../contract/study-text.ts';
import { chartSvg } from './chart.ts';
import { escapeHtml } from './escape.ts';
import { chartsOf } from './study-charts.ts';
import { factsOf } from './study-facts.ts';
import { REPORT_STYLE } from './style.ts';

export function studyHtml(detail: StudyDetail, results: StudyResults): string {
  const { study, note, source } = detail;
  const figures = results.figures.map((figure) => {
    const drawn = chartsOf(figure).map((chart) => `<figure>${chartSvg(chart)}</figure>`);
    const under = figure.note ? `<p class="muted">${escapeHtml(figure.note)}</p>` : '';
    return `<h2>${escapeHtml(figure.title)}</h2><div class="grid-of-sections">${drawn.join('')}</div>${under}`;
  });
  const facts = factsOf(detail).map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(study.title)}</title>
<style>${REPORT_STYLE}${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(study.title)}</h1>
<p>${escapeHtml(study.question)}</p>
${note ? `<p class="muted">${escapeHtml(note)}</p>` : ''}
${claimsTable(results)}
${results.tables.map(tableHtml).join('\n')}
${figures.join('\n')}
<h2>How it was made</h2>
<table class="facts">${facts.join('')}</table>
<details><summary>The study’s file</summary><pre>${escapeHtml(source)}</pre></details>
</main>
</body>
</html>
`;
}

const headRow = (names: readonly string[]): string =>
  `<thead><tr>${names.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead>`;

function claimsTable({ claims }: StudyResults): string {
  if (claims.length === 0) return '';
  const rows = claims.map((claim) => {
    const notes = claim.notes.map((text) => `<br><small>${escapeHtml(text)}</small>`).join('');
    return (
      `<tr><th scope="row">${escapeHtml(claim.statement)}<br><small>${escapeHtml(claim.expectation)}</small></th>` +
      `<td class="verdict-${claim.verdict}">${VERDICT_WORDS[claim.verdict]}</td>` +
      `<td>${escapeHtml(effectText(claim))}${notes}</td><td>${pText(claim.pHolm)}</td>` +
      `<td>${escapeHtml(basisText(claim))}</td></tr>`
    );
  });
  return (
    `<h2>Claims</h2><div class="scroll"><table class="claims">` +
    `${headRow(['Claim', 'Verdict', 'Effect, 95% interval', 'p (Holm)', 'Basis'])}<tbody>${rows.join('')}</tbody></table></div>`
  );
}

function tableHtml({ title, note, published, columns, rows }: StudyTable): string {
  const body = rows.map(({ label, cells }) => {
    const drawn = cells.map(({ estimate, published: paper }, i) => {
      const { unit } = columns[i]!;
      const own = estimate
        ? `${quantity(estimate.mean, unit)} <small>${limits(estimate, unit)}</small>`
        : '–';
      return `<td>${own}${paper === null ? '' : `<br><small class="muted">paper ${paper}</small>`}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(label)}</th>${drawn.join('')}</tr>`;
  });
  const names = columns.map(({ label, unit }) => `${label} ${unitSign(unit)}`.trimEnd());
  const below = [note, published && `Published figures: ${published}`]
    .flatMap((text) => (text ? [`<p class="muted">${escapeHtml(text)}</p>`] : []))
    .join('');
  return (
    `<h2>${escapeHtml(title)}</h2><div class="scroll"><table>${headRow(['', ...names])}` +
    `<tbody>${body.join('')}</tbody></table></div>${below}`
  );
}

const STYLE = `
.muted { color: var(--muted); } pre { overflow-x: auto; font-size: 12px; }
.claims td, .claims th { vertical-align: top; text-align: left; white-space: normal; }
.verdict-reproduced { color: var(--c3); font-weight: 600; } .verdict-not { color: var(--c2); font-weight: 600; }
.verdict-undecided { color: var(--muted); font-weight: 600; }
.fit { stroke: currentColor; stroke-dasharray: 5 4; fill: none; }
`;

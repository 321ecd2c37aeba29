/** A study's verdicts and tables on a terminal. */
import type { StudyClaim, StudyResults, StudyTable } from '../contract/studies.ts';
import {
  basisText,
  effectText,
  estimateText,
  pText,
  unitSign,
  VERDICT_WORDS,
} from '../contract/study-text.ts';
import { table } from './output.ts';

export function resultsText({ claims, tables }: StudyResults): string {
  return [...tables.map(tableText), ...(claims.length > 0 ? [claimsText(claims)] : [])].join('\n\n');
}

function tableText({ title, columns, rows, published }: StudyTable): string {
  const names = columns.map(({ label, unit }) => `${label} ${unitSign(unit)}`.trimEnd());
  const drawn = table(
    ['', ...names],
    rows.map(({ label, cells }) => [
      label,
      ...cells.map(({ estimate, published: paper }, i) => {
        const own = estimateText(estimate, columns[i]!.unit);
        return paper === null ? own : `${own} (${paper})`;
      }),
    ]),
  );
  const from = published ? `\nIn parentheses: ${published}` : '';
  return `${title}\n${drawn}${from}`;
}

function claimsText(claims: readonly StudyClaim[]): string {
  return claims
    .map((claim) =>
      [
        `${VERDICT_WORDS[claim.verdict].toUpperCase()}: ${claim.statement}`,
        `  ${claim.expectation}`,
        `  ${effectText(claim)}; p (Holm) ${pText(claim.pHolm)}; ${basisText(claim)}`,
        ...claim.notes.map((note) => `  ${note}`),
      ].join('\n'),
    )
    .join('\n\n');
}

/** A comparison as files: each is read again by other code than wrote it. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { contract, type Input } from '../../../electron/contract.ts';
import { parquetOf } from '../../../electron/export/parquet.ts';
import { type ExportTable, toCsv, toJsonl, toLatex, toMarkdown } from '../../../electron/export/table.ts';
import { exportComparison } from '../../../electron/services/analysis/export.ts';
import { evaluated, item } from '../evaluated.ts';

const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null));

describe('tables', () => {
  it('come back from CSV and JSON Lines as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (values) => {
        const table = { names: ['a', 'b'], values };
        const lines = toJsonl(table).trimEnd().split('\n');
        expect(lines.map((line) => JSON.parse(line))).toEqual(
          // JSON has no −0.
          values.map(([a, b]) => JSON.parse(JSON.stringify({ a, b }))),
        );
        const rows = parse(toCsv(table), { record_delimiter: '\r\n' }) as string[][];
        expect(rows.slice(1)).toEqual(
          values.map((row) => row.map((one) => (one === null ? '' : String(one)))),
        );
      }),
    );
  });

  const table: ExportTable = {
    caption: '50% of “a_b” & more',
    head: [
      { label: 'Name', align: 'left' },
      { label: 'n | %', align: 'right' },
    ],
    texts: [['x_1 & {y}', '−3 → 4']],
    names: ['name', 'n'],
    values: [['x', 1]],
  };

  it('keep Markdown and LaTeX whole, whatever stands in them', () => {
    expect(toMarkdown(table)).toBe(
      '**50% of “a_b” & more**\n\n| Name | n \\| % |\n| --- | ---: |\n| x_1 & {y} | −3 → 4 |\n',
    );
    const latex = toLatex(table);
    expect(latex).toContain('\\caption{50\\% of “a\\_b” \\& more}');
    expect(latex).toContain('\\begin{tabular}{lr}');
    expect(latex).toContain('x\\_1 \\& \\{y\\} & $-$3 $\\to$ 4 \\\\');
  });
});

describe('Parquet', () => {
  it('is read by another program’s code, nulls and kinds kept', async () => {
    const bytes = parquetOf([
      { name: 'text', kind: 'text', values: ['a', null, 'ü 漢'] },
      { name: 'whole', kind: 'whole', values: [1, null, -7] },
      { name: 'number', kind: 'number', values: [0.1, null, 1e300] },
      { name: 'yes', kind: 'yes-no', values: [true, null, false] },
      { name: 'none', kind: 'number', values: [null, null, null] },
    ]);
    const file = bytes.slice().buffer as ArrayBuffer;
    const rows = (await parquetReadObjects({ file })).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, one]) => [name, one ?? null])),
    );
    expect(rows).toEqual([
      { text: 'a', whole: 1, number: 0.1, yes: true, none: null },
      { text: null, whole: null, number: null, yes: null, none: null },
      { text: 'ü 漢', whole: -7, number: 1e300, yes: false, none: null },
    ]);
  });
});

describe('a comparison as files', () => {
  const answers = (right: number, length: number) =>
    Array.from({ length: 24 }, (_, i) => item(`k${i}`, Number(i < right), length + (i % 5)));
  const forced = (budget: number) => ({
    forcedBudget: budget,
    promptBudget: budget,
    maxThinkingTokens: budget,
  });
  const open = () => {
    const { source, read } = evaluated([
      { checkpoint: 'base', items: answers(6, 20) },
      { checkpoint: 'rmt', items: answers(20, 8) },
      ...[2, 8].flatMap((budget) =>
        ['base', 'rmt'].map((checkpoint, i) => ({
          checkpoint,
          protocol: forced(budget),
          items: answers(6 + budget * i, budget),
        })),
      ),
    ]);
    return { ...source, runs: read.runs, checkpointsOfRun: read.checkpoints.ofRun };
  };
  const writer =
    (source = open()) =>
    (asked: Omit<Input<'compare.export'>, 'checkpointIds'>) => {
      const input = contract['compare.export'].input.parse({ checkpointIds: ['base', 'rmt'], ...asked });
      const file = contract['compare.export'].output.parse(exportComparison(source, input));
      return { ...file, bytes: Buffer.from(file.base64, 'base64') };
    };

  it('has tables whose numbers are those of the page', () => {
    const write = writer();
    const results = parse(write({ what: 'results', format: 'csv' }).bytes, { columns: true }) as Record<
      string,
      string
    >[];
    expect(results.length).toBe(6);
    expect(results[0]).toMatchObject({
      measurement: 'Next token, thinking, T = 1',
      checkpoint: 'BASE',
      items: '24',
      accuracy: '0.25',
      accuracy_hard: '0.25',
    });
    const tests = write({ what: 'tests', format: 'jsonl' })
      .bytes.toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(tests[0]).toMatchObject({
      a: 'BASE',
      b: 'RMT',
      test: 'McNemar, exact',
      only_b_right: 14,
      significant: true,
    });
    expect(write({ what: 'lengths', format: 'markdown' }).bytes.toString()).toMatch(
      /\| RMT \| cut \| 0 \| 0\.0 \| – \|/,
    );
    const budgets = write({ what: 'budgets', format: 'latex' });
    expect(budgets).toMatchObject({
      name: 'comparison-budgets.tex',
      mediaType: 'application/x-tex',
      rows: 4,
    });
    expect(budgets.bytes.toString()).toMatch(/RMT & 8 & 58\.3/);
  });

  it('has every answer, in three formats alike', async () => {
    const write = writer();
    const jsonl = write({ what: 'answers', format: 'jsonl' });
    const rows = jsonl.bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.length).toBe(6 * 24);
    expect(jsonl.rows).toBe(6 * 24);
    expect(rows[0]).toMatchObject({
      checkpoint: 'BASE',
      item_key: 'k0',
      prompt: 'prompt of k0',
      thinking: 'so',
      truncated: false,
      score_match: 1,
    });
    const parquet = write({ what: 'answers', format: 'parquet' });
    const read = await parquetReadObjects({ file: Uint8Array.from(parquet.bytes).buffer });
    expect(
      read.map((row) => ({ ...row, mask_fraction: row.mask_fraction ?? null, budget: row.budget ?? null })),
    ).toEqual(rows);
    const csv = parse(write({ what: 'answers', format: 'csv' }).bytes, { columns: true }) as Record<
      string,
      string
    >[];
    expect(csv.map((row) => Number(row.thinking_length))).toEqual(rows.map((row) => row.thinking_length));
    expect(write({ what: 'answers', format: 'jsonl', tier: 'easy' }).rows).toBe(0);
  });

  it('has one report of all, without scripts or addresses', () => {
    const write = writer();
    const report = write({ what: 'report', format: 'html', title: 'Mine <&>' });
    const html = report.bytes.toString();
    expect(html).toContain('<h1>Mine &lt;&amp;&gt;</h1>');
    expect(html).not.toMatch(/<script|https?:|src=|@import|url\(/);
    expect(html.match(/class="ring"/g)?.length).toBe(1);
    for (const part of [
      'Paired tests',
      'Forced budgets: Next token',
      'Accuracy by thinking length: Next token',
      'How it was made',
    ]) {
      expect(html).toContain(part);
    }
    expect(html.match(/<svg/g)?.length).toBe(3);
  });

  it('refuses formats that do not suit, and says which do', () => {
    const write = writer();
    expect(() => write({ what: 'results', format: 'parquet' })).toThrow(/cannot be written as parquet/);
    expect(() => write({ what: 'answers', format: 'latex' })).toThrow(/cannot be written as latex/);
  });
});

/** A table for export: each column as it reads, and the numbers behind it. Pure. */

export type Value = string | number | boolean | null;

export interface Column<Row> {
  /** Head, where it is read. */
  readonly label: string;
  readonly align: 'left' | 'right';
  readonly text: (row: Row) => string;
  /** What data files hold in its place, by name. */
  readonly fields: readonly { readonly name: string; readonly of: (row: Row) => Value }[];
}

export interface ExportTable {
  readonly caption: string;
  readonly head: readonly { readonly label: string; readonly align: 'left' | 'right' }[];
  /** As they read. */
  readonly texts: readonly (readonly string[])[];
  readonly names: readonly string[];
  readonly values: readonly (readonly Value[])[];
}

export function tableOf<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): ExportTable {
  const fields = columns.flatMap((column) => column.fields);
  return {
    caption,
    head: columns.map(({ label, align }) => ({ label, align })),
    texts: rows.map((row) => columns.map((column) => column.text(row))),
    names: fields.map(({ name }) => name),
    values: rows.map((row) => fields.map(({ of }) => of(row))),
  };
}

/** RFC 4180; nulls are empty. */
export function toCsv({ names, values }: Pick<ExportTable, 'names' | 'values'>): string {
  return [names, ...values].map(csvLine).join('');
}

export function csvLine(row: readonly Value[]): string {
  return `${row.map(csvField).join(',')}\r\n`;
}

function csvField(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toJsonl({ names, values }: Pick<ExportTable, 'names' | 'values'>): string {
  return values
    .map((row) => `${JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])))}\n`)
    .join('');
}

/** GitHub's tables. */
export function toMarkdown({ caption, head, texts }: ExportTable): string {
  const cell = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [
    `**${caption}**\n\n`,
    line(head.map(({ label }) => cell(label))),
    line(head.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...texts.map((row) => line(row.map(cell))),
  ].join('');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '−': '$-$',
  '–': '--',
  '→': '$\\to$',
  '²': '$^2$',
};

/** A `table` with booktabs' rules, ready for `\input`. */
export function toLatex({ caption, head, texts }: ExportTable): string {
  const cell = (text: string): string => text.replaceAll(/[\\&%$#_{}~^<>−–→²]/g, (c) => LATEX[c]!);
  const line = (cells: readonly string[]): string => `    ${cells.map(cell).join(' & ')} \\\\\n`;
  return [
    '% needs \\usepackage{booktabs}\n',
    '\\begin{table}\n  \\centering\n',
    `  \\caption{${cell(caption)}}\n`,
    `  \\begin{tabular}{${head.map(({ align }) => align[0]).join('')}}\n    \\toprule\n`,
    line(head.map(({ label }) => label)),
    '    \\midrule\n',
    ...texts.map(line),
    '    \\bottomrule\n  \\end{tabular}\n\\end{table}\n',
  ].join('');
}

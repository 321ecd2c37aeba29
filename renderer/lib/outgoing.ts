/** Dropped files before they are sent: their names, what they are, and a name for the corpus made of them. */

export const FORMATS = ['.txt', '.md', '.jsonl', '.json', '.csv'] as const;

/** Relative path with forward slashes and no leading `/` or `./`. */
export function cleanPath(path: string): string {
  return path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

/** `.jsonl` for `a/b.jsonl` and for `b.jsonl.gz`; '' for a name without one. */
export function formatOf(path: string): string {
  const name = (path.split('/').at(-1) ?? '').toLowerCase().replace(/\.gz$/, '');
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

/** Whether any file holds records, whose fields must be named. */
export function holdRecords(paths: readonly string[]): boolean {
  return paths.some((path) => ['.jsonl', '.json', '.csv'].includes(formatOf(path)));
}

/** Whether any file is plain text, which must be told how to split. */
export function holdText(paths: readonly string[]): boolean {
  return paths.some((path) => ['.txt', '.md', ''].includes(formatOf(path)));
}

/** The common folder, else the only file without its ending, else how many there are. */
export function suggestName(paths: readonly string[]): string {
  const [first] = paths;
  if (first === undefined) return '';
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/')) : null;
  if (folder && paths.every((path) => path.startsWith(`${folder}/`))) return folder;
  const name = first.split('/').at(-1) ?? first;
  const stem = name.replace(/(\.[^.]+)?(\.gz)?$/i, '') || name;
  return paths.length === 1 ? stem : `${stem} and ${paths.length - 1} more`;
}

/** How many files there are of each format, most first; a file without an ending is taken as text. */
export function countFormats(paths: readonly string[]): { format: string; files: number; known: boolean }[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(formatOf(path), (counts.get(formatOf(path)) ?? 0) + 1);
  return [...counts]
    .map(([format, files]) => ({
      format: format || 'no ending',
      files,
      known: format === '' || (FORMATS as readonly string[]).includes(format),
    }))
    .sort((a, b) => b.files - a.files);
}

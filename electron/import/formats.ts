/** What kind of text a file is, told from its name. */
import { basename, extname } from 'node:path';

const FORMATS = {
  '.txt': 'text',
  '.md': 'text',
  '.markdown': 'text',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.csv': 'csv',
} as const;

export type Format = (typeof FORMATS)[keyof typeof FORMATS];

export interface FileFormat {
  /** null where files of this name are not read. */
  readonly format: Format | null;
  readonly gzip: boolean;
  /** The ending as users know it: `txt`, `jsonl.gz`; a file without one is taken as text. */
  readonly ending: string;
}

export const SUPPORTED = '.txt, .md, .jsonl, .json and .csv, each also as .gz';

export function formatOf(path: string): FileFormat {
  const name = basename(path).toLowerCase();
  const gzip = name.endsWith('.gz');
  const inner = extname(gzip ? name.slice(0, -'.gz'.length) : name);
  const format = inner === '' ? 'text' : inner in FORMATS ? FORMATS[inner as keyof typeof FORMATS] : null;
  return { format, gzip, ending: `${inner.slice(1) || 'text'}${gzip ? '.gz' : ''}` };
}

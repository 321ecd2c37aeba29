import type { CorpusFile } from '../contract/corpora.ts';
import type { SampleSpec } from '../studies/sample-spec.ts';
import type { Fields } from './records.ts';
import type { StoredCorpus } from './store.ts';
import type { SplitOn } from './text.ts';

/** What an import's thread is asked to do. */
export interface ImportTask {
  /** Where the corpus is written. */
  readonly folder: string;
  readonly source:
    | { readonly kind: 'paths'; readonly paths: readonly string[] }
    /** Texts drawn by the program itself. */
    | { readonly kind: 'sample'; readonly spec: SampleSpec };
  readonly splitOn: SplitOn;
  readonly fields: Fields;
  readonly validationShare: number;
}

export type ImportMessage =
  | {
      readonly kind: 'progress';
      readonly bytesDone: number;
      readonly bytesTotal: number;
      readonly filesDone: number;
      readonly filesTotal: number;
    }
  | {
      readonly kind: 'done';
      readonly files: readonly CorpusFile[];
      readonly duplicates: number;
      readonly corpus: StoredCorpus;
    };

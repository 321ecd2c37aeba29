/** Importing files from the terminal: its options, its progress and what went wrong. */
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Corpus, type CorpusFile, SPLIT_ON } from '../contract/corpora.ts';
import type { Input } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { Application } from '../workspace.ts';
import { formatBytes } from './format.ts';
import { say } from './output.ts';
import { progressDisplay } from './progress.ts';
import { share } from './shared-options.ts';

export interface ImportChoices {
  readonly name?: string;
  readonly questions?: boolean;
  readonly splitOn?: (typeof SPLIT_ON)[number];
  readonly textField?: string;
  readonly questionField?: string;
  readonly answerField?: string;
  readonly validationShare?: number;
}

const ASK_INTERVAL_MS = 150;

/** Adds the options of an import of documents; where one is not given, the contract's default holds. */
export function importChoices(command: Command): Command {
  return command
    .option('--name <name>', 'of the corpus; by default the first path’s')
    .addOption(
      new Option(
        '--split-on <where>',
        'how a text file becomes documents; by default each file is one',
      ).choices(SPLIT_ON),
    )
    .option('--text-field <name>', 'of a record; by default text')
    .option('--validation-share <share>', 'of documents held out; by default 0.1', share);
}

/** Imports, shows how far it is, and names every file left out. @throws AppError EmptyCorpus, CorpusNotReady */
export async function importCorpus(
  application: Application,
  paths: readonly string[],
  { name, questions, splitOn, textField, questionField, answerField, validationShare }: ImportChoices,
): Promise<{ corpus: Corpus; files: readonly CorpusFile[] }> {
  const input: Input<'corpora.import'> = {
    name: name ?? basename(resolve(paths[0]!)),
    source: { kind: 'paths', paths: paths.map((path) => resolve(path)) },
    kind: questions ? 'questions' : 'documents',
    splitOn,
    textField,
    questionField,
    answerField,
    validationShare,
  };
  const begun = await application.call('corpora.import', input);
  const corpus = await waitForCorpus(application, begun.id);
  const { files } = await application.call('corpora.get', { corpusId: corpus.id });
  for (const file of files) if (file.error) say(`${file.path}: ${errorText(file.error)}`);
  if (corpus.state !== 'ready') throw importFailed(corpus);
  return { corpus, files };
}

export const errorText = (error: { readonly reason: string; readonly line: number | null }): string =>
  error.line === null ? error.reason : `line ${error.line}: ${error.reason}`;

function importFailed(corpus: Corpus): AppError {
  const reason = corpus.reason ?? '';
  if (reason.startsWith('EmptyCorpus: ')) {
    return new AppError('EmptyCorpus', reason.slice('EmptyCorpus: '.length), 'Nothing was stored.');
  }
  return new AppError(
    'CorpusNotReady',
    `The import of “${corpus.name}” was ${corpus.state}: ${reason}`,
    'Nothing was stored. Mend what is named and import again.',
  );
}

/** Shows an import until it is over; Ctrl-C cancels it. */
async function waitForCorpus(application: Application, corpusId: string): Promise<Corpus> {
  const progress = progressDisplay();
  const cancel = (): void => {
    process.exitCode = 130;
    application.call('corpora.cancelImport', { corpusId }).catch(() => {
      // It may just have finished.
    });
  };
  process.once('SIGINT', cancel);
  try {
    for (;;) {
      const { corpus } = await application.call('corpora.get', { corpusId });
      if (corpus.state !== 'importing') return corpus;
      if (corpus.progress) {
        const { bytesDone, bytesTotal, filesDone, filesTotal } = corpus.progress;
        const detail = `${filesDone}/${filesTotal} files  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`;
        progress.update(`Importing ${corpus.name}`, bytesTotal > 0 ? bytesDone / bytesTotal : 0, detail);
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_INTERVAL_MS));
    }
  } finally {
    process.off('SIGINT', cancel);
    progress.done();
  }
}

import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Corpus, SPLIT_ON } from '../../contract/corpora.ts';
import type { Input } from '../../contract.ts';
import { AppError } from '../../errors.ts';
import type { Application } from '../../workspace.ts';
import { withApplication } from '../connect.ts';
import { findCorpusId } from '../find.ts';
import { formatBytes, formatCount } from '../format.ts';
import { print, printJson, say, table } from '../output.ts';
import { progressDisplay } from '../progress.ts';
import { type SharedOptions, share, shared } from '../shared-options.ts';

interface ImportOptions extends SharedOptions {
  readonly name?: string;
  readonly questions?: boolean;
  readonly splitOn: (typeof SPLIT_ON)[number];
  readonly textField: string;
  readonly questionField: string;
  readonly answerField: string;
  readonly validationShare: number;
}

const ASK_INTERVAL_MS = 150;

export function addCorpusCommands(program: Command): void {
  shared(program.command('import'))
    .description('import files or folders as a corpus (.txt .md .jsonl .json .csv, each also .gz)')
    .argument('<path...>')
    .option('--name <name>', 'of the corpus; by default the first path’s')
    .option('--questions', 'records are questions with answers')
    .addOption(
      new Option('--split-on <where>', 'how a text file becomes documents').choices(SPLIT_ON).default('file'),
    )
    .option('--text-field <name>', 'of a record', 'text')
    .option('--question-field <name>', 'of a record', 'question')
    .option('--answer-field <name>', 'of a record', 'answer')
    .option('--validation-share <share>', 'of documents held out', share, 0.1)
    .action(importFiles);

  const corpora = shared(program.command('corpora').description('list corpora')).action(listCorpora);
  shared(corpora.command('show').description('a corpus and its files').argument('<corpus>')).action(
    (name: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const corpusId = await findCorpusId(application, name);
        const { corpus, files } = await application.call('corpora.get', { corpusId });
        if (options.json) return printJson({ corpus, files });
        print(corporaTable([corpus]));
        print('');
        print(
          table(
            ['file', 'format', 'size', 'documents', 'duplicates', 'left out'],
            files.map((file) => [
              file.path,
              file.format,
              formatBytes(file.bytes),
              formatCount(file.documents),
              formatCount(file.duplicates),
              file.error ? errorText(file.error) : '',
            ]),
            ['size', 'documents', 'duplicates'],
          ),
        );
      }),
  );
  shared(corpora.command('rename').argument('<corpus>').argument('<name>')).action(
    (corpus: string, name: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const corpusId = await findCorpusId(application, corpus);
        finish(
          options,
          await application.call('corpora.rename', { corpusId, name }),
          `Renamed to “${name}”.`,
        );
      }),
  );
  shared(corpora.command('remove').argument('<corpus>')).action((corpus: string, options: SharedOptions) =>
    withApplication(options.workspace, false, async (application) => {
      const corpusId = await findCorpusId(application, corpus);
      await application.call('corpora.remove', { corpusId });
      finish(options, { removed: corpusId }, `Removed ${corpus}.`);
    }),
  );
}

function finish(options: SharedOptions, value: unknown, text: string): void {
  if (options.json) printJson(value);
  else print(text);
}

const errorText = (error: { readonly reason: string; readonly line: number | null }): string =>
  error.line === null ? error.reason : `line ${error.line}: ${error.reason}`;

function corporaTable(corpora: readonly Corpus[]): string {
  return table(
    ['id', 'name', 'kind', 'state', 'train', 'held out', 'size', 'duplicates', 'files'],
    corpora.map((corpus) => [
      corpus.id,
      corpus.name,
      corpus.kind,
      corpus.reason ? `${corpus.state} (${corpus.reason})` : corpus.state,
      formatCount(corpus.trainDocuments),
      formatCount(corpus.validationDocuments),
      formatBytes(corpus.bytes),
      formatCount(corpus.duplicates),
      corpus.failedFiles > 0 ? `${corpus.files}, ${corpus.failedFiles} failed` : String(corpus.files),
    ]),
    ['train', 'held out', 'size', 'duplicates'],
  );
}

async function listCorpora(options: SharedOptions): Promise<void> {
  await withApplication(options.workspace, false, async (application) => {
    const corpora = await application.call('corpora.list', {});
    if (options.json) printJson(corpora);
    else if (corpora.length === 0) print('No corpora yet: `midtrain import FOLDER` makes one.');
    else print(corporaTable(corpora));
  });
}

async function importFiles(paths: string[], options: ImportOptions): Promise<void> {
  await withApplication(options.workspace, false, async (application) => {
    const input: Input<'corpora.import'> = {
      name: options.name ?? basename(resolve(paths[0]!)),
      source: { kind: 'paths', paths: paths.map((path) => resolve(path)) },
      kind: options.questions ? 'questions' : 'documents',
      splitOn: options.splitOn,
      textField: options.textField,
      questionField: options.questionField,
      answerField: options.answerField,
      validationShare: options.validationShare,
    };
    const begun = await application.call('corpora.import', input);
    const corpus = await waitForCorpus(application, begun.id);
    const { files } = await application.call('corpora.get', { corpusId: corpus.id });
    for (const file of files) if (file.error) say(`${file.path}: ${errorText(file.error)}`);
    if (corpus.state !== 'ready') throw importFailed(corpus);
    if (options.json) printJson({ corpus, files });
    else print(corporaTable([corpus]));
  });
}

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

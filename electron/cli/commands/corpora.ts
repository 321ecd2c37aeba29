import type { Command } from 'commander';
import type { Corpus } from '../../contract/corpora.ts';
import { withApplication } from '../connect.ts';
import { findCorpusId } from '../find.ts';
import { formatBytes, formatCount } from '../format.ts';
import { errorText, type ImportChoices, importChoices, importCorpus } from '../import-corpus.ts';
import { print, printJson, table } from '../output.ts';
import { type SharedOptions, shared } from '../shared-options.ts';

interface ImportOptions extends SharedOptions, ImportChoices {}

export function addCorpusCommands(program: Command): void {
  importChoices(shared(program.command('import')))
    .description('import files or folders as a corpus (.txt .md .jsonl .json .csv, each also .gz)')
    .argument('<path...>')
    .option('--questions', 'records are questions with answers')
    .option('--question-field <name>', 'of a record')
    .option('--answer-field <name>', 'of a record')
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
    const { corpus, files } = await importCorpus(application, paths, options);
    if (options.json) printJson({ corpus, files });
    else print(corporaTable([corpus]));
  });
}

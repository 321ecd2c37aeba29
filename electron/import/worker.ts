/** The import's thread: reads the named files and writes a corpus folder. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CorpusFile } from '../contract/corpora.ts';
import { readCorpusFile } from './read-file.ts';
import { listSources } from './sources.ts';
import { corpusStore } from './store.ts';
import type { ImportMessage, ImportTask } from './task.ts';

const PROGRESS_INTERVAL_MS = 200;

async function run(task: ImportTask, post: (message: ImportMessage) => void): Promise<void> {
  const store = corpusStore(task.folder, task.validationShare);
  if (task.source.kind === 'sample') {
    // Whoever imports files need not wait for what this brings with it.
    const { sampleTexts } = await import('./sample-texts.ts');
    for (const text of sampleTexts(task.source.spec)) store.add(Buffer.from(text));
    post({ kind: 'done', files: [], duplicates: 0, corpus: await store.finish() });
    return;
  }
  const sources = await listSources(task.source.paths);
  const bytesTotal = sources.reduce((sum, source) => sum + source.bytes, 0);
  const files: CorpusFile[] = [];
  let bytesBefore = 0;
  let toldAtMs = 0;
  const tell = (bytesDone: number): void => {
    const nowMs = Date.now();
    if (nowMs - toldAtMs < PROGRESS_INTERVAL_MS) return;
    toldAtMs = nowMs;
    post({ kind: 'progress', bytesDone, bytesTotal, filesDone: files.length, filesTotal: sources.length });
  };
  for (const source of sources) {
    files.push(
      await readCorpusFile(source, {
        splitOn: task.splitOn,
        fields: task.fields,
        add: store.add,
        onProgress: (bytes) => tell(bytesBefore + bytes),
      }),
    );
    bytesBefore += source.bytes;
    tell(bytesBefore);
  }
  const duplicates = files.reduce((sum, file) => sum + file.duplicates, 0);
  post({ kind: 'done', files, duplicates, corpus: await store.finish() });
}

const port = parentPort;
if (!port) throw new Error('the importer is started as a worker thread');
// The task was put together by the process that started this thread.
await run(workerData as ImportTask, (message) => port.postMessage(message));

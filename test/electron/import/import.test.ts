import { createHash } from 'node:crypto';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listSources } from '../../../electron/import/sources.ts';
import { corpusStore } from '../../../electron/import/store.ts';
import { browserCaller } from '../../../electron/services/context.ts';
import { openShards } from '../../../trainer/data/shards.ts';
import { importCorpus, temporaryFolder, testWorkspace, until, writeFiles } from '../support.ts';

async function store(texts: readonly string[], validationShare: number) {
  const folder = temporaryFolder();
  const corpus = corpusStore(folder, validationShare);
  const added = texts.map((text) => corpus.add(Buffer.from(text)));
  const stored = await corpus.finish();
  const read = (split: 'train' | 'validation'): string[] => {
    const shards = stored.shards.filter((shard) => shard.split === split);
    const reader = openShards(shards.map((shard) => ({ ...shard, path: join(folder, shard.name) })));
    const all = Array.from({ length: reader.count }, (_, i) => reader.document(i));
    reader.close();
    for (const { key, text } of all) {
      expect(key).toBe(createHash('sha256').update(text).digest('hex').slice(0, 16));
    }
    return all.map(({ text }) => text);
  };
  return { added, stored, train: read('train'), validation: read('validation') };
}

describe('a corpus on disk', () => {
  it('holds every text once, in one of its two parts', async () => {
    const texts = fc.array(
      fc.string({ minLength: 1, unit: 'grapheme' }).map((s) => Buffer.from(s).toString()),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(0, 0.1, 0.5, 0.9, 1), async (list, share) => {
        const { train, validation, stored, added } = await store(list, share);
        const unique = new Set(list);
        expect(new Set([...train, ...validation])).toEqual(unique);
        expect(train.length + validation.length).toBe(unique.size);
        expect(added.filter(Boolean).length).toBe(unique.size);
        expect(stored).toMatchObject({
          trainDocuments: train.length,
          validationDocuments: validation.length,
        });
        if (share < 1) expect(train.length).toBeGreaterThan(0);
        if (share > 0 && unique.size > 1) expect(validation.length).toBeGreaterThan(0);
        if (share === 0) expect(validation).toEqual([]);
        if (share === 1) expect(train).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('puts a text on the same side whatever else is imported', async () => {
    const texts = Array.from({ length: 400 }, (_, i) => `text ${i}`);
    const all = await store(texts, 0.2);
    const half = await store(texts.filter((_, i) => i % 2 === 0).reverse(), 0.2);
    const held = new Set(all.validation);
    expect(half.validation.every((text) => held.has(text))).toBe(true);
    expect(half.train.every((text) => !held.has(text))).toBe(true);
    expect(held.size).toBeGreaterThan(50);
    expect(held.size).toBeLessThan(110);
  });

  it('has a hash that depends on texts and order alone', async () => {
    const lists = [
      ['x', 'y', 'z'],
      ['x', 'y', 'y', 'z'],
      ['y', 'x', 'z'],
    ];
    const [a, b, c] = await Promise.all(lists.map((texts) => store(texts, 0)));
    expect(a!.stored.sha256).toBe(b!.stored.sha256);
    expect(a!.stored.sha256).not.toBe(c!.stored.sha256);
  });

  it('is cut into shards that read as one', async () => {
    const texts = Array.from({ length: 3 }, (_, i) => String(i).repeat(40 * 2 ** 20));
    const { stored, train } = await store(texts, 0);
    expect(stored.shards.length).toBe(2);
    expect(train.map((text) => text.length)).toEqual(texts.map((text) => text.length));
  });
});

describe('an import', () => {
  it('reads every format in a folder, names what is wrong with each file, and drops duplicates', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('text', 'utf16le')]);
    const folder = writeFiles({
      'a.txt': 'A text.\n',
      'b.md': '# Title\n\nBody',
      'c.jsonl': '{"text":"one"}\n\n{"text":"two"\n{"body":"three"}\n{"text":"A text."}\n',
      'd.json': '[{"text":"four"},\n"five",\n{"text":6},{"text":null}]',
      'e.csv': '\ufefftext,n\n"quoted, text\nwith a line",1\nplain,2\nshort\n',
      'f.txt.gz': gzipSync('packed text'),
      'g.jsonl.gz': gzipSync('{"text":"packed line"}\n'),
      'sub/deep/noending': 'no ending',
      'sub/.hidden.txt': 'hidden',
      'x1.dat': 'data',
      'x2.txt': Buffer.from([1, 0, 2, 3]),
      'x3.txt': utf16,
      'x4.gz': 'not gzip at all',
      'x5.txt.gz': gzipSync('cut short, cut short, cut short').subarray(0, 20),
      'x6.csv': 'title,body\n1,2\n',
      'x7.txt': Buffer.from([0x61, 0xff, 0x62]),
      'x8.json': '[{"text":"seven"}',
      'x9.txt': '  \n',
    });
    const workspace = await testWorkspace();
    const corpus = await importCorpus(workspace, { paths: [folder], validationShare: 0 });
    const { files } = await workspace.call('corpora.get', { corpusId: corpus.id });
    const shown = files.map(({ path, format, documents, duplicates, error }) => [
      path.slice(path.indexOf('/') + 1),
      format,
      documents,
      duplicates,
      error && `${error.name}${error.line === null ? '' : ` line ${error.line}`}: ${error.reason}`,
    ]);
    expect(shown).toEqual([
      ['a.txt', 'txt', 1, 0, null],
      ['b.md', 'md', 1, 0, null],
      [
        'c.jsonl',
        'jsonl',
        1,
        1,
        expect.stringMatching(/^MalformedRecord line 3: .*JSON.* \(1 more left out after it\)$/),
      ],
      ['d.json', 'json', 3, 0, 'MalformedRecord line 3: the field “text” is null, not text'],
      ['e.csv', 'csv', 2, 0, expect.stringMatching(/^MalformedRecord line 5: Invalid Record Length/)],
      ['f.txt.gz', 'txt.gz', 1, 0, null],
      ['g.jsonl.gz', 'jsonl.gz', 1, 0, null],
      ['sub/deep/noending', 'text', 1, 0, null],
      ['x1.dat', 'dat', 0, 0, expect.stringMatching(/^UnsupportedFormat: .dat files are not read; use .txt/)],
      ['x2.txt', 'txt', 0, 0, 'BinaryFile: this is a binary file, not text'],
      ['x3.txt', 'txt', 0, 0, 'BadEncoding: the text is UTF-16: save it as UTF-8'],
      ['x4.gz', 'text.gz', 0, 0, expect.stringMatching(/^DamagedGzip: /)],
      ['x5.txt.gz', 'txt.gz', 0, 0, expect.stringMatching(/^DamagedGzip: /)],
      [
        'x6.csv',
        'csv',
        0,
        0,
        expect.stringMatching(/^MissingField line 2: .*“text”; its fields are title, body$/),
      ],
      ['x7.txt', 'txt', 0, 0, 'BadEncoding line 1: the text is not valid UTF-8'],
      ['x8.json', 'json', 0, 0, expect.stringMatching(/^MalformedRecord line 1: the file ends inside/)],
      ['x9.txt', 'txt', 0, 0, null],
    ]);
    expect(corpus).toMatchObject({
      state: 'ready',
      trainDocuments: 11,
      duplicates: 1,
      files: 17,
      failedFiles: 8,
    });
    const { documents, total } = await workspace.call('corpora.preview', {
      corpusId: corpus.id,
      split: 'train',
    });
    expect(total).toBe(11);
    expect(documents.map(({ text }) => text)).toEqual([
      'A text.',
      '# Title\n\nBody',
      'one',
      'four',
      'five',
      '6',
      'quoted, text\nwith a line',
      'plain',
      'packed text',
      'packed line',
      'no ending',
    ]);
  });

  it('gives the same corpus again for the same files', async () => {
    const folder = writeFiles({ 'b.txt': 'b', 'a.txt': 'a', 'sub/c.txt': 'c' });
    const workspace = await testWorkspace();
    const [one, two] = [
      await importCorpus(workspace, { paths: [folder] }),
      await importCorpus(workspace, { paths: [folder] }),
    ];
    expect(one.sha256).toBe(two.sha256);
    expect(one.validationDocuments).toBe(1);
  });

  it('of questions keeps each as one document', async () => {
    const workspace = await testWorkspace();
    const folder = writeFiles({
      'q.jsonl': '{"prompt":"2+2","solution":4}\n{"prompt":"no solution"}\n',
      'q.csv': 'prompt,solution\n3+3,6\n',
      'notes.txt': 'no records here',
    });
    const corpus = await importCorpus(workspace, {
      paths: [folder],
      kind: 'questions',
      questionField: 'prompt',
      answerField: 'solution',
      validationShare: 0,
    });
    const { documents } = await workspace.call('corpora.preview', { corpusId: corpus.id, split: 'train' });
    expect(documents.map(({ text }) => JSON.parse(text))).toEqual([
      { question: '3+3', answer: '6' },
      { question: '2+2', answer: '4' },
    ]);
    expect(corpus.failedFiles).toBe(1);
  });

  it('of nothing fails as EmptyCorpus and leaves nothing behind', async () => {
    const workspaceFolder = temporaryFolder();
    const workspace = await testWorkspace(workspaceFolder);
    for (const paths of [[temporaryFolder()], ['/nowhere/at/all.txt'], [writeFiles({ 'a.pdf': 'x' })]]) {
      const corpus = await importCorpus(workspace, { paths });
      expect(corpus).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(/^EmptyCorpus: no documents/),
      });
    }
    expect(readdirSync(join(workspaceFolder, 'corpora'))).toEqual([]);
  });

  it('can be cancelled; nothing of it stays', async () => {
    const line = `${JSON.stringify({ text: 'x'.repeat(2000) })}\n`;
    const lines = Array.from({ length: 60_000 }, (_, i) => line.replace('x', String(i))).join('');
    const folder = writeFiles({ 'big.jsonl': lines });
    const workspaceFolder = temporaryFolder();
    const workspace = await testWorkspace(workspaceFolder);
    const { id: corpusId } = await workspace.call('corpora.import', {
      name: 'big',
      source: { kind: 'paths', paths: [folder] },
    });
    await until(async () =>
      workspace.events.some(
        (event) => event.kind === 'corpus' && (event.corpus.progress?.bytesDone ?? 0) > 0,
      ),
    );
    await workspace.call('corpora.cancelImport', { corpusId });
    expect((await workspace.call('corpora.get', { corpusId })).corpus).toMatchObject({ state: 'cancelled' });
    expect(readdirSync(join(workspaceFolder, 'corpora'))).toEqual([]);
    await expect(workspace.call('corpora.cancelImport', { corpusId })).rejects.toMatchObject({
      name: 'WrongState',
    });
  });

  it('takes paths from those who may name them only', async () => {
    const workspace = await testWorkspace();
    const input = { name: 'x', source: { kind: 'paths', paths: ['/etc/passwd'] } };
    await expect(workspace.callJson('corpora.import', input, browserCaller)).rejects.toMatchObject({
      name: 'PathNotAllowed',
    });
  });

  it('takes what a page sent, once, and no path outside the upload', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const { uploadId } = await workspace.call('corpora.beginUpload', {});
    const send = (path: string, text: string) =>
      workspace.uploads.receive(uploadId, path, Readable.from([Buffer.from(text)]));
    expect(await send('texts/a.txt', 'first')).toBe(5);
    await send('texts/b.txt', 'second');
    for (const path of ['../out.txt', 'a/../../out.txt', '/etc/x', 'a//b', 'a\\b', 'c:x', '']) {
      await expect(send(path, 'x'), path).rejects.toMatchObject({ name: 'InvalidInput' });
    }
    await expect(send('texts/a.txt', 'again')).rejects.toMatchObject({ name: 'InvalidInput' });
    const { id } = await workspace.call('corpora.import', {
      name: 'sent',
      source: { kind: 'upload', uploadId },
    });
    const { corpus, files } = await until(async () => {
      const answer = await workspace.call('corpora.get', { corpusId: id });
      return answer.corpus.state !== 'importing' && answer;
    });
    expect(files.map((file) => file.path)).toEqual(['texts/a.txt', 'texts/b.txt']);
    expect(corpus).toMatchObject({ state: 'ready', trainDocuments: 1, validationDocuments: 1 });
    expect(existsSync(join(folder, 'uploads', uploadId))).toBe(false);
    await expect(send('late.txt', 'x')).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('counts words, and says how many documents it counted', async () => {
    const workspace = await testWorkspace();
    const lines = Array.from({ length: 50 }, (_, i) =>
      JSON.stringify({ text: `${'word '.repeat((i % 5) + 1)}${i}` }),
    );
    const corpus = await importCorpus(workspace, { paths: [writeFiles({ 'a.jsonl': lines.join('\n') })] });
    const statistics = await workspace.call('corpora.tokens', { corpusId: corpus.id, checkpointId: null });
    expect(statistics).toMatchObject({
      unit: 'words',
      documents: 50,
      sampled: 50,
      tokens: { mean: 200, low: 200, high: 200 },
      perDocument: { mean: 4, p50: 4, max: 6 },
    });
    expect(statistics.histogram.reduce((sum, bar) => sum + bar.documents, 0)).toBe(50);
  });
});

describe('the files of an import', () => {
  it('come in order, each once, shown from the folder they share', async () => {
    const folder = writeFiles({ 'b/2.txt': '', 'b/10.txt': '', 'a.txt': '' });
    symlinkSync(join(folder, 'b'), join(folder, 'b', 'loop'));
    const shown = (await listSources([join(folder, 'b'), join(folder, 'a.txt')])).map(
      (file) => file.shownPath,
    );
    expect(shown).toEqual(['b/10.txt', 'b/2.txt', 'a.txt']);
    expect(await listSources([join(folder, 'none')])).toMatchObject([{ problem: 'it does not exist' }]);
  });
});

/** Real corpora on disk for tests: shards as an import writes them. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleCorpus } from '../../trainer/data/sample-corpus.ts';
import { encodeShardIndex } from '../../trainer/data/shards.ts';
import type { CorpusReference, ShardReference } from '../../trainer/protocol.ts';

export function writeShard(path: string, texts: readonly string[]): ShardReference {
  let end = 0;
  const ends = texts.map((text) => {
    end += Buffer.byteLength(text);
    return end;
  });
  const digests = texts.map((text) => createHash('sha256').update(text).digest());
  writeFileSync(`${path}.txt`, texts.join(''));
  writeFileSync(`${path}.idx`, encodeShardIndex(ends, Buffer.concat(digests)));
  return { path, documents: texts.length, bytes: end };
}

export function writeCorpus(
  folder: string,
  name: string,
  train: readonly string[],
  validation: readonly string[],
): CorpusReference {
  mkdirSync(folder, { recursive: true });
  return {
    id: name,
    name,
    sha256: createHash('sha256')
      .update(JSON.stringify([train, validation]))
      .digest('hex'),
    train: [writeShard(join(folder, `${name}-train`), train)],
    validation: [writeShard(join(folder, `${name}-validation`), validation)],
  };
}

/** A small cut of the sample corpus: documents and questions. */
export function writeSampleCorpora(
  folder: string,
  documents = 60,
  questions = 20,
): { documents: CorpusReference; questions: CorpusReference } {
  const sample = sampleCorpus(1, documents, questions);
  const asText = sample.questions.map((question) => JSON.stringify(question));
  const cut = (texts: readonly string[]): [string[], string[]] => {
    const held = Math.ceil(texts.length / 4);
    return [texts.slice(held), texts.slice(0, held)];
  };
  return {
    documents: writeCorpus(folder, 'ledgers', ...cut(sample.documents)),
    questions: writeCorpus(folder, 'questions', ...cut(asText)),
  };
}

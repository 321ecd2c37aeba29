/**
 * Writes the sample corpus: `npm run sample-corpus -- --seed N --documents N --questions N --out FOLDER`.
 * The folder gets documents.jsonl, questions.jsonl and base.jsonl (the base’s training texts).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sampleBaseMixture } from '../trainer/config/sample.ts';
import { baseExamples, sampleCorpus } from '../trainer/data/sample-corpus.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '0' },
    documents: { type: 'string', default: '6000' },
    questions: { type: 'string', default: '2000' },
    base: { type: 'string', default: '10000' },
    out: { type: 'string', default: 'sample-corpus' },
  },
});

function whole(name: keyof typeof values): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name} is ${values[name]}; give a whole number from 0.`);
  process.exit(1);
}

const seed = whole('seed');
const { documents, questions } = sampleCorpus(seed, whole('documents'), whole('questions'));
const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
mkdirSync(values.out, { recursive: true });
// JSON lines, because one file of plain text is one document.
writeFileSync(join(values.out, 'documents.jsonl'), lines(documents.map((text) => JSON.stringify({ text }))));
writeFileSync(
  join(values.out, 'questions.jsonl'),
  lines(questions.map((question) => JSON.stringify(question))),
);
writeFileSync(
  join(values.out, 'base.jsonl'),
  lines(baseExamples(seed, whole('base'), sampleBaseMixture).map((text) => JSON.stringify({ text }))),
);
console.log(`Wrote documents.jsonl, questions.jsonl and base.jsonl to ${values.out} (seed ${seed}).`);

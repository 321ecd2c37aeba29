/** A folder of plain text that a small model can learn a little from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['Ann', 'Ben', 'Cal', 'Dot', 'Eve', 'Fay'];
const THINGS = ['apple', 'book', 'coin', 'drum', 'egg', 'flag', 'glove', 'hat'];
const ACTS = ['finds', 'takes', 'gives back', 'hides', 'draws'];

/** The n-th sentence: the same words in an order that repeats only after hundreds. */
function sentence(n: number): string {
  const name = NAMES[n % NAMES.length];
  const act = ACTS[(n * 7) % ACTS.length];
  return `${name} ${act} the ${THINGS[(n * 5 + Math.floor(n / 6)) % THINGS.length]} on day ${n}.`;
}

function paragraphs(from: number, count: number): string {
  return Array.from({ length: count }, (_, p) =>
    Array.from({ length: 5 }, (_, s) => sentence((from + p) * 5 + s)).join(' '),
  ).join('\n\n');
}

export const PARAGRAPHS = { story: 160, notes: 60, records: 40 } as const;

/** `texts/` with a .txt, a .md in a subfolder, a .jsonl with one malformed line, a duplicate and a picture. */
export function writeTexts(folder: string): string {
  const root = join(folder, 'texts');
  mkdirSync(join(root, 'more'), { recursive: true });
  const story = paragraphs(0, PARAGRAPHS.story);
  writeFileSync(join(root, 'story.txt'), story);
  writeFileSync(join(root, 'more', 'notes.md'), paragraphs(1000, PARAGRAPHS.notes));
  const records = paragraphs(2000, PARAGRAPHS.records)
    .split('\n\n')
    .map((text) => JSON.stringify({ text }));
  const again = JSON.stringify({ text: story.split('\n\n')[0] });
  writeFileSync(join(root, 'more', 'records.jsonl'), [...records, again, '{"text": "cut off'].join('\n'));
  writeFileSync(join(root, 'picture.png'), Buffer.from(Array.from({ length: 2048 }, (_, i) => i % 256)));
  return root;
}

import { closeSync, openSync, writeSync } from 'node:fs';

/** Plain text that is the same each time and repeats little: sentences of a few thousand words. */

const SYLLABLES = [
  'ka',
  'lo',
  'mi',
  'ren',
  'sol',
  'ta',
  'ver',
  'qui',
  'dan',
  'eth',
  'or',
  'una',
  'pre',
  'sti',
  'gal',
  'bo',
];

/** @param bytes about how many */
export function plainText(bytes: number, from = 0): string {
  const paragraphs: string[] = [];
  let size = 0;
  let n = from;
  const draw = (below: number): number => {
    n = (Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return n % below;
  };
  const word = (): string => {
    const length = 1 + draw(3);
    return Array.from({ length }, () => SYLLABLES[draw(SYLLABLES.length)]).join('');
  };
  while (size < bytes) {
    const words = Array.from({ length: 60 + draw(60) }, (_, i) => (i % 13 === 12 ? `${word()},` : word()));
    const paragraph = `${words.join(' ')}.`;
    paragraphs.push(paragraph);
    size += paragraph.length + 2;
  }
  return paragraphs.join('\n\n');
}

const PIECE_BYTES = 32e6;

/** A file of any length; pieces repeat with another first word in each paragraph. @returns its bytes */
export function writePlainText(path: string, bytes: number): number {
  const paragraphs = plainText(Math.min(bytes, PIECE_BYTES)).split('\n\n');
  const file = openSync(path, 'w');
  let written = 0;
  for (let piece = 0; written < bytes; piece++) {
    written += writeSync(file, paragraphs.map((paragraph) => `${piece} ${paragraph}\n\n`).join(''));
  }
  closeSync(file);
  return written;
}

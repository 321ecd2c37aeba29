import { describe, expect, it } from 'vitest';
import { baseExamples, drawLedger, drawTrace, sampleCorpus } from '../../../trainer/data/sample-corpus.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';

/** Works a ledger out from its words alone, by the rules the text states. */
function solve(text: string): Map<string, number> {
  const sentences = text.split(/ [;:.](?: |$)/u).filter((s) => s !== '');
  const values = new Map<string, number>();
  const entries: [string, string][] = [];
  let value = 0;
  let owner = '';
  for (const sentence of sentences) {
    const words = sentence.split(' ');
    if (words[1] === 'has' || words[0] === 'let') {
      owner = words[0] === 'let' ? words[1]! : words[0]!;
      value = Number(words[2]);
      for (const [key, operation] of entries.reverse()) {
        const n = Number(operation.slice(1));
        value = { '+': value + n, '-': value - n + 10, '*': value * n, '^': value ^ n }[operation[0]!]! % 10;
        values.set(key, value);
      }
      values.set(owner, value);
    } else if (words[1] !== 'now') entries.push([words[0]!, words[1]!]);
  }
  return values;
}

const FIRST_DRAWS = {
  documents: [
    'f ^1 ; e *3 ; d +3 ; c *3 ; b +3 ; let a 1 ; f now 4 :',
    'f +3 ; e +3 ; d -1 ; c -1 ; b *3 ; let a 4 ; f now 6 :',
    'e ^1 ; d -1 ; c +3 ; b *3 ; let a 3 ; e now 0 :',
  ],
  questions: [
    { question: 'g +3 ; f +3 ; e ^1 ; d +3 ; c *3 ; b *3 ; let a 2 ; g now', answer: '6' },
    { question: 'g *3 ; f ^1 ; e +3 ; d -1 ; c ^1 ; b +3 ; let a 2 ; g now', answer: '1' },
  ],
};

describe('the sample corpus', () => {
  it('is a function of the seed', () => {
    expect(sampleCorpus(3, 20, 5)).toEqual(sampleCorpus(3, 20, 5));
    expect(sampleCorpus(3, 20, 5)).not.toEqual(sampleCorpus(4, 20, 5));
    // A longer corpus begins as a shorter one does.
    expect(sampleCorpus(3, 40, 5).documents.slice(0, 20)).toEqual(sampleCorpus(3, 20, 5).documents);
  });

  it('states only what follows from its entries', () => {
    for (const document of sampleCorpus(0, 500, 0).documents) {
      const values = solve(document);
      for (const [, key, stated] of document.matchAll(/(\w+) now (\d) :/gu)) {
        expect(values.get(key!), document).toBe(Number(stated));
      }
    }
  });

  it('asks for the final value, with the right answer', () => {
    for (const { question, answer } of sampleCorpus(0, 0, 200).questions) {
      const values = solve(`${question} ${answer} :`);
      expect(values.get(question.split(' ').at(-2)!), question).toBe(Number(answer));
    }
  });

  it('has a family that no training text belongs to: the same rules, other words in their places', () => {
    const { documents, questions } = sampleCorpus(0, 300, 100, 'documents', 'swapped');
    for (const text of [
      ...documents,
      ...questions.map(({ question, answer }) => `${question} ${answer} :`),
    ]) {
      expect(text).toMatch(/; (mon|tue|wed|thu|fri|sat) has [1-4] ;/u);
      expect(text).toMatch(/^(\w+ [-+*^]\d ; )*tom [-+*^]\d ; /u);
      const values = solve(text);
      for (const [, key, stated] of text.matchAll(/(\w+) now (\d) :/gu)) {
        expect(values.get(key!), text).toBe(Number(stated));
      }
    }
    const known = new Set(sampleCorpus(0, 3000, 0).documents.flatMap((text) => text.split(' ')));
    expect(documents.flatMap((text) => text.split(' ')).filter((word) => !known.has(word))).toEqual([]);
  });

  it('gave these documents from the start', () => {
    // What seed 0 has given since the first sample base: a change here changes every figure made with it.
    expect(sampleCorpus(0, 3, 2)).toEqual(FIRST_DRAWS);
  });

  it('traces end at the answer, but for slips', () => {
    for (let i = 0; i < 200; i++) {
      const draws = drawsFor(5, 7, i);
      const ledger = drawLedger(draws, 4, 6);
      const at = ledger.answers[0]!;
      for (const style of ['verbose', 'medium', 'concise'] as const) {
        const trace = drawTrace(draws, ledger, at, { [style]: 1 }, 0);
        const values = trace.filter((word) => /^\d$/u.test(word));
        expect(values.at(-1)).toBe(ledger.words[at]);
      }
    }
  });

  it('base examples have the formats that prompts have', () => {
    const mixture = {
      styles: { verbose: 1 },
      thinkShare: 0.5,
      fillShare: 0.5,
      computedSpanShare: 0.5,
      answerShare: 0.7,
      slip: 0,
    };
    for (const text of baseExamples(0, 200, mixture)) {
      expect(text).toMatch(/^[^<]*(<mask> ?[^<]*<fill> )?<b(\d+|\?)> <think> [^<]* <\/think> [^<]+$/u);
    }
  });
});

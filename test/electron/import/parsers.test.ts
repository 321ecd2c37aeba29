import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonElements } from '../../../electron/import/json-elements.ts';
import { keySet } from '../../../electron/import/key-set.ts';
import { lineSplitter } from '../../../electron/import/lines.ts';
import { FileProblem } from '../../../electron/import/problems.ts';
import { documentOf } from '../../../electron/import/records.ts';
import { type Parser, type SplitOn, textParser } from '../../../electron/import/text.ts';

/** Gives a parser the bytes in pieces cut at these places. */
function feed(parser: Parser, bytes: Buffer, cuts: readonly number[]): void {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    if (to > from) parser.push(bytes.subarray(from, to));
    from = to;
  }
  parser.end();
}

const cuts = fc.array(fc.nat(5000), { maxLength: 8 });

describe('lines', () => {
  it('are the same however the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string().filter((s) => !/[\n\r]/.test(s))),
        fc.boolean(),
        cuts,
        (lines, windows, at) => {
          const got: [string, number][] = [];
          const splitter = lineSplitter((bytes, line) => got.push([bytes.toString('utf8'), line]));
          feed(splitter, Buffer.from(lines.map((line) => line + (windows ? '\r\n' : '\n')).join('')), at);
          expect(got).toEqual(lines.map((line, i) => [Buffer.from(line).toString('utf8'), i + 1]));
        },
      ),
    );
  });

  it('longer than any text are refused', () => {
    const splitter = lineSplitter(() => undefined);
    const piece = Buffer.alloc(2 ** 24, 0x61);
    expect(() => {
      for (let i = 0; i < 5; i++) splitter.push(piece);
    }).toThrow(/longer than 64 MiB/);
  });
});

describe('elements of a JSON list', () => {
  it('are those that JSON.parse gives, however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(4), cuts, (values, indent, at) => {
        const got: unknown[] = [];
        const parser = jsonElements((bytes) => got.push(JSON.parse(bytes.toString('utf8'))));
        feed(parser, Buffer.from(JSON.stringify(values, null, indent)), at);
        expect(got).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('may be a single value, and know their lines', () => {
    const got: [unknown, number][] = [];
    const give = (bytes: Buffer, line: number) => got.push([JSON.parse(bytes.toString('utf8')), line]);
    feed(jsonElements(give), Buffer.from('\n\n{"a": [1, 2]}\n'), [5]);
    feed(jsonElements(give), Buffer.from('[\n1,\n\n"]",\n {"b":2}]'), []);
    expect(got).toEqual([
      [{ a: [1, 2] }, 3],
      [1, 2],
      [']', 4],
      [{ b: 2 }, 5],
    ]);
  });

  it('are refused where brackets do not fit', () => {
    for (const text of ['[1, 2', '[1}', '[1] 2', '{"a": 1', '"abc', '[[1]']) {
      expect(
        () =>
          feed(
            jsonElements(() => undefined),
            Buffer.from(text),
            [],
          ),
        text,
      ).toThrow(FileProblem);
    }
    const got: string[] = [];
    feed(
      jsonElements((bytes) => got.push(bytes.toString())),
      Buffer.from('  \n '),
      [],
    );
    feed(
      jsonElements((bytes) => got.push(bytes.toString())),
      Buffer.from('[ ]'),
      [],
    );
    expect(got).toEqual([]);
  });
});

function documents(splitOn: SplitOn, text: string | Buffer, at: readonly number[] = []) {
  const texts: string[] = [];
  const problems: FileProblem[] = [];
  const parser = textParser(splitOn, {
    onDocument: (bytes) => texts.push(bytes.toString('utf8')),
    onProblem: (problem) => problems.push(problem),
  });
  feed(parser, Buffer.from(text), at);
  return { texts, problems: problems.map(({ name, line }) => ({ name, line })) };
}

describe('text files', () => {
  it('are one document, with Unix line ends and no blank lines at the end', () => {
    expect(documents('file', 'one\r\n\r\ntwo\r\n\r\n', [4, 5]).texts).toEqual(['one\n\ntwo']);
    expect(documents('file', ' \n\t\n').texts).toEqual([]);
  });

  it('are cut at blank lines', () => {
    expect(documents('blank-line', 'a\nb\n\n \nc\r\n\r\nd', [2, 3, 9]).texts).toEqual(['a\nb', 'c', 'd']);
  });

  it('are cut at lines that hold only a percent sign, as fortunes are', () => {
    expect(documents('percent-line', '%\na\n\nb\n%\n50%\n%x\n%\n', [1]).texts).toEqual(['a\n\nb', '50%\n%x']);
  });

  it('give the same documents however the bytes arrive', () => {
    const text = fc.array(fc.constantFrom('a', 'ü', '\n', '\n\n', '\r\n', '%', '%\n', ' ', '🙂'), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(
        text,
        fc.constantFrom<SplitOn>('file', 'blank-line', 'percent-line'),
        cuts,
        (parts, splitOn, at) => {
          const whole = parts.join('');
          expect(documents(splitOn, whole, at)).toEqual(documents(splitOn, whole));
        },
      ),
    );
  });

  it('say the line where they are not UTF-8; good parts of a cut file stay', () => {
    const bad = Buffer.concat([
      Buffer.from('good\n\nbad '),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('\n\nfine\n'),
    ]);
    expect(documents('file', bad)).toEqual({ texts: [], problems: [{ name: 'BadEncoding', line: 3 }] });
    expect(documents('blank-line', bad)).toEqual({
      texts: ['good', 'fine'],
      problems: [{ name: 'BadEncoding', line: 3 }],
    });
  });

  it('longer than 8 MiB are cut at a line, losing nothing', () => {
    const line = `${'x'.repeat(999)}\n`;
    const { texts } = documents('file', line.repeat(20_000), [8_388_608, 8_388_700]);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.map((text) => `${text}\n`).join('')).toBe(line.repeat(20_000));
    const unbroken = documents('file', `é${'ü'.repeat(5_000_000)}`).texts;
    expect(unbroken.join('')).toBe(`é${'ü'.repeat(5_000_000)}`);
  });
});

describe('records', () => {
  it('give their text or say what is there instead', () => {
    const fields = { kind: 'documents', textField: 'text' } as const;
    expect(documentOf({ text: 'a', other: 1 }, fields, 1)).toBe('a');
    expect(documentOf('a string', fields, 1)).toBe('a string');
    expect(() => documentOf({ body: 'a', title: 'b' }, fields, 3)).toThrow(
      'there is no field “text”; its fields are body, title',
    );
    expect(() => documentOf({ text: ['a'] }, fields, 1)).toThrow('the field “text” is a list, not text');
    expect(() => documentOf(7, fields, 1)).toThrow('not an object');
  });

  it('of questions become canonical JSON', () => {
    const fields = { kind: 'questions', questionField: 'q', answerField: 'a' } as const;
    expect(documentOf({ a: 4, q: '2+2' }, fields, 1)).toBe('{"answer":"4","question":"2+2"}');
  });
});

describe('the set of digests', () => {
  it('is a set', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 300 }), (list) => {
        const set = keySet();
        const known = new Set<string>();
        for (const bytes of [...list, ...list]) {
          // A digest of zeros marks a free place; SHA-256 gives none.
          bytes[0] = bytes[0]! | 1;
          const key = Buffer.from(bytes).subarray(0, 16).toString('hex');
          expect(set.add(Buffer.from(bytes))).toBe(!known.has(key));
          known.add(key);
        }
        expect(set.size).toBe(known.size);
      }),
    );
  });

  it('grows', () => {
    const set = keySet();
    const digest = Buffer.alloc(32);
    for (let i = 1; i <= 20_000; i++) {
      digest.writeUInt32LE((i * 2_654_435_761) % 2 ** 32, 0);
      digest.writeUInt32LE(i, 8);
      expect(set.add(digest)).toBe(true);
    }
    expect(set.add(digest)).toBe(false);
    expect(set.size).toBe(20_000);
  });
});

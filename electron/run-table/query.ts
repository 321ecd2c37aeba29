/**
 * The filter's language (docs/query.md): text to a tree. Terms stand side by side and must all hold; OR, NOT and
 * brackets are understood.
 *
 *   stage:rmt,sft state:finished tag:x reward>0.5 lr<1e-3 -is:archived (seed=1 OR seed=2) "two words"
 */
import { AppError } from '../errors.ts';

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=';

/** A value as it was written. */
export interface Written {
  readonly text: string;
  /** In quotes: a word and never a number, a date or a pattern. */
  readonly quoted: boolean;
  /** Where it begins, from 0. */
  readonly at: number;
}

export type Query =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'compare';
      readonly field: Written;
      readonly operator: Operator;
      /** At least one; any of them fits for `:`, `=` and none of them for `!=`. */
      readonly values: readonly Written[];
    };

const OPERATOR = /^(?:!=|>=|<=|[:=><])/;
const WORD = /^[^\s()":=<>!,]+/;
const VALUE = /^[^\s()",]+/;
const MAX_DEPTH = 50;

/** @throws AppError InvalidQuery that says where, and what would be understood */
export function invalid(at: number, message: string, wayOut: string): AppError {
  return new AppError('InvalidQuery', `At character ${at + 1}: ${message}`, wayOut);
}

/** @returns the tree; an empty filter is an `and` of nothing, which every run fits. @throws AppError InvalidQuery */
export function parseQuery(text: string): Query {
  let at = 0;
  let depth = 0;

  const rest = (): string => text.slice(at);
  const skipSpace = (): void => {
    at += /^\s*/.exec(rest())![0].length;
  };
  /** A keyword: capital letters between spaces or brackets. */
  const takes = (keyword: string): boolean => {
    if (!new RegExp(`^${keyword}(?=[\\s()]|$)`).test(rest())) return false;
    at += keyword.length;
    skipSpace();
    return true;
  };

  function either(): Query {
    const parts = [all()];
    while (takes('OR')) parts.push(all());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  function all(): Query {
    const parts: Query[] = [];
    const from = at;
    for (;;) {
      skipSpace();
      if (at === text.length || text[at] === ')' || /^OR(?=[\s()]|$)/.test(rest())) break;
      if (takes('AND')) continue;
      parts.push(one());
    }
    if (parts.length === 0 && (depth > 0 || at < text.length || from > 0)) {
      throw invalid(
        at,
        'a term is missing here.',
        'Write something on both sides of OR and inside brackets, for example (seed=1 OR seed=2).',
      );
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  function one(): Query {
    if (takes('NOT')) return { kind: 'not', part: one() };
    if (/^-(?=[^\s\d.])/.test(rest())) {
      at++;
      return { kind: 'not', part: one() };
    }
    if (text[at] === '(') return bracket();
    if (text[at] === '"') return { kind: 'text', text: quoted().text };
    return term();
  }

  function bracket(): Query {
    const from = at++;
    if (++depth > MAX_DEPTH)
      throw invalid(from, 'too many brackets within each other.', 'Use fewer of them.');
    const inner = either();
    depth--;
    if (text[at] !== ')') throw invalid(from, 'this bracket is not closed.', 'Add a ) after its last term.');
    at++;
    return inner;
  }

  function quoted(): Written {
    const from = at;
    const match = /^"((?:[^"\\]|\\.)*)"/.exec(rest());
    if (!match) throw invalid(from, 'this quote is not closed.', 'Add a " after the words it holds.');
    at += match[0].length;
    return { text: match[1]!.replaceAll(/\\(.)/g, '$1'), quoted: true, at: from };
  }

  function term(): Query {
    const from = at;
    const word = WORD.exec(rest())?.[0];
    if (word === undefined) {
      throw invalid(
        from,
        `“${text[from]}” has nothing before it.`,
        'Name a field first, for example reward>0.5, or put the words in quotes.',
      );
    }
    at += word.length;
    const operator = OPERATOR.exec(rest())?.[0] as Operator | undefined;
    if (!operator) {
      // A lone comma or ! belongs to the words around it.
      const tail = VALUE.exec(rest())?.[0] ?? (text[at] === ',' ? ',' : '');
      at += tail.length;
      return { kind: 'text', text: word + tail };
    }
    at += operator.length;
    const field = { text: word, quoted: false, at: from };
    return { kind: 'compare', field, operator, values: values(operator, word) };
  }

  function values(operator: Operator, field: string): Written[] {
    const list: Written[] = [];
    do {
      if (text[at] === ',') at++;
      if (text[at] === '"') {
        list.push(quoted());
        continue;
      }
      const from = at;
      const value = VALUE.exec(rest())?.[0];
      if (value === undefined) {
        throw invalid(
          from,
          `${field}${operator} has no value.`,
          `Write one right after it, without a space: ${field}${operator}${operator === ':' ? 'word' : '1'}.`,
        );
      }
      at += value.length;
      list.push({ text: value, quoted: false, at: from });
    } while (text[at] === ',');
    if (list.length > 1 && operator !== ':' && operator !== '=' && operator !== '!=') {
      throw invalid(
        list[1]!.at,
        `${operator} takes one value.`,
        'Leave the others out; several values can be given with : only.',
      );
    }
    return list;
  }

  const tree = either();
  skipSpace();
  if (at < text.length) {
    throw invalid(at, 'this bracket was never opened.', 'Remove the ), or add a ( before its terms.');
  }
  return tree;
}

/** A parsed filter as a test of runs. */
import type { FactSource, RunFacts } from './facts.ts';
import { findField, holdings, standings, wayToField } from './fields.ts';
import { invalid, type Query } from './query.ts';
import { valueTest } from './values.ts';

export type RunTest = (facts: RunFacts) => boolean;

/** @throws AppError InvalidQuery */
export function runTest(query: Query, source: FactSource): RunTest {
  switch (query.kind) {
    case 'and': {
      const tests = query.parts.map((part) => runTest(part, source));
      return (facts) => tests.every((test) => test(facts));
    }
    case 'or': {
      const tests = query.parts.map((part) => runTest(part, source));
      return (facts) => tests.some((test) => test(facts));
    }
    case 'not': {
      const test = runTest(query.part, source);
      return (facts) => !test(facts);
    }
    case 'text': {
      const wanted = query.text.toLowerCase();
      return (facts) => textsOf(facts).some((text) => text?.toLowerCase().includes(wanted));
    }
    case 'compare':
      return comparison(query, source);
    default:
      return query satisfies never;
  }
}

/** What a word without a field is searched in. */
function textsOf({ run }: RunFacts): readonly (string | null)[] {
  return [
    run.name,
    run.id,
    run.stage,
    run.state,
    run.notes,
    run.baseName,
    run.corpusName,
    run.questionsName,
    run.sweep?.name ?? null,
    ...run.tags,
  ];
}

function comparison(query: Extract<Query, { kind: 'compare' }>, source: FactSource): RunTest {
  const { field: written, operator, values } = query;
  if ((written.text === 'is' || written.text === 'has') && operator === ':') {
    const tests = values.map((value) => standing(written.text, value.text, value.at));
    return (facts) => tests.some((test) => test(facts, source));
  }
  const field = findField(written.text, source);
  if (!field) {
    throw invalid(written.at, `there is no field “${written.text}”.`, wayToField(written.text, source));
  }
  const tests = values.map((value) => valueTest(field, operator, value, source.nowMs));
  const negative = operator === '!=';
  return (facts) => {
    const value = field.read(facts);
    // A run without the value fits no comparison, not even “is not”.
    if (value === null || value === '') return false;
    const list = Array.isArray(value) ? value : [value as string | number | boolean];
    const fits = list.some((one) => tests.some((test) => test(one)));
    return negative ? !fits : fits;
  };
}

function standing(kind: string, word: string, at: number): (facts: RunFacts, source: FactSource) => boolean {
  const known: Readonly<Record<string, (facts: RunFacts, source: FactSource) => boolean>> =
    kind === 'is' ? standings : holdings;
  const test = Object.hasOwn(known, word) ? known[word] : undefined;
  if (test) return test;
  throw invalid(at, `${kind}:${word} is not known.`, `Use one of ${Object.keys(known).join(', ')}.`);
}

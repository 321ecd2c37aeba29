/** How answers to the same prompts changed from one checkpoint to another: right or wrong, shorter or longer. */
import { type Flips, LENGTH_CHANGES, OUTCOME_CHANGES } from '../../contract/analysis.ts';
import type { ResolvedInput } from '../../contract.ts';
import { type Answers, placesOf } from './answers.ts';
import { type AnalysisSource, requireAnswers } from './chosen.ts';

type OutcomeChange = (typeof OUTCOME_CHANGES)[number];
type LengthChange = (typeof LENGTH_CHANGES)[number];

export interface Change {
  readonly outcome: OutcomeChange;
  readonly length: LengthChange;
  /** Tokens of thinking, b − a. */
  readonly tokens: number;
}

interface Answer {
  readonly score: number;
  readonly length: number;
}

export function changeOf(a: Answer, b: Answer): Change {
  const word = ({ score }: Answer): 'right' | 'wrong' => (score === 1 ? 'right' : 'wrong');
  const tokens = b.length - a.length;
  return {
    outcome: `${word(a)}-${word(b)}`,
    length: tokens < 0 ? 'shorter' : tokens > 0 ? 'longer' : 'same',
    tokens,
  };
}

const keyOf = (answers: Answers, i: number): string => `${answers.itemKeys[i]} ${answers.sampleIndices[i]}`;

/** Where `b` has the samples of `a`: in the same places where both were asked the same. */
function placesIn(b: Answers, a: Answers): (i: number) => number | undefined {
  if (b.itemKeys === a.itemKeys && b.sampleIndices === a.sampleIndices) return (i) => i;
  const inB = new Map(b.itemKeys.map((_, i) => [keyOf(b, i), i]));
  return (i) => inB.get(keyOf(a, i));
}

/** Changes of each sample that both have. */
function changesOf(a: Answers, b: Answers, places: readonly number[]): Change[] {
  const placeInB = placesIn(b, a);
  return places.flatMap((i) => {
    const j = placeInB(i);
    if (j === undefined) return [];
    const answer = (answers: Answers, at: number) => ({
      score: answers.scores[at]!,
      length: answers.lengths[at]!,
    });
    return [changeOf(answer(a, i), answer(b, j))];
  });
}

export function compareFlips(source: AnalysisSource, input: ResolvedInput<'compare.flips'>): Flips {
  const a = requireAnswers(source, input.a, input.protocolHash);
  const b = requireAnswers(source, input.b, input.protocolHash);
  const changes = changesOf(a, b, placesOf(a, input.tier));
  return {
    items: changes.length,
    cells: OUTCOME_CHANGES.flatMap((outcome) =>
      LENGTH_CHANGES.map((length) => {
        const own = changes.filter((change) => change.outcome === outcome && change.length === length);
        const sum = own.reduce((total, { tokens }) => total + tokens, 0);
        return {
          outcome,
          length,
          n: own.length,
          meanLengthChange: own.length === 0 ? null : sum / own.length,
        };
      }),
    ),
  };
}

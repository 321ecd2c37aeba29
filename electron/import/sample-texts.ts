import { sampleBaseMixture } from '../../trainer/config/sample.ts';
import { baseExamples, sampleCorpus } from '../../trainer/data/sample-corpus.ts';
import { canonicalJson } from '../canonical-json.ts';
import { type SampleSpec, sampleCount } from '../studies/sample-spec.ts';

/** The texts of a sample corpus, as a corpus stores them. */
export function sampleTexts(spec: SampleSpec): string[] {
  const count = sampleCount(spec);
  const { seed, style, family } = spec;
  switch (spec.sample) {
    case 'documents':
      return sampleCorpus(seed, count, 0, style, family).documents;
    case 'questions':
      return sampleCorpus(seed, 0, count, style, family).questions.map(canonicalJson);
    case 'base-texts':
      return baseExamples(seed, count, sampleBaseMixture);
    default:
      return spec.sample satisfies never;
  }
}

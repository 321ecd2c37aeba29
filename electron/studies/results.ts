import type { StudyResults } from '../contract/studies.ts';
import { figureOf } from './figures.ts';
import type { Source } from './observe.ts';
import { tableOf } from './tables.ts';
import { judgeClaims } from './verdicts.ts';

/** All a study yields, from what is done of it. Pure. */
export function resultsOf(source: Source): StudyResults {
  const { study } = source;
  return {
    claims: judgeClaims(source),
    tables: study.tables.map((table) => tableOf(source, table)),
    figures: study.figures.map((figure) => figureOf(source, figure)),
  };
}

/** What studies yield, read from the database alone. */
import type { Database } from 'better-sqlite3';
import type { StudyResults } from '../contract/studies.ts';
import type { Output } from '../contract.ts';
import type { Queries } from '../db/queries.ts';
import { studyReads } from '../db/studies.ts';
import { studyHtml } from '../report/study-html.ts';
import { studyMarkdown } from '../report/study-markdown.ts';
import { answerCache, studyResults } from './study-data.ts';
import { findStudy, shippedStudies, studyLoader } from './study-files.ts';
import { studyDetail, studySummary } from './study-view.ts';

/** Numbers kept of evaluations: 8 bytes each. */
const CACHED_NUMBERS = 8 * 2 ** 20;

export interface StudyReader {
  /** @throws AppError NotFound, StudyInvalid */
  results(studyId: string): StudyResults;
  /** @throws AppError NotFound, StudyInvalid */
  report(studyId: string, format: 'html' | 'markdown'): Output<'studies.report'>;
}

export function studyReader(db: Database, queries: Queries): StudyReader {
  const studies = studyReads(db);
  const { metrics } = queries;
  const run = queries.runs.byId;
  const records = { studies, metrics, run, cache: answerCache(CACHED_NUMBERS) };
  const load = studyLoader();

  function read(studyId: string) {
    const found = findStudy(studies, studyId);
    const loaded = load(found);
    return {
      found,
      loaded,
      results: studyResults(records, loaded, found.kind === 'stored' ? found.row.id : null),
    };
  }

  return {
    results: (studyId) => read(studyId).results,
    report(studyId, format) {
      const { found, loaded, results } = read(studyId);
      const { name } = loaded.study;
      const isStored = found.kind === 'stored';
      const progress = { nodes: isStored ? studies.nodes(found.row.id) : [], run };
      const summary = studySummary(found, load, shippedStudies().includes(name), progress, null);
      const source = isStored ? found.row.source : found.source;
      const detail = studyDetail(summary, source, loaded, progress);
      return format === 'html'
        ? { fileName: `${name}.html`, text: studyHtml(detail, results) }
        : { fileName: `${name}.md`, text: studyMarkdown(detail, results) };
    },
  };
}

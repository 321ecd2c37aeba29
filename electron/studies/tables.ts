/** A study's tables: each row's mean in each column, with its interval, beside the published figure. Pure. */
import type { StudyEstimate, StudyTable } from '../contract/studies.ts';
import type { Study } from './declaration.ts';
import { measureOf, observeEnd, type Source, summariseObservation } from './observe.ts';
import { estimateOf, unitOf } from './units.ts';

type TableDeclaration = Study['tables'][number];

export function tableOf(source: Source, declared: TableDeclaration): StudyTable {
  const { study } = source;
  return {
    id: declared.id,
    title: declared.title,
    note: declared.note ?? null,
    published: declared.published ?? null,
    columns: declared.columns.map(({ id, label, measure }) => ({
      id,
      label: label ?? study.measures[measure]!.label,
      unit: unitOf(study.measures[measure]!),
    })),
    rows: declared.rows.map((row) => ({
      label: row.label ?? labelOf(source, row.run),
      run: row.run,
      cells: declared.columns.map((column) => ({
        column: column.id,
        estimate: endEstimate(source, row.run, column.measure, row.mode),
        published: row.published[column.id] ?? null,
      })),
    })),
  };
}

/** How a run, or a given checkpoint, is called. */
export function labelOf({ plan }: Source, subject: string): string {
  return plan.runs.find(({ id }) => id === subject)?.label ?? subject;
}

/** A subject's mean at its end; null where it is not done or has no such measure. */
export function endEstimate(
  source: Source,
  subject: string,
  measureName: string,
  mode?: 'thinking' | 'direct',
): StudyEstimate | null {
  const measure = measureOf(source, measureName, mode);
  // Who predicts directly does not think.
  if (measure.mode === 'direct' && measure.value === 'length') return null;
  const summary = summariseObservation(observeEnd(source, subject, measure), measure.tier);
  return summary && estimateOf(summary, unitOf(measure));
}

/** Every answer of evaluations as rows: JSON Lines, CSV or Parquet. Pure. */
import type { StoredItem } from '../contract/comparisons.ts';
import { type ParquetColumn, parquetOf } from './parquet.ts';
import { toCsv, toJsonl, type Value } from './table.ts';

export interface ExportedAnswer {
  readonly checkpointId: string;
  readonly checkpoint: string;
  readonly evaluationId: string;
  readonly protocolHash: string;
  readonly measurement: string;
  readonly item: StoredItem;
}

interface Field {
  readonly name: string;
  readonly kind: ParquetColumn['kind'];
  readonly of: (answer: ExportedAnswer) => Value;
}

/** What every answer has, whatever was measured. */
export const ANSWER_FIELDS: readonly Field[] = [
  { name: 'checkpoint_id', kind: 'text', of: ({ checkpointId }) => checkpointId },
  { name: 'checkpoint', kind: 'text', of: ({ checkpoint }) => checkpoint },
  { name: 'evaluation_id', kind: 'text', of: ({ evaluationId }) => evaluationId },
  { name: 'protocol_hash', kind: 'text', of: ({ protocolHash }) => protocolHash },
  { name: 'measurement', kind: 'text', of: ({ measurement }) => measurement },
  { name: 'item_key', kind: 'text', of: ({ item }) => item.itemKey },
  { name: 'sample_index', kind: 'whole', of: ({ item }) => item.sampleIndex },
  { name: 'document_key', kind: 'text', of: ({ item }) => item.documentKey },
  { name: 'tier', kind: 'text', of: ({ item }) => item.tier },
  { name: 'mask_fraction', kind: 'number', of: ({ item }) => item.maskFraction },
  { name: 'prompt', kind: 'text', of: ({ item }) => item.promptText },
  { name: 'thinking', kind: 'text', of: ({ item }) => item.thinkingText },
  { name: 'answer', kind: 'text', of: ({ item }) => item.answerText },
  { name: 'truth', kind: 'text', of: ({ item }) => item.truthText },
  { name: 'thinking_length', kind: 'whole', of: ({ item }) => item.thinkingLength },
  { name: 'completion_length', kind: 'whole', of: ({ item }) => item.completionLength },
  { name: 'budget', kind: 'number', of: ({ item }) => item.budget },
  { name: 'truncated', kind: 'yes-no', of: ({ item }) => item.truncated },
  { name: 'score', kind: 'number', of: ({ item }) => item.score },
];

export const ANSWER_FORMATS = ['jsonl', 'csv', 'parquet'] as const;
export type AnswerFormat = (typeof ANSWER_FORMATS)[number];

/** Each score by name becomes a column `score_NAME`, empty where an answer has none. */
export function answersFile(answers: readonly ExportedAnswer[], format: AnswerFormat): string | Uint8Array {
  const names = [...new Set(answers.flatMap(({ item }) => Object.keys(item.scores)))];
  const fields: readonly Field[] = [
    ...ANSWER_FIELDS,
    ...names.map(
      (name): Field => ({
        name: `score_${name}`,
        kind: 'number',
        of: ({ item }) => item.scores[name] ?? null,
      }),
    ),
  ];
  if (format === 'parquet') {
    return parquetOf(fields.map(({ name, kind, of }) => ({ name, kind, values: answers.map(of) })));
  }
  const table = {
    names: fields.map(({ name }) => name),
    values: answers.map((answer) => fields.map(({ of }) => of(answer))),
  };
  return format === 'csv' ? toCsv(table) : toJsonl(table);
}

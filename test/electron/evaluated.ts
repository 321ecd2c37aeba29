/** A database with evaluations, recorded as the trainer's messages come. */
import { join } from 'node:path';
import { type EventMessage, eventMessage } from '../../electron/contract.ts';
import { readMigrations } from '../../electron/db/migrate.ts';
import { openDatabase, openReader } from '../../electron/db/open.ts';
import { openQueries } from '../../electron/db/queries.ts';
import { programPaths } from '../../electron/paths.ts';
import { cachedAnswers } from '../../electron/services/analysis/answers.ts';
import { recordRun } from '../../electron/services/run-recorder.ts';
import type { EvaluationItem, EvaluationProtocol, FromTrainer } from '../../trainer/protocol.ts';
import { PROTOCOL } from '../support/protocol.ts';
import { onCleanUp, temporaryFolder } from './support.ts';

export function item(
  key: string,
  score: number,
  thinkingLength: number,
  more: Partial<EvaluationItem> = {},
): EvaluationItem {
  return {
    documentKey: key,
    tier: 'hard',
    maskFraction: null,
    promptText: `prompt of ${key}`,
    thinkingText: 'so',
    answerText: score === 1 ? 'right' : 'wrong',
    truthText: 'right',
    thinkingLength,
    completionLength: thinkingLength + 2,
    budget: null,
    truncated: false,
    itemKey: key,
    sampleIndex: 0,
    score,
    scores: { match: score },
    ...more,
  };
}

/** A workspace's database with evaluations recorded as the trainer's messages come. */
export function evaluated(
  runs: readonly {
    readonly checkpoint: string;
    readonly protocol?: Partial<EvaluationProtocol>;
    readonly items: EvaluationItem[];
  }[],
) {
  const folder = temporaryFolder();
  const db = openDatabase(join(folder, 'midtrain.db'), readMigrations(programPaths.migrations));
  onCleanUp(() => {
    db.close();
  });
  const queries = openQueries(db);
  const events: EventMessage[] = [];
  const context = {
    folder,
    db,
    queries,
    emit: (event: EventMessage) => events.push(eventMessage.parse(event)),
  };
  runs.forEach(({ checkpoint, protocol, items }, i) => {
    if (!queries.checkpoints.byId(checkpoint)) {
      queries.checkpoints.add(
        {
          id: checkpoint,
          name: checkpoint.toUpperCase(),
          origin: 'imported',
          stage: null,
          runId: null,
          parentId: null,
          rootId: checkpoint,
          step: 0,
          final: true,
          folder: `checkpoints/${checkpoint}`,
          parameters: 1,
          vocabSize: 1,
          tokenizerSha256: 't',
          bytes: 1,
          sha256: checkpoint,
          createdAtMs: i,
        },
        'bpe',
      );
    }
    queries.runs.add({
      id: `r${i}`,
      name: `r${i}`,
      stage: 'evaluate',
      createdAtMs: i,
      corpusId: null,
      corpusName: null,
      questionsId: null,
      questionsName: null,
      baseCheckpointId: checkpoint,
      baseRunId: null,
      baseName: checkpoint,
      tierCheckpointId: null,
      tierRunId: null,
      settings: '{}',
      seed: 0,
      totalSteps: null,
      record: '{}',
      queuePosition: 0,
    });
    const recorder = recordRun(
      context,
      queries.runs.byId(`r${i}`)!,
      () => ({}),
      (error) => {
        throw error;
      },
    );
    const half = Math.ceil(items.length / 2);
    const send = (part: EvaluationItem[], last: boolean): void => {
      const message: FromTrainer = {
        kind: 'evaluation',
        protocol: { ...PROTOCOL, ...protocol },
        items: part,
        last,
      };
      recorder.receive(message);
    };
    send(items.slice(0, half), false);
    send(items.slice(half), true);
    recorder.close();
  });
  // Read as the reader's thread does.
  const reading = openReader(join(folder, 'midtrain.db'));
  onCleanUp(() => {
    reading.close();
  });
  const read = openQueries(reading);
  return {
    source: {
      evaluations: read.evaluations,
      checkpoint: read.checkpoints.byId,
      answers: cachedAnswers(read.evaluations, 1000),
    },
    events,
    queries,
    read,
  };
}

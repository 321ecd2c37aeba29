/** A workspace with evaluated checkpoints of any size, written as evaluations are recorded. */
import { join } from 'node:path';
import { hashOf } from '../electron/canonical-json.ts';
import { readMigrations } from '../electron/db/migrate.ts';
import { openDatabase } from '../electron/db/open.ts';
import { openQueries } from '../electron/db/queries.ts';
import { programPaths } from '../electron/paths.ts';
import { summarise } from '../electron/services/evaluation-summary.ts';
import { uniformDraws } from '../electron/statistics/random.ts';
import { PROTOCOL } from '../test/support/protocol.ts';
import type { EvaluationItem } from '../trainer/protocol.ts';

const TIERS = ['easy', 'medium', 'hard'] as const;
const ITEMS_A_DOCUMENT = 3;

/** Answers drawn at random: later checkpoints are right more often and think for less. */
function drawnItem(checkpoint: number, i: number, below: (n: number) => number): EvaluationItem {
  const thinkingLength = Math.max(1, 60 - 5 * checkpoint + below(20) - 10);
  const score = Number(below(100) < 40 + 5 * checkpoint);
  const thinkingText = Array.from({ length: thinkingLength }, (_, t) => `t${(i + t) % 97}`).join(' ');
  return {
    itemKey: `item-${String(i).padStart(6, '0')}`,
    sampleIndex: 0,
    documentKey: `document-${Math.floor(i / ITEMS_A_DOCUMENT)}`,
    tier: TIERS[i % 3]!,
    maskFraction: null,
    promptText: `Prompt ${i}: ${'what was said before stands here, '.repeat(6)}`,
    thinkingText,
    answerText: score === 1 ? `answer ${i}` : 'something else',
    truthText: `answer ${i}`,
    thinkingLength,
    completionLength: thinkingLength + 2,
    budget: null,
    truncated: below(40) === 0,
    score,
    scores: { match: score },
  };
}

/** @param folder of a workspace that nobody has open; made where there is none */
export function fillComparison(folder: string, checkpoints: number, answers: number) {
  const db = openDatabase(join(folder, 'midtrain.db'), readMigrations(programPaths.migrations));
  const queries = openQueries(db);
  const protocolHash = hashOf(PROTOCOL);
  const below = uniformDraws(1);
  const checkpointIds = Array.from({ length: checkpoints }, (_, c) => `checkpoint${c}`);
  db.transaction(() => {
    checkpointIds.forEach((id, c) => {
      queries.checkpoints.add(
        {
          id,
          name: `Checkpoint ${c + 1}`,
          origin: 'imported',
          stage: null,
          runId: null,
          parentId: null,
          rootId: checkpointIds[0]!,
          step: 100 * c,
          final: true,
          folder: `checkpoints/${id}`,
          parameters: 1000,
          vocabSize: 100,
          tokenizerSha256: 'tokenizer',
          bytes: 1,
          sha256: id,
          createdAtMs: c,
        },
        'bpe',
      );
      const runId = `evaluation${c}`;
      queries.runs.add({
        id: runId,
        name: `Evaluation ${c + 1}`,
        stage: 'evaluate',
        createdAtMs: c,
        corpusId: null,
        corpusName: null,
        questionsId: null,
        questionsName: null,
        baseCheckpointId: id,
        baseRunId: null,
        baseName: id,
        tierCheckpointId: null,
        tierRunId: null,
        settings: '{}',
        seed: 0,
        totalSteps: answers,
        record: '{}',
        queuePosition: null,
      });
      queries.runs.update(runId, { state: 'finished', step: answers });
      const key = queries.evaluations.add({
        id: `e${c}`,
        runId,
        checkpointId: id,
        protocol: JSON.stringify(PROTOCOL),
        protocolHash,
        createdAtMs: c,
      });
      const items = Array.from({ length: answers }, (_, i) => drawnItem(c, i, below));
      for (const one of items) queries.evaluations.addItem(key, one);
      queries.evaluations.setSummary(key, summarise(PROTOCOL, items));
    });
  })();
  db.close();
  return { checkpointIds, protocolHash, size: { checkpoints, answers } };
}

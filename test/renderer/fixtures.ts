/** Complete records of the contract, for tests to vary. */
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import type { ComparisonGroup, EvaluationSummary } from '../../electron/contract/comparisons.ts';
import type { Run } from '../../electron/contract/run.ts';
import type { StoredSample } from '../../electron/contract/runs.ts';
import { PROTOCOL } from '../support/protocol.ts';

export function runRecord(over: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    name: 'RMT 1',
    stage: 'rmt',
    state: 'finished',
    reason: null,
    step: 0,
    totalSteps: 100,
    createdAtMs: 0,
    startedAtMs: null,
    endedAtMs: null,
    durationMs: 0,
    remainingMs: null,
    corpusId: null,
    corpusName: null,
    questionsId: null,
    questionsName: null,
    base: null,
    baseName: null,
    seed: 0,
    parameters: null,
    engine: null,
    queuePosition: null,
    progress: null,
    latest: {},
    origin: 'trained',
    tags: [],
    notes: '',
    starred: false,
    archived: false,
    sweep: null,
    forkedFrom: null,
    againOf: null,
    ...over,
  };
}

export function checkpointRecord(id: string, over: Partial<Checkpoint> = {}): Checkpoint {
  return {
    id,
    name: `Checkpoint ${id}`,
    origin: 'run',
    stage: 'rmt',
    runId: null,
    runName: null,
    parentId: null,
    rootId: 'root',
    step: 100,
    final: true,
    parameters: 1,
    vocabSize: 1,
    tokenizerSha256: 't',
    bytes: 1,
    sha256: id,
    createdAtMs: 0,
    evaluations: 0,
    ...over,
  };
}

export function evaluationRecord(
  checkpointId: string,
  protocol: Partial<EvaluationSummary['protocol']> = {},
  over: Partial<EvaluationSummary> = {},
): EvaluationSummary {
  const full: EvaluationSummary['protocol'] = { ...PROTOCOL, maxAnswerTokens: 8, ...protocol };
  const interval = { mean: 0.5, low: 0.4, high: 0.6, n: 100 };
  return {
    id: `${checkpointId} ${full.mode} ${full.temperature}`,
    checkpointId,
    runId: 'e1',
    protocol: full,
    protocolHash: `${full.task} ${full.mode} ${full.temperature} ${full.forcedBudget}`,
    items: 100,
    documents: 90,
    accuracy: { easy: interval, medium: null, hard: interval, all: interval },
    scores: {},
    thinkingLength: full.mode === 'thinking' ? { mean: 12, low: 11, high: 13, n: 100, median: 12 } : null,
    truncatedShare: 0,
    createdAtMs: 0,
    ...over,
  };
}

export function groupRecord(evaluations: EvaluationSummary[], missing: string[] = []): ComparisonGroup {
  const [first] = evaluations;
  if (!first) throw new Error('A group has an evaluation.');
  return { protocolHash: first.protocolHash, protocol: first.protocol, title: '', evaluations, missing };
}

export function sampleRecord(over: Partial<StoredSample> = {}): StoredSample {
  return {
    id: 0,
    step: 10,
    documentKey: 'd',
    tier: 'easy',
    maskFraction: null,
    promptText: 'a b',
    thinkingText: 't',
    answerText: 'c',
    truthText: 'c',
    thinkingLength: 4,
    completionLength: 6,
    budget: 8,
    truncated: false,
    promptIndex: 0,
    generationIndex: 0,
    reward: 1,
    rewards: { match: 1 },
    advantage: 0,
    ...over,
  };
}

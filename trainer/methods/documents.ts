/**
 * Next-token prediction on documents: `sft` trains a base on them as they are; `pretrain` also makes a model and a
 * tokenizer where there is no base, and mixes in examples of the two thinking formats.
 */

import { readCheckpoint } from '../checkpoints/folder.ts';
import type { StageSettings } from '../config/stages.ts';
import { stepOrder } from '../data/documents.ts';
import { openShards } from '../data/shards.ts';
import { EOS } from '../data/special-tokens.ts';
import type { Tokenizer } from '../data/tokenizer.ts';
import { restorationExample, thinkingExample, weighted } from '../data/traces.ts';
import { trainTokenizer } from '../data/train-tokenizer.ts';
import type { WeightedDocument } from '../engine/engine.ts';
import { initialWeights, type ModelConfig } from '../engine/model.ts';
import { DOMAIN, drawsFor } from '../engine/random.ts';
import { type Method, type Opened, optimizerOf, type Surroundings, train } from './run.ts';
import {
  corpusOf,
  documentFlops,
  openCorpus,
  openFromBase,
  openValidation,
  validationLoss,
} from './setup.ts';

type NtpSettings = StageSettings<'sft'>;

/** Next-token prediction alone has no policy loss; these values are never read. */
const NO_POLICY_LOSS = {
  lossType: 'dapo',
  epsilon: 0.2,
  epsilonHigh: 0.2,
  beta: 0,
  importanceSamplingLevel: 'token',
  maxCompletionLength: 1,
} as const;

/** A method whose step trains on what `exampleOf` makes of the documents drawn for it. */
async function openNextToken(
  around: Surroundings,
  { policy, tokenizer }: Opened,
  settings: NtpSettings,
  exampleOf: (sequence: Int32Array, step: number, index: number) => WeightedDocument,
): Promise<Method> {
  const source = corpusOf(around, 'documents');
  const corpus = await openCorpus(around, source, 'train', tokenizer, settings.maxDocumentTokens);
  const validation = await openValidation(around, source, tokenizer, settings.maxDocumentTokens);
  const order = stepOrder(corpus.count, settings.documentsPerStep, settings.seed);
  return {
    async step(step, learningRate) {
      const documents = order(step).map((sequence, i) => exampleOf(corpus.sequence(sequence), step, i));
      const result = await policy.update({
        groups: [],
        documents,
        logits: { temperature: 1, bannedTokens: [] },
        loss: NO_POLICY_LOSS,
        ntpCoefficient: 1,
        optimizer: optimizerOf(settings, learningRate),
        maxTokensPerMicroBatch: settings.maxTokensPerMicroBatch,
        recomputeActivations: settings.recomputeActivations,
      });
      return {
        metrics: { loss: result.loss, ntp_loss: result.ntpLoss, grad_norm: result.gradNorm },
        tokens: result.numTokens,
        flops: documentFlops(
          policy,
          documents.map((document) => document.tokens),
        ),
        samples: [],
      };
    },
    validate: () => validationLoss(policy, validation),
  };
}

export async function sft(
  around: Surroundings,
  settings: StageSettings<'sft'>,
): Promise<'finished' | 'stopped'> {
  const opened = await openFromBase(around);
  return train(around, opened, settings, () =>
    openNextToken(around, opened, settings, (sequence) => weighted(sequence)),
  );
}

/** The example a sequence becomes: plain, with thinking, or as a restoration. */
function formatExample(
  sequence: Int32Array,
  settings: StageSettings<'pretrain'>,
  step: number,
  index: number,
): WeightedDocument {
  const text = sequence.length - 1 - (sequence[sequence.length - 1] === EOS ? 1 : 0);
  const draws = drawsFor(settings.seed, DOMAIN.masks, step, index);
  const u = draws.uniform();
  if (text < 2 || u >= settings.thinkFraction + settings.fillFraction) return weighted(sequence);
  if (u < settings.thinkFraction) return thinkingExample(draws, sequence, settings.maxTraceTokens);
  return restorationExample(draws, sequence, settings.maxTraceTokens, {
    maskMin: 0.05,
    maskMax: 0.3,
    maxMaskTokens: settings.maxTraceTokens,
  });
}

export async function pretrain(
  around: Surroundings,
  settings: StageSettings<'pretrain'>,
): Promise<'finished' | 'stopped'> {
  const opened = around.job.base ? await openFromBase(around) : await openFresh(around, settings);
  return train(around, opened, settings, () =>
    openNextToken(around, opened, settings, (sequence, step, index) =>
      formatExample(sequence, settings, step, index),
    ),
  );
}

async function openFresh(around: Surroundings, settings: StageSettings<'pretrain'>): Promise<Opened> {
  if (around.job.resume) {
    const resumed = readCheckpoint(around.job.resume, true);
    const policy = await around.engine.createPolicy(resumed.state);
    return { policy, reference: null, tokenizer: resumed.tokenizer, from: resumed.training };
  }
  const tokenizer = learnTokenizer(around, settings);
  const config: ModelConfig = {
    vocabSize: tokenizer.vocabSize,
    hiddenSize: settings.hiddenSize,
    intermediateSize: settings.intermediateSize,
    numHiddenLayers: settings.numHiddenLayers,
    numAttentionHeads: settings.numAttentionHeads,
    numKeyValueHeads: settings.numKeyValueHeads,
    headDim: settings.headDim,
    ropeTheta: settings.ropeTheta,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: settings.tieWordEmbeddings,
    maxPositionEmbeddings: settings.maxPositionEmbeddings,
  };
  const weights = initialWeights(config, settings.seed);
  const policy = await around.engine.createPolicy({ config, weights, optimizer: null });
  return { policy, reference: null, tokenizer, from: null };
}

/** Characters of the corpus a tokenizer is learned from: more hardly changes the merges. */
const TOKENIZER_SAMPLE_CHARACTERS = 50_000_000;

function learnTokenizer(around: Surroundings, settings: StageSettings<'pretrain'>): Tokenizer {
  const source = corpusOf(around, 'documents');
  around.emit({ kind: 'progress', label: `Learning a tokenizer from ${source.name}`, done: 0, total: 1 });
  const reader = openShards(source.train);
  function* texts(): Generator<string> {
    let characters = 0;
    for (let i = 0; i < reader.count && characters < TOKENIZER_SAMPLE_CHARACTERS; i++) {
      const { text } = reader.document(i);
      characters += text.length;
      yield text;
    }
  }
  try {
    const tokenizer = trainTokenizer(settings.tokenizer, texts(), settings.vocabSize);
    around.emit({ kind: 'progress', label: `Learning a tokenizer from ${source.name}`, done: 1, total: 1 });
    return tokenizer;
  } finally {
    reader.close();
  }
}

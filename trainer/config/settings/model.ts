/** A new model and its tokenizer. */
import type { SettingCheck, Settings, ValuesOf } from '../setting.ts';

export const modelSettings = {
  hiddenSize: {
    kind: 'number',
    default: 128,
    min: 16,
    max: 4096,
    integer: true,
    label: 'Hidden size',
    help: 'Width of the residual stream. Parameters grow with its square.',
  },
  numHiddenLayers: {
    kind: 'number',
    default: 4,
    min: 1,
    max: 64,
    integer: true,
    label: 'Layers',
    help: 'Number of transformer blocks.',
  },
  numAttentionHeads: {
    kind: 'number',
    default: 4,
    min: 1,
    max: 64,
    integer: true,
    label: 'Attention heads',
    help: 'Query heads per layer.',
  },
  numKeyValueHeads: {
    kind: 'number',
    default: 4,
    min: 1,
    max: 64,
    integer: true,
    advanced: true,
    label: 'Key/value heads',
    help: 'Fewer than the query heads gives grouped-query attention; must divide them.',
  },
  headDim: {
    kind: 'number',
    default: 32,
    min: 4,
    max: 256,
    integer: true,
    advanced: true,
    label: 'Head size',
    help: 'Width of one head; even, because rotary embedding turns pairs.',
  },
  intermediateSize: {
    kind: 'number',
    default: 352,
    min: 16,
    max: 16384,
    integer: true,
    label: 'MLP size',
    help: 'Width of the SwiGLU layer; about 8/3 of the hidden size is usual.',
  },
  ropeTheta: {
    kind: 'number',
    default: 10000,
    min: 100,
    max: 1e7,
    advanced: true,
    symbol: 'θ',
    label: 'Rotary base',
    help: 'Base of the rotary embedding’s wavelengths. Larger suits longer contexts.',
  },
  tieWordEmbeddings: {
    kind: 'boolean',
    default: true,
    advanced: true,
    label: 'Tie embeddings',
    help: 'Use one matrix for input and output embeddings. Saves memory in small models.',
  },
  maxPositionEmbeddings: {
    kind: 'number',
    default: 512,
    min: 16,
    max: 32768,
    integer: true,
    label: 'Context length',
    unit: 'tokens',
    help: 'Longest sequence the model is meant for: prompt, thinking and answer together.',
  },
} as const satisfies Settings;

export const modelChecks: readonly SettingCheck<ValuesOf<typeof modelSettings>>[] = [
  {
    settings: ['numAttentionHeads', 'numKeyValueHeads'],
    holds: (v) => v.numAttentionHeads % v.numKeyValueHeads === 0,
    message: 'Key/value heads do not divide the attention heads.',
    wayOut: 'Set numKeyValueHeads to a divisor of numAttentionHeads, for example the same number.',
  },
  {
    settings: ['headDim'],
    holds: (v) => v.headDim % 2 === 0,
    message: 'The head size is odd, and rotary embedding turns pairs of values.',
    wayOut: 'Use an even headDim such as 32.',
  },
];

export const tokenizerSettings = {
  tokenizer: {
    kind: 'choice',
    default: 'bpe',
    choices: {
      bpe: 'Byte-level BPE trained on the corpus',
      words: 'Closed vocabulary: the whitespace-separated words of the corpus',
    },
    label: 'Tokenizer',
    help: 'BPE suits natural text. A closed vocabulary suits synthetic corpora with few distinct words.',
  },
  vocabSize: {
    kind: 'number',
    default: 1024,
    min: 280,
    max: 65536,
    integer: true,
    label: 'Vocabulary size',
    unit: 'tokens',
    help: 'For BPE: the number of tokens to learn, 256 bytes and the special tokens included.',
  },
} as const satisfies Settings;

import { describe, expect, it } from 'vitest';
import { forwardFlops, sequenceWork, trainFlops } from '../../trainer/flops.ts';

describe('FLOPs', () => {
  // Counted by hand for hidden 8, MLP 12, 2 query heads and 1 key/value head of 4, vocabulary 14, 2 layers:
  // per token and layer: q 2·8·8 = 128; k, v 2·(2·8·4) = 128; o 2·8·8 = 128; gate, up, down 3·(2·8·12) = 576 → 960.
  // attention per token attended to: scores 2·8 + values 2·8 = 32. Head per token: 2·8·14 = 224.
  const config = {
    vocabSize: 14,
    hiddenSize: 8,
    intermediateSize: 12,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
    headDim: 4,
    ropeTheta: 10000,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    maxPositionEmbeddings: 32,
  };

  it('equal a hand count for a sequence of 3', () => {
    // 3 tokens attend to 1 + 2 + 3 = 6: 2·(3·960 + 6·32) + 3·224 = 6144 + 672.
    expect(forwardFlops(config, sequenceWork(3))).toBe(6816);
    expect(trainFlops(config, sequenceWork(3))).toBe(3 * 6816);
  });

  it('count a continuation’s attention to its context', () => {
    // 2 tokens after 5: they attend to 6 + 7 = 13: 2·(2·960 + 13·32) + 2·224.
    expect(forwardFlops(config, sequenceWork(2, 5))).toBe(4672 + 448);
  });

  it('of a whole equal those of its parts', () => {
    const parts = forwardFlops(config, sequenceWork(5)) + forwardFlops(config, sequenceWork(4, 5));
    expect(forwardFlops(config, sequenceWork(9))).toBe(parts);
  });
});

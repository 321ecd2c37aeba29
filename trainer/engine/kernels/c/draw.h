/* Drawing a token: cuts of the distribution, then the inverse of its cumulative sum over tokens in id order.
 *
 * Cuts apply in the order top-k, top-p, min-p, as in Hugging Face's samplers; top-p counts the mass left by top-k.
 * Of equally likely tokens the one with the lower id counts as the more likely. */
#ifndef KERNELS_DRAW_H
#define KERNELS_DRAW_H

#include "vec.h"

typedef struct {
  int top_k;           /* 0 keeps all */
  double top_p, min_p; /* 1 and 0 keep all */
} Cuts;

/* Orders tokens by weight, then by descending id, as unsigned integers. Weights are not negative. */
INLINE uint64_t rank_key(float weight, int token) {
  union {
    float value;
    uint32_t bits;
  } u = {weight};
  return (uint64_t)u.bits << 32 | (0xffffffffu - (uint32_t)token);
}

INLINE float weight_of(uint64_t key) {
  union {
    uint32_t bits;
    float value;
  } u = {(uint32_t)(key >> 32)};
  return u.value;
}

static void sift_down(uint64_t *heap, int count, int at) {
  const uint64_t key = heap[at];
  for (;;) {
    int child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= key) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = key;
}

/* Sets the weights of tokens outside the cuts to 0. `heap` holds `vocab` keys; what is popped gathers at its end. */
static void cut_weights(float *weights, int vocab, Cuts cuts, uint64_t *heap) {
  const int by_rank = (cuts.top_k > 0 && cuts.top_k < vocab) || cuts.top_p < 1;
  double total = 0;
  float most = 0;
  for (int i = 0; i < vocab; i++) {
    total += weights[i];
    if (weights[i] > most) most = weights[i];
  }
  uint64_t last_kept = 0;
  if (by_rank) {
    for (int i = 0; i < vocab; i++) heap[i] = rank_key(weights[i], i);
    for (int i = vocab / 2 - 1; i >= 0; i--) sift_down(heap, vocab, i);
    const int limit = cuts.top_k > 0 && cuts.top_k < vocab ? cuts.top_k : vocab;
    int popped = 0;
    double mass = 0;
    /* Without top-k the mass that top-p counts is known, so popping can stop at it. */
    while (popped < limit && !(limit == vocab && mass >= cuts.top_p * total)) {
      const uint64_t key = heap[0];
      heap[0] = heap[vocab - 1 - popped];
      popped++;
      sift_down(heap, vocab - popped, 0);
      heap[vocab - popped] = key;
      mass += weight_of(key);
    }
    double kept = 0;
    for (int i = 0; i < popped; i++) {
      last_kept = heap[vocab - 1 - i];
      kept += weight_of(last_kept);
      if (cuts.top_p < 1 && kept >= cuts.top_p * (limit == vocab ? total : mass)) break;
    }
  }
  const double floor = cuts.min_p * most;
  for (int i = 0; i < vocab; i++) {
    if (weights[i] < floor || rank_key(weights[i], i) < last_kept) weights[i] = 0;
  }
}

#define DRAW_BLOCK 64

INLINE double block_sum(const float *weights, int from, int to) {
  double sum = 0;
  for (int i = from; i < to; i++) sum += weights[i];
  return sum;
}

/* The first token whose cumulative weight exceeds uniform * total: whole blocks first, then inside one. */
static int draw_token(const float *weights, int vocab, double uniform) {
  double total = 0;
  for (int from = 0; from < vocab; from += DRAW_BLOCK) total += block_sum(weights, from, minimum(from + DRAW_BLOCK, vocab));
  const double aim = uniform * total;
  double below = 0;
  int last = 0;
  for (int from = 0; from < vocab; from += DRAW_BLOCK) {
    const int to = minimum(from + DRAW_BLOCK, vocab);
    const double sum = block_sum(weights, from, to);
    if (below + sum > aim) {
      double cumulative = 0;
      for (int i = from; i < to; i++) {
        if (weights[i] > 0) last = i;
        cumulative += weights[i];
        if (below + cumulative > aim) return i;
      }
      return last;
    }
    for (int i = from; i < to; i++) {
      if (weights[i] > 0) last = i;
    }
    below += sum;
  }
  return last;
}

#endif

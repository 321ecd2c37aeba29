/* The head: logits of a batch's queries to log-probabilities, entropies and most likely tokens, and back. */
#ifndef KERNELS_HEAD_H
#define KERNELS_HEAD_H

#include "batch.h"

typedef struct {
  float lse, entropy;
} RowStatistics;

/* Scales a row of logits by 1 / temperature, shuts out padding and banned tokens, and sums up its distribution:
 * H = log sum e^z - sum z e^z / sum e^z. Optionally leaves exp(z - lse) * sum, that is e^(z - max), in `weights`. */
static RowStatistics row_statistics(float *z, int vocab, int padded, float scale, const int32_t *banned,
                                    int banned_count, float *weights) {
  for (int i = 0; i < banned_count; i++) z[banned[i]] = NEGATIVE;
  for (int i = vocab; i < padded; i++) z[i] = NEGATIVE;
  vec top = splat(NEGATIVE);
  for (int i = 0; i < padded; i += VW) {
    const vec scaled = vmax(load(z + i) * splat(scale), splat(NEGATIVE));
    store(z + i, scaled);
    top = vmax(scaled, top);
  }
  const float most = hmax(top);
  vec sum = splat(0), dots = splat(0);
  for (int i = 0; i < padded; i += VW) {
    const vec centred = load(z + i) - splat(most), e = vexp(centred);
    sum += e;
    dots = madd(e, centred, dots);
    if (weights) store(weights + i, e);
  }
  const float total = hsum(sum), log_total = (float)logarithm(total);
  return (RowStatistics){most + log_total, log_total - hsum(dots) / total};
}

static int largest_index(const float *z, int count) {
  int best = 0;
  for (int i = 1; i < count; i++) {
    if (z[i] > z[best]) best = i;
  }
  return best;
}

/* Queries from `from` to `to`: final norm, logits, statistics, log-probabilities of targets. */
static void head_block(const Batch *b, int from, int to) {
  const Model *m = b->model;
  const Config *c = &m->config;
  float *hidden = b->hidden + (ptrdiff_t)from * c->D, *logits = b->logits + (ptrdiff_t)from * c->V;
  for (int i = from; i < to; i++) {
    norm_row(b->output + (ptrdiff_t)i * c->D, m->weights + m->final_norm, b->hidden + (ptrdiff_t)i * c->D, c->D,
             c->hidden, c->eps);
  }
  matmul_panels(to - from, c->V, c->D, hidden, c->D, m->panels + m->head, logits, c->V, STORE);
  for (int i = from; i < to; i++) {
    float *z = b->logits + (ptrdiff_t)i * c->V;
    const int plain = b->plain[i];
    const RowStatistics row = row_statistics(z, c->vocab, c->V, plain ? 1 : 1 / b->temperature, b->banned,
                                             plain ? 0 : b->banned_count, 0);
    b->row_lse[i] = row.lse;
    b->entropies[i] = row.entropy;
    b->greedy[i] = largest_index(z, c->vocab);
    for (int t = b->target_start[i]; t < b->target_start[i + 1]; t++) {
      b->logps[t] = z[b->target_token[t]] - row.lse;
    }
  }
}

/* Logits of one query to their gradients, from d loss / d logp of its targets:
 * d z_v = sum over targets of d (1[v = target] - p_v) / temperature. */
static void logits_backward(const Batch *b, int query) {
  const Config *c = &b->model->config;
  float *z = b->logits + (ptrdiff_t)query * c->V;
  const float scale = b->plain[query] ? 1 : 1 / b->temperature;
  float total = 0;
  for (int t = b->target_start[query]; t < b->target_start[query + 1]; t++) total += b->d_logps[t];
  const vec lse = splat(b->row_lse[query]), factor = splat(-total * scale);
  for (int i = 0; i < c->V; i += VW) store(z + i, vexp(load(z + i) - lse) * factor);
  for (int t = b->target_start[query]; t < b->target_start[query + 1]; t++) {
    z[b->target_token[t]] += b->d_logps[t] * scale;
  }
}

#endif

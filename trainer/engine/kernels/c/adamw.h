/* AdamW (Loshchilov & Hutter 2019) with global gradient clipping, in PyTorch's order of operations. */
#ifndef KERNELS_ADAMW_H
#define KERNELS_ADAMW_H

#include "model.h"

static void square_sum_task(void *argument, int index, int thread) {
  (void)thread;
  Model *m = argument;
  const Chunk chunk = m->chunks[index];
  const float *g = m->gradients + chunk.offset;
  double sum = 0;
  for (int i = 0; i < chunk.count; i += 256) {
    vec squares = splat(0);
    for (int j = i; j < minimum(i + 256, chunk.count); j += VW) squares = madd(load(g + j), load(g + j), squares);
    sum += hsum(squares);
  }
  m->chunk_sums[index] = sum;
}

static double gradient_norm(Model *m) {
  parallel(m->pool, m->chunk_count, square_sum_task, m);
  double sum = 0;
  for (int i = 0; i < m->chunk_count; i++) sum += m->chunk_sums[i];
  return __builtin_sqrt(sum);
}

typedef struct {
  float learning_rate, beta1, beta2, epsilon, weight_decay;
  float clip;                   /* factor on the gradients */
  float correction1, correction2; /* 1 - beta1^step, sqrt(1 - beta2^step) */
} AdamW;

typedef struct {
  Model *m;
  AdamW s;
} AdamWJob;

static void adamw_task(void *argument, int index, int thread) {
  (void)thread;
  const AdamWJob *job = argument;
  const AdamW s = job->s;
  const Chunk chunk = job->m->chunks[index];
  float *restrict w = job->m->weights + chunk.offset, *restrict first = job->m->first + chunk.offset;
  float *restrict second = job->m->second + chunk.offset;
  const float *restrict g = job->m->gradients + chunk.offset;
  const float keep = chunk.decays ? 1 - s.learning_rate * s.weight_decay : 1;
  const float rate = s.learning_rate / s.correction1, inverse = 1 / s.correction2;
  for (int i = 0; i < chunk.count; i++) {
    const float gradient = g[i] * s.clip;
    const float m1 = s.beta1 * first[i] + (1 - s.beta1) * gradient;
    const float m2 = s.beta2 * second[i] + (1 - s.beta2) * gradient * gradient;
    first[i] = m1;
    second[i] = m2;
    w[i] = w[i] * keep - rate * m1 / (square_root(m2) * inverse + s.epsilon);
  }
}

static void adamw_step(Model *m, AdamW s) {
  AdamWJob job = {m, s};
  parallel(m->pool, m->chunk_count, adamw_task, &job);
  pack_weights(m);
}

#endif

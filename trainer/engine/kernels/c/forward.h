/* The forward pass over a packed batch. Work on rows (norms, projections, MLP) runs in blocks of ROW_BLOCK rows that
 * stay in the second-level cache from the attention's output to the next layer's queries, keys and values. */
#ifndef KERNELS_FORWARD_H
#define KERNELS_FORWARD_H

#include "attention.h"
#include "head.h"

/* Rows `from` to `to` of a layer's input to queries, keys and values. `scratch`: 2 ROW_BLOCK D. */
static void project_qkv(const Batch *b, int layer, int from, int to, float *scratch) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const Activations *a = &b->layer[layer];
  const View view = view_of(b, layer);
  float *normed = scratch;
  for (int r = from; r < to; r++) {
    norm_row(a->x + (ptrdiff_t)r * c->D, m->weights + m->at[layer].input_norm, normed + (ptrdiff_t)(r - from) * c->D,
             c->D, c->hidden, c->eps);
  }
  matmul_panels(to - from, 2 * c->KV, c->D, normed, c->D, m->panels + m->at[layer].kv,
                a->kv + (ptrdiff_t)from * 2 * c->KV, 2 * c->KV, STORE);
  int first = from, count = to - from;
  const float *queries = normed;
  if (view.row) {
    float *gathered = scratch + (ptrdiff_t)ROW_BLOCK * c->D;
    first = -1, count = 0;
    for (int r = from; r < to; r++) {
      if (b->query_of_row[r] < 0) continue;
      if (first < 0) first = b->query_of_row[r];
      copy_row(gathered + (ptrdiff_t)count++ * c->D, normed + (ptrdiff_t)(r - from) * c->D, c->D);
    }
    queries = gathered;
  }
  if (count > 0) {
    matmul_panels(count, c->Q, c->D, queries, c->D, m->panels + m->at[layer].q, a->q + (ptrdiff_t)first * c->Q, c->Q,
                  STORE);
  }
}

/* Queries `from` to `to`: attention's output to the stream, MLP, and the next layer's input (`with_down` 0 stops
 * before the down projection, for recomputation). `scratch`: ROW_BLOCK (2 D + F). */
static void finish_layer(const Batch *b, int layer, int from, int to, int with_down, float *scratch) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const Activations *a = &b->layer[layer];
  const View view = view_of(b, layer);
  const int count = to - from;
  float *normed = scratch, *h = normed + (ptrdiff_t)ROW_BLOCK * c->D;
  float *middle = a->middle ? a->middle + (ptrdiff_t)from * c->D : h + (ptrdiff_t)ROW_BLOCK * c->F;
  for (int i = 0; i < count; i++) {
    copy_row(middle + (ptrdiff_t)i * c->D, a->x + (ptrdiff_t)row_of(view, from + i) * c->D, c->D);
  }
  matmul_panels(count, c->D, c->Q, a->attention + (ptrdiff_t)from * c->Q, c->Q, m->panels + m->at[layer].o, middle, c->D,
                ADD);
  for (int i = 0; i < count; i++) {
    norm_row(middle + (ptrdiff_t)i * c->D, m->weights + m->at[layer].post_norm, normed + (ptrdiff_t)i * c->D, c->D,
             c->hidden, c->eps);
  }
  matmul_swiglu(count, c->F, c->D, normed, c->D, m->panels + m->at[layer].gate_up,
                a->gate_up ? a->gate_up + (ptrdiff_t)from * 2 * c->F : 0, h, c->F);
  if (!with_down) return;
  float *next = (layer + 1 < c->layers ? b->layer[layer + 1].x : b->output) + (ptrdiff_t)from * c->D;
  copy_floats(next, middle, (size_t)count * c->D);
  matmul_panels(count, c->D, c->F, h, c->F, m->panels + m->at[layer].down, next, c->D, ADD);
}

static void embed_task(void *argument, int index, int thread) {
  const Batch *b = argument;
  const Model *m = b->model;
  const int D = m->config.D, from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, b->rows);
  for (int r = from; r < to; r++) {
    copy_row(b->layer[0].x + (ptrdiff_t)r * D, m->weights + m->embed + (ptrdiff_t)b->token[r] * D, D);
  }
  project_qkv(b, 0, from, to, m->pool->scratch[thread]);
}

static void finish_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  Batch *b = job->batch;
  const int from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, view_of(b, job->layer).count);
  float *scratch = b->model->pool->scratch[thread];
  finish_layer(b, job->layer, from, to, 1, scratch);
  if (job->layer + 1 < b->model->config.layers) project_qkv(b, job->layer + 1, from, to, scratch);
  else head_block(b, from, to);
}

/* Embedding and the first layer's projections. */
static void forward_begin(Batch *b) { parallel(b->model->pool, blocks_of(b->rows), embed_task, b); }

/* One layer; the last one also computes the head. */
static void forward_layer(Batch *b, int layer) {
  LayerJob job = {b, layer};
  parallel(b->model->pool, b->families * b->model->config.kv_heads, attention_task, &job);
  parallel(b->model->pool, blocks_of(view_of(b, layer).count), finish_task, &job);
}

#endif

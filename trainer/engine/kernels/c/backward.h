/* The backward pass over a packed batch, layer by layer from the last: gradients of activations in blocks of rows and
 * per head, then gradients of weights, each element of which is summed by one thread in the order of rows. */
#ifndef KERNELS_BACKWARD_H
#define KERNELS_BACKWARD_H

#include "forward.h"

/* ---- gradients of weights: a list of products and sums, cut into tasks ---- */

typedef struct {
  int rows, columns, depth;
  const float *a;
  ptrdiff_t a_step;
  const float *b; /* null: not a product but G[columns] += the sum of `depth` rows of A */
  ptrdiff_t b_step;
  float *gradient;
} GradientJob;

typedef struct {
  const Batch *batch;
  GradientJob job[8];
  int count;
} GradientJobs;

static int tasks_of(const GradientJob *j) {
  return j->b ? parts_of(j->rows, GRADIENT_ROWS) * parts_of(j->columns, GRADIENT_COLUMNS) : 1;
}

static void gradient_task(void *argument, int index, int thread) {
  const GradientJobs *jobs = argument;
  const GradientJob *j = jobs->job;
  while (index >= tasks_of(j)) index -= tasks_of(j++);
  if (!j->b) {
    for (int r = 0; r < j->depth; r++) {
      for (int i = 0; i < j->columns; i += VW) {
        store(j->gradient + i, load(j->gradient + i) + load(j->a + r * j->a_step + i));
      }
    }
    return;
  }
  const int across = parts_of(j->columns, GRADIENT_COLUMNS);
  const int row = index / across * GRADIENT_ROWS, column = index % across * GRADIENT_COLUMNS;
  matmul_gradient(minimum(GRADIENT_ROWS, j->rows - row), minimum(GRADIENT_COLUMNS, j->columns - column), j->depth,
                  j->a + row, j->a_step, j->b + column, j->b_step,
                  j->gradient + (ptrdiff_t)row * j->columns + column, j->columns,
                  jobs->batch->model->pool->scratch[thread]);
}

static void run_gradients(GradientJobs *jobs) {
  int tasks = 0;
  for (int i = 0; i < jobs->count; i++) tasks += tasks_of(&jobs->job[i]);
  parallel(jobs->batch->model->pool, tasks, gradient_task, jobs);
}

/* ---- head ---- */

static void head_backward_task(void *argument, int index, int thread) {
  const Batch *b = argument;
  const Model *m = b->model;
  const Config *c = &m->config;
  const int from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, b->queries);
  float *d_hidden = m->pool->scratch[thread];
  float *gains = b->gain_sums + (ptrdiff_t)index * c->D;
  for (int i = from; i < to; i++) logits_backward(b, i);
  matmul_panels(to - from, c->D, c->V, b->logits + (ptrdiff_t)from * c->V, c->V, m->back_panels + m->head, d_hidden, c->D,
                STORE);
  zero_floats(gains, c->D);
  for (int i = from; i < to; i++) {
    norm_row_backward(b->output + (ptrdiff_t)i * c->D, m->weights + m->final_norm, d_hidden + (ptrdiff_t)(i - from) * c->D,
                      b->d_stream + (ptrdiff_t)i * c->D, gains, c->D, c->hidden, c->eps, 0);
  }
}

static void backward_head(Batch *b) {
  Model *m = b->model;
  const Config *c = &m->config;
  parallel(m->pool, blocks_of(b->queries), head_backward_task, b);
  GradientJobs jobs = {b,
                       {{c->V, c->D, b->queries, b->logits, c->V, b->hidden, c->D, m->gradients + m->head},
                        {1, c->D, blocks_of(b->queries), b->gain_sums, c->D, 0, 0, m->gradients + m->final_norm}},
                       2};
  run_gradients(&jobs);
}

/* ---- one layer ---- */

static void recompute_project_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const int from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, b->rows);
  project_qkv(b, job->layer, from, to, b->model->pool->scratch[thread]);
}

static void recompute_finish_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const int from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, view_of(b, job->layer).count);
  finish_layer(b, job->layer, from, to, 0, b->model->pool->scratch[thread]);
}

/* One row's gate and up projections to their gradients, from that of h = silu(gate) * up, which is computed once more. */
INLINE void swiglu_backward(float *gate_up, const float *d_h, float *h, int f) {
  float *gate = gate_up, *up = gate_up + f;
  for (int j = 0; j < f; j += VW) {
    const vec g = load(gate + j), u = load(up + j), dh = load(d_h + j), s = vsigmoid(g), silu = g * s;
    store(h + j, silu * u);
    store(up + j, dh * silu);
    store(gate + j, dh * u * (s + silu * (splat(1) - s)));
  }
}

/* Gradient through the MLP and the attention's output projection for one block of queries. */
static void mlp_backward_block(const Batch *b, int layer, int block, float *scratch) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const Activations *a = &b->layer[layer];
  const LayerAt *at = &m->at[layer];
  const int from = block * ROW_BLOCK, to = minimum(from + ROW_BLOCK, view_of(b, layer).count), count = to - from;
  float *d_h = scratch, *d_normed = d_h + (ptrdiff_t)ROW_BLOCK * c->F;
  float *d_out = b->d_stream + (ptrdiff_t)from * c->D, *d_middle = b->d_middle + (ptrdiff_t)from * c->D;
  float *gains = b->gain_sums + (ptrdiff_t)block * c->D;
  matmul_panels(count, c->F, c->D, d_out, c->D, m->back_panels + at->down, d_h, c->F, STORE);
  for (int i = 0; i < count; i++) {
    swiglu_backward(a->gate_up + (ptrdiff_t)(from + i) * 2 * c->F, d_h + (ptrdiff_t)i * c->F,
                    b->mlp + (ptrdiff_t)(from + i) * c->F, c->F);
  }
  matmul_panels(count, c->D, 2 * c->F, a->gate_up + (ptrdiff_t)from * 2 * c->F, 2 * c->F, m->back_panels + at->gate_up,
                d_normed, c->D, STORE);
  zero_floats(gains, c->D);
  copy_floats(d_middle, d_out, (size_t)count * c->D);
  for (int i = 0; i < count; i++) {
    const float *middle = a->middle + (ptrdiff_t)(from + i) * c->D;
    norm_row(middle, m->weights + at->post_norm, b->normed_mlp + (ptrdiff_t)(from + i) * c->D, c->D, c->hidden, c->eps);
    norm_row_backward(middle, m->weights + at->post_norm, d_normed + (ptrdiff_t)i * c->D, d_middle + (ptrdiff_t)i * c->D,
                      gains, c->D, c->hidden, c->eps, 1);
  }
  matmul_panels(count, c->Q, c->D, d_middle, c->D, m->back_panels + at->o, b->d_attention + (ptrdiff_t)from * c->Q, c->Q,
                STORE);
}

/* The projections' inputs once more, for the gradients of their weights. */
static void normed_block(const Batch *b, int layer, int block) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const int from = block * ROW_BLOCK, to = minimum(from + ROW_BLOCK, b->rows), compact = view_of(b, layer).row != 0;
  for (int r = from; r < to; r++) {
    float *normed = b->normed + (ptrdiff_t)r * c->D;
    norm_row(b->layer[layer].x + (ptrdiff_t)r * c->D, m->weights + m->at[layer].input_norm, normed, c->D, c->hidden,
             c->eps);
    if (compact && b->query_of_row[r] >= 0) {
      copy_row(b->normed_queries + (ptrdiff_t)b->query_of_row[r] * c->D, normed, c->D);
    }
  }
}

static void mlp_backward_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const int blocks = blocks_of(view_of(b, job->layer).count);
  if (index < blocks) mlp_backward_block(b, job->layer, index, b->model->pool->scratch[thread]);
  else normed_block(b, job->layer, index - blocks);
}

/* In a layer with fewer queries than rows: the queries' part of the gradient of the projections' input. */
static void query_backward_task(void *argument, int index, int thread) {
  (void)thread;
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const Model *m = b->model;
  const Config *c = &m->config;
  const int from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, b->queries);
  matmul_panels(to - from, c->D, c->Q, b->layer[job->layer].q + (ptrdiff_t)from * c->Q, c->Q,
                m->back_panels + m->at[job->layer].q, b->d_normed_queries + (ptrdiff_t)from * c->D, c->D, STORE);
}

static void project_backward_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const Model *m = b->model;
  const Config *c = &m->config;
  const LayerAt *at = &m->at[job->layer];
  const Activations *a = &b->layer[job->layer];
  const View view = view_of(b, job->layer);
  const int from = index * ROW_BLOCK, to = minimum(from + ROW_BLOCK, b->rows), count = to - from;
  float *d_normed = m->pool->scratch[thread];
  float *gains = b->gain_sums_2 + (ptrdiff_t)index * c->D;
  matmul_panels(count, c->D, 2 * c->KV, a->kv + (ptrdiff_t)from * 2 * c->KV, 2 * c->KV,
                m->back_panels + at->kv, d_normed, c->D, STORE);
  if (!view.row) {
    matmul_panels(count, c->D, c->Q, a->q + (ptrdiff_t)from * c->Q, c->Q, m->back_panels + at->q, d_normed, c->D, ADD);
  }
  zero_floats(gains, c->D);
  for (int i = 0; i < count; i++) {
    const ptrdiff_t row = from + i, query = view.row ? b->query_of_row[row] : row;
    float *d_normed_row = d_normed + (ptrdiff_t)i * c->D, *d_x = b->d_stream + row * c->D;
    if (view.row && query >= 0) {
      const float *more = b->d_normed_queries + query * c->D;
      for (int j = 0; j < c->D; j += VW) store(d_normed_row + j, load(d_normed_row + j) + load(more + j));
    }
    if (query >= 0) copy_row(d_x, b->d_middle + query * c->D, c->D);
    else zero_floats(d_x, c->D);
    norm_row_backward(a->x + row * c->D, m->weights + at->input_norm, d_normed_row, d_x, gains, c->D, c->hidden, c->eps, 1);
  }
}

/* d_stream holds the gradient of the layer's output on entry, of its input on return. */
static void backward_layer(Batch *b, int layer) {
  Model *m = b->model;
  const Config *c = &m->config;
  const LayerAt *at = &m->at[layer];
  const Activations *a = &b->layer[layer];
  const View view = view_of(b, layer);
  const int query_blocks = blocks_of(view.count), row_blocks = blocks_of(b->rows), pairs = b->families * c->kv_heads;
  LayerJob job = {b, layer};
  if (b->keep == KEEP_INPUTS) {
    parallel(m->pool, row_blocks, recompute_project_task, &job);
    parallel(m->pool, pairs, attention_task, &job);
    parallel(m->pool, query_blocks, recompute_finish_task, &job);
  }
  parallel(m->pool, query_blocks + row_blocks, mlp_backward_task, &job);
  parallel(m->pool, pairs, attention_backward_task, &job);
  const float *normed_queries = view.row ? b->normed_queries : b->normed;
  float *g = m->gradients;
  GradientJobs first = {
      b,
      {{2 * c->F, c->D, view.count, a->gate_up, 2 * c->F, b->normed_mlp, c->D, g + at->gate_up},
       {c->D, c->F, view.count, b->d_stream, c->D, b->mlp, c->F, g + at->down},
       {c->D, c->Q, view.count, b->d_middle, c->D, a->attention, c->Q, g + at->o},
       {c->Q, c->D, view.count, a->q, c->Q, normed_queries, c->D, g + at->q},
       {2 * c->KV, c->D, b->rows, a->kv, 2 * c->KV, b->normed, c->D, g + at->kv},
       {1, c->D, query_blocks, b->gain_sums, c->D, 0, 0, g + at->post_norm},
       {1, c->HD, pairs, b->head_gain_sums, 2 * c->HD, 0, 0, g + at->q_norm},
       {1, c->HD, pairs, b->head_gain_sums + c->HD, 2 * c->HD, 0, 0, g + at->k_norm}},
      8};
  run_gradients(&first);
  if (view.row) parallel(m->pool, query_blocks, query_backward_task, &job);
  parallel(m->pool, row_blocks, project_backward_task, &job);
  GradientJobs second = {b, {{1, c->D, row_blocks, b->gain_sums_2, c->D, 0, 0, g + at->input_norm}}, 1};
  run_gradients(&second);
}

/* ---- embedding ---- */

#define EMBED_COLUMNS 64

static void embed_backward_task(void *argument, int index, int thread) {
  (void)thread;
  const Batch *b = argument;
  const Model *m = b->model;
  const int D = m->config.D, from = index * EMBED_COLUMNS, to = minimum(from + EMBED_COLUMNS, D);
  for (int r = 0; r < b->rows; r++) {
    float *g = m->gradients + m->embed + (ptrdiff_t)b->token[r] * D;
    const float *d = b->d_stream + (ptrdiff_t)r * D;
    for (int i = from; i < to; i += VW) store(g + i, load(g + i) + load(d + i));
  }
}

static void backward_embedding(Batch *b) {
  parallel(b->model->pool, parts_of(b->model->config.D, EMBED_COLUMNS), embed_backward_task, b);
}

#endif

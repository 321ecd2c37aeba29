/* A model: its sizes, its flat parameter, gradient and optimizer buffers, and the panels that products read.
 *
 * Flat buffers hold every parameter in the order of trainer/engine/model.ts, each as [out, in] row-major with both
 * dimensions padded to PAD: head by head where a dimension runs over heads. Padding is zero and stays zero: its
 * gradients are zero, and so are its optimizer moments. Consecutive projections are thereby one matrix:
 * k and v are [2 KV, D], gate and up are [2 F, D]. */
#ifndef KERNELS_MODEL_H
#define KERNELS_MODEL_H

#include "matmul.h"
#include "memory.h"
#include "threads.h"

typedef struct {
  /* As configured. */
  int vocab, hidden, intermediate, layers, heads, kv_heads, head_dim, tied, max_positions;
  float eps;
  /* Padded: vocabulary, stream, MLP, one head, all query heads, all key heads. */
  int V, D, F, HD, Q, KV;
} Config;

/* Offsets into the flat buffers, in floats. */
typedef struct {
  size_t input_norm, q, kv, q_norm, k_norm, o, post_norm, gate_up, down;
} LayerAt;

typedef struct {
  size_t offset;
  int rows, columns;               /* as configured */
  int row_block, row_block_padded; /* rows come in blocks of the first, stored in blocks of the second */
  int column_block, column_block_padded;
  int matrix; /* weight decay applies */
} Parameter;

/* A stretch of the flat buffers small enough to be one task of the optimizer. */
typedef struct {
  size_t offset;
  int count, decays;
} Chunk;
#define CHUNK_FLOATS 16384

typedef struct {
  Config config;
  Pool *pool;
  int parameter_count;
  Parameter *parameters;
  LayerAt *at;
  size_t embed, final_norm, head; /* head = embed where tied */
  size_t floats;                  /* of one flat buffer */
  int chunk_count;
  Chunk *chunks;
  double *chunk_sums;
  float *weights, *gradients, *first, *second; /* the last three null without an optimizer */
  float *panels;      /* of each matrix's transpose, at the matrix's own offset: forward products */
  float *back_panels; /* of each matrix itself: gradients of inputs; null without an optimizer */
  float *rotary; /* [max_positions]{[HD] cosines, [HD] signed sines}, see rotary.h */
  size_t bytes;                                /* held by this model */
} Model;

static size_t padded_floats(const Parameter *p) {
  const size_t rows = (size_t)(p->rows / p->row_block) * p->row_block_padded;
  const size_t columns = (size_t)(p->columns / p->column_block) * p->column_block_padded;
  return p->matrix ? rows * columns : columns;
}

typedef struct {
  Model *model;
  size_t offset;
} Layout;

/* Appends one parameter whose rows and columns come in blocks padded each by itself; returns its offset. */
static size_t place(Layout *layout, int rows, int row_block, int columns, int column_block, int matrix) {
  Parameter p = {.offset = layout->offset,
                 .rows = rows,
                 .columns = columns,
                 .row_block = row_block,
                 .row_block_padded = matrix ? round_up(row_block, PAD) : 1,
                 .column_block = column_block,
                 .column_block_padded = round_up(column_block, PAD),
                 .matrix = matrix};
  layout->model->parameters[layout->model->parameter_count++] = p;
  layout->offset += padded_floats(&p);
  return p.offset;
}

static void place_all(Model *m) {
  const Config *c = &m->config;
  Layout layout = {m, 0};
  const int q = c->heads * c->head_dim, kv = c->kv_heads * c->head_dim;
  m->embed = place(&layout, c->vocab, c->vocab, c->hidden, c->hidden, 1);
  for (int l = 0; l < c->layers; l++) {
    LayerAt *at = &m->at[l];
    at->input_norm = place(&layout, 1, 1, c->hidden, c->hidden, 0);
    at->q = place(&layout, q, c->head_dim, c->hidden, c->hidden, 1);
    at->kv = place(&layout, kv, c->head_dim, c->hidden, c->hidden, 1);
    place(&layout, kv, c->head_dim, c->hidden, c->hidden, 1);
    at->q_norm = place(&layout, 1, 1, c->head_dim, c->head_dim, 0);
    at->k_norm = place(&layout, 1, 1, c->head_dim, c->head_dim, 0);
    at->o = place(&layout, c->hidden, c->hidden, q, c->head_dim, 1);
    at->post_norm = place(&layout, 1, 1, c->hidden, c->hidden, 0);
    at->gate_up = place(&layout, c->intermediate, c->intermediate, c->hidden, c->hidden, 1);
    place(&layout, c->intermediate, c->intermediate, c->hidden, c->hidden, 1);
    at->down = place(&layout, c->hidden, c->hidden, c->intermediate, c->intermediate, 1);
  }
  m->final_norm = place(&layout, 1, 1, c->hidden, c->hidden, 0);
  m->head = c->tied ? m->embed : place(&layout, c->vocab, c->vocab, c->hidden, c->hidden, 1);
  m->floats = layout.offset;
}

static void place_chunks(Model *m) {
  for (int pass = 0; pass < 2; pass++) {
    m->chunk_count = 0;
    for (int i = 0; i < m->parameter_count; i++) {
      const Parameter *p = &m->parameters[i];
      const size_t end = p->offset + padded_floats(p);
      for (size_t from = p->offset; from < end; from += CHUNK_FLOATS) {
        const size_t left = end - from;
        if (pass) {
          m->chunks[m->chunk_count] =
              (Chunk){from, left < CHUNK_FLOATS ? (int)left : CHUNK_FLOATS, p->matrix};
        }
        m->chunk_count++;
      }
    }
    if (!pass) m->chunks = allocate(m->chunk_count * sizeof(Chunk));
    if (!m->chunks) return;
  }
}

static void close_model(Model *m) {
  if (!m) return;
  release(m->parameters);
  release(m->at);
  release(m->chunks);
  release(m->chunk_sums);
  release(m->weights);
  release(m->gradients);
  release(m->first);
  release(m->second);
  release(m->panels);
  release(m->back_panels);
  release(m->rotary);
  release(m);
}

/* sizes: vocab, hidden, intermediate, layers, heads, kv_heads, head_dim, tied, max_positions. Returns 0 when there is
 * no memory left. Weights start at zero; the rotary table is to be filled by the caller. */
static Model *open_model(Pool *pool, const int32_t *sizes, float eps, int with_optimizer) {
  Model *m = allocate(sizeof(Model));
  if (!m) return 0;
  Config *c = &m->config;
  *c = (Config){sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7], sizes[8], eps,
                0,        0,        0,        0,        0,        0};
  c->V = round_up(c->vocab, PAD);
  c->D = round_up(c->hidden, PAD);
  c->F = round_up(c->intermediate, PAD);
  c->HD = round_up(c->head_dim, PAD);
  c->Q = c->heads * c->HD;
  c->KV = c->kv_heads * c->HD;
  m->pool = pool;
  m->parameters = allocate((3 + 11 * (size_t)c->layers) * sizeof(Parameter));
  m->at = allocate(c->layers * sizeof(LayerAt));
  if (!m->parameters || !m->at) return close_model(m), (Model *)0;
  place_all(m);
  place_chunks(m);
  const size_t bytes = m->floats * sizeof(float);
  const size_t rotary_bytes = (size_t)c->max_positions * 2 * c->HD * sizeof(float);
  m->chunk_sums = allocate(m->chunk_count * sizeof(double));
  m->weights = allocate(bytes);
  m->panels = allocate(bytes);
  m->rotary = allocate(rotary_bytes);
  int ok = m->chunks && m->chunk_sums && m->weights && m->panels && m->rotary;
  if (with_optimizer) {
    m->gradients = allocate(bytes);
    m->first = allocate(bytes);
    m->second = allocate(bytes);
    m->back_panels = allocate(bytes);
    ok = ok && m->gradients && m->first && m->second && m->back_panels;
  }
  if (!ok) return close_model(m), (Model *)0;
  m->bytes = bytes * (with_optimizer ? 6 : 2) + rotary_bytes;
  return m;
}

/* One position's row of the rotary table. */
INLINE const float *turn_of(const Model *m, int position) { return m->rotary + (size_t)position * 2 * m->config.HD; }

/* Copies one parameter between its flat buffer and a contiguous [out, in] array as checkpoints hold it. */
static void copy_parameter(const Parameter *p, float *buffer, float *outside, int into_buffer) {
  const ptrdiff_t columns_padded = (ptrdiff_t)(p->columns / p->column_block) * p->column_block_padded;
  float *base = buffer + p->offset;
  for (int row = 0; row < p->rows; row++) {
    const ptrdiff_t stored = (ptrdiff_t)(row / p->row_block) * p->row_block_padded + row % p->row_block;
    for (int block = 0; block < p->columns / p->column_block; block++) {
      float *in = base + (p->matrix ? stored * columns_padded : 0) + (ptrdiff_t)block * p->column_block_padded;
      float *out = outside + (ptrdiff_t)row * p->columns + (ptrdiff_t)block * p->column_block;
      if (into_buffer) copy_floats(in, out, p->column_block);
      else copy_floats(out, in, p->column_block);
    }
  }
}

/* ---- panels ---- */

typedef enum { OF_TRANSPOSE, OF_GATE_UP, OF_ROWS } PackKind;

/* Panels of one matrix, stored at the matrix's own offset: `columns` of them, `k` deep. */
typedef struct {
  PackKind kind;
  size_t offset;
  int columns, k;
} PackJob;

#define PACK_COLUMNS 64 /* of one task; a multiple of every STRIP */
#define FORWARD_JOBS 5
#define BACKWARD_JOBS 5

/* Job `index` of a layer, or of the head after the last layer: first the forward ones, then the backward ones. */
static PackJob pack_job(const Model *m, int layer, int index) {
  const Config *c = &m->config;
  if (layer == c->layers) {
    return index == 0 ? (PackJob){OF_TRANSPOSE, m->head, c->V, c->D} : (PackJob){OF_ROWS, m->head, c->D, c->V};
  }
  const LayerAt *at = &m->at[layer];
  switch (index) {
    case 0: return (PackJob){OF_TRANSPOSE, at->q, c->Q, c->D};
    case 1: return (PackJob){OF_TRANSPOSE, at->kv, 2 * c->KV, c->D};
    case 2: return (PackJob){OF_TRANSPOSE, at->o, c->D, c->Q};
    case 3: return (PackJob){OF_GATE_UP, at->gate_up, c->F, c->D};
    case 4: return (PackJob){OF_TRANSPOSE, at->down, c->D, c->F};
    case 5: return (PackJob){OF_ROWS, at->q, c->D, c->Q};
    case 6: return (PackJob){OF_ROWS, at->kv, c->D, 2 * c->KV};
    case 7: return (PackJob){OF_ROWS, at->o, c->Q, c->D};
    case 8: return (PackJob){OF_ROWS, at->gate_up, c->D, 2 * c->F};
    default: return (PackJob){OF_ROWS, at->down, c->F, c->D};
  }
}

static int pack_jobs(const Model *m, int layer) {
  if (layer == m->config.layers) return m->back_panels ? 2 : 1;
  return m->back_panels ? FORWARD_JOBS + BACKWARD_JOBS : FORWARD_JOBS;
}

static void pack_task(void *argument, int index, int thread) {
  (void)thread;
  const Model *m = argument;
  for (int layer = 0; layer <= m->config.layers; layer++) {
    for (int job = 0; job < pack_jobs(m, layer); job++) {
      const PackJob p = pack_job(m, layer, job);
      const int parts = (p.columns + PACK_COLUMNS - 1) / PACK_COLUMNS;
      if (index >= parts) {
        index -= parts;
        continue;
      }
      const int from = index * PACK_COLUMNS, to = minimum(from + PACK_COLUMNS, p.columns);
      const float *w = m->weights + p.offset;
      if (p.kind == OF_TRANSPOSE) pack_transposed(from, to, p.k, w, m->panels + p.offset);
      else if (p.kind == OF_GATE_UP) pack_gate_up(from, to, p.columns, p.k, w, m->panels + p.offset);
      else pack_rows(from, to, p.k, p.columns, w, m->back_panels + p.offset);
      return;
    }
  }
}

/* Brings the panels up to date with the weights; after loading and after each optimizer step. */
static void pack_weights(Model *m) {
  int tasks = 0;
  for (int layer = 0; layer <= m->config.layers; layer++) {
    for (int job = 0; job < pack_jobs(m, layer); job++) {
      tasks += (pack_job(m, layer, job).columns + PACK_COLUMNS - 1) / PACK_COLUMNS;
    }
  }
  parallel(m->pool, tasks, pack_task, m);
}

#endif

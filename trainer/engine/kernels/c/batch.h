/* A packed batch: sequences laid end to end without padding, and the buffers one pass over them needs.
 *
 * Rows are tokens. A *segment* is a run of rows that attends causally to itself; a completion's segment also attends
 * to all of its prompt's. A *family* is a prompt with its completions, or a document alone: its first segment is the
 * prompt of the others. A *query* is a row whose prediction somebody wants (it has targets); the last layer computes
 * attention and MLP, and the head its logits, for queries only. */
#ifndef KERNELS_BATCH_H
#define KERNELS_BATCH_H

#include "model.h"

#define ROW_BLOCK 48   /* rows of one task: fixed, so that partial sums do not depend on the number of threads */
#define GRADIENT_ROWS 128 /* of a weight matrix, in one task */
#define GRADIENT_COLUMNS 256
#define QUERY_BLOCK 24 /* queries of one block of attention scores */

/* What is kept for the backward pass: nothing (scoring), everything, or each layer's input. */
typedef enum { KEEP_NOTHING, KEEP_ALL, KEEP_INPUTS } Keep;

/* Which rows a layer computes queries for: all, or the batch's queries. */
typedef struct {
  int count;
  const int32_t *row;           /* [count]; null: every row */
  const int32_t *segment_start; /* [segments + 1]: each segment's queries */
} View;

/* One layer's activations. */
typedef struct {
  float *x;         /* [rows, D] input */
  float *q;         /* [queries, Q] before norm and rotary */
  float *kv;        /* [rows, 2 KV] likewise */
  float *attention; /* [queries, Q] heads' outputs */
  float *softmax;   /* [queries, heads]{largest score, 1 / sum of exponentials} */
  float *middle;    /* [queries, D] stream after attention */
  float *gate_up;   /* [queries, 2 F] */
} Activations;

typedef struct {
  Model *model;
  float *arena;
  size_t arena_floats;

  /* Description, as written by the caller (see batch_begin). */
  int rows, segments, families, queries, targets, banned_count;
  Keep keep;
  float temperature;
  const int32_t *token, *segment_start, *segment_prefix, *family_start, *query_row, *target_start, *target_token,
      *plain, *banned, *cache_slot;

  /* Derived. */
  int32_t *position;     /* [rows] */
  int32_t *segment_of;   /* [rows] */
  int32_t *query_start;  /* [segments + 1] */
  int32_t *query_of_row; /* [rows], -1 where none */

  Activations *layer;
  float *output;  /* [queries, D] of the last layer */
  float *hidden;  /* [queries, D] after the final norm */
  float *logits;  /* [queries, V]; after the backward of the head, their gradients */
  float *row_lse; /* [queries] */

  /* Results and their gradients. */
  float *logps, *d_logps; /* [targets] */
  float *entropies;       /* [queries] */
  int32_t *greedy;        /* [queries] */

  /* Backward. */
  float *d_stream, *d_middle; /* [rows, D] */
  float *d_attention;         /* [queries, Q] */
  float *mlp;                 /* [queries, F] */
  float *normed_mlp;          /* [queries, D] */
  float *normed, *normed_queries, *d_normed_queries;
  float *gain_sums;         /* [row blocks, D] of the norm being differentiated */
  float *gain_sums_2;       /* likewise */
  float *head_gain_sums;    /* [families * kv_heads, 2 HD] of q and k norms */

  struct Cache *cache; /* where a sampler's prompts go; null otherwise */
} Batch;

static View view_of(const Batch *b, int layer) {
  const int last = layer == b->model->config.layers - 1;
  if (last && b->queries != b->rows) return (View){b->queries, b->query_row, b->query_start};
  return (View){b->rows, 0, b->segment_start};
}

static int blocks_of(int count) { return (count + ROW_BLOCK - 1) / ROW_BLOCK; }

/* ---- layout ---- */

/* Hands out pieces of an arena, or only counts them while `base` is null. */
typedef struct {
  float *base;
  size_t used;
} Arena;

static float *take(Arena *arena, size_t floats) {
  float *piece = arena->base ? arena->base + arena->used : 0;
  arena->used += (floats + 15) / 16 * 16;
  return piece;
}

static void lay_out_layer(const Batch *b, Arena *arena, Activations *a, int layer, int with_input) {
  const Config *c = &b->model->config;
  const size_t rows = b->rows, queries = view_of(b, layer).count;
  if (with_input) a->x = take(arena, rows * c->D);
  a->q = take(arena, queries * c->Q);
  a->kv = take(arena, rows * 2 * c->KV);
  if (b->keep == KEEP_NOTHING) {
    /* Each block of a head's queries is read before its output is written. A layer that computes fewer queries than rows
     * packs them closer than its attention rows lie, so there one thread would write over what another still reads. */
    a->attention = b->queries == b->rows ? a->q : take(arena, queries * c->Q);
    return;
  }
  a->attention = take(arena, queries * c->Q);
  a->softmax = take(arena, queries * c->heads * 2);
  a->middle = take(arena, queries * c->D);
  a->gate_up = take(arena, queries * 2 * c->F);
}

static void lay_out(Batch *b, Arena *arena) {
  const Config *c = &b->model->config;
  const size_t rows = b->rows, queries = b->queries;
  b->position = (int32_t *)take(arena, rows);
  b->segment_of = (int32_t *)take(arena, rows);
  b->query_of_row = (int32_t *)take(arena, rows);
  b->query_start = (int32_t *)take(arena, b->segments + 1);
  b->greedy = (int32_t *)take(arena, queries);
  b->entropies = take(arena, queries);
  b->row_lse = take(arena, queries);
  b->logps = take(arena, b->targets);
  b->d_logps = take(arena, b->targets);
  b->output = take(arena, queries * c->D);
  b->hidden = take(arena, queries * c->D);
  b->logits = take(arena, queries * c->V);
  /* Without activations to keep, one layer's buffers serve all; they are sized for a layer that is not the last. */
  Activations shared = {0};
  if (b->keep != KEEP_ALL) lay_out_layer(b, arena, &shared, c->layers == 1 ? 0 : -1, 1);
  for (int l = 0; l < c->layers; l++) {
    Activations *a = &b->layer[l];
    *a = shared;
    if (b->keep == KEEP_INPUTS && l > 0) a->x = take(arena, rows * c->D);
    if (b->keep == KEEP_ALL) lay_out_layer(b, arena, a, l, 1);
  }
  if (b->keep == KEEP_NOTHING) return;
  b->d_stream = take(arena, rows * c->D);
  b->d_middle = take(arena, rows * c->D);
  const size_t wide = c->layers == 1 ? queries : rows;
  b->d_attention = take(arena, wide * c->Q);
  b->mlp = take(arena, wide * c->F);
  b->normed_mlp = take(arena, wide * c->D);
  b->normed = take(arena, rows * c->D);
  b->normed_queries = b->normed;
  if (queries != rows) {
    b->normed_queries = take(arena, queries * c->D);
    b->d_normed_queries = take(arena, queries * c->D);
  }
  b->gain_sums = take(arena, (size_t)blocks_of(b->rows) * c->D);
  b->gain_sums_2 = take(arena, (size_t)blocks_of(b->rows) * c->D);
  b->head_gain_sums = take(arena, (size_t)b->families * c->kv_heads * 2 * c->HD);
}

static size_t attention_scratch(const Config *c, size_t prefix, size_t own) {
  const size_t keys = prefix + own + 2 * KEY_PAD;
  return keys * c->HD * 6 + 2 * QUERY_BLOCK * keys + 3 * (size_t)QUERY_BLOCK * c->HD + 4 * (size_t)c->HD;
}

static size_t block_scratch(const Config *c) {
  const size_t rows = (size_t)ROW_BLOCK * (3 * (size_t)c->D + 2 * (size_t)c->F), gradient = GRADIENT_SCRATCH(GRADIENT_ROWS);
  return rows > gradient ? rows : gradient;
}

static int prefix_rows_of(const Batch *b, int segment) {
  const int prefix = b->segment_prefix[segment];
  return prefix < 0 ? 0 : b->segment_start[prefix + 1] - b->segment_start[prefix];
}

/* Gives the arena up, so that what is allocated next lies before it. */
static void release_arena(Batch *b) {
  release(b->arena);
  b->arena = 0;
  b->arena_floats = 0;
}

/* Makes the scratch and the arena large enough. The arena is the largest block there is and grows most often: it always
 * comes last, so that it can grow in place (memory.h). */
static int reserve_batch(Batch *b) {
  const Model *m = b->model;
  int longest_prefix = 0, longest_own = 0;
  for (int s = 0; s < b->segments; s++) {
    longest_prefix = maximum(longest_prefix, prefix_rows_of(b, s));
    longest_own = maximum(longest_own, b->segment_start[s + 1] - b->segment_start[s]);
  }
  const size_t attention = attention_scratch(&m->config, longest_prefix, longest_own);
  const size_t block = block_scratch(&m->config), scratch = attention > block ? attention : block;
  Arena counting = {0, 0};
  lay_out(b, &counting);
  const size_t floats = counting.used > b->arena_floats ? counting.used : b->arena_floats;
  if (floats > b->arena_floats || scratch > m->pool->scratch_floats) release_arena(b);
  if (!reserve_scratch(m->pool, scratch)) return 0;
  if (b->arena) return 1;
  b->arena = allocate(floats * sizeof(float));
  if (!b->arena) return 0;
  b->arena_floats = floats;
  return 1;
}

/* Reads a description (layout in trainer/engine/kernels/packing.ts), lays the buffers out and sizes the scratch.
 * Returns 0 when there is no memory left. */
static int batch_begin(Batch *b, const int32_t *d, float temperature) {
  b->rows = d[0];
  b->segments = d[1];
  b->families = d[2];
  b->queries = d[3];
  b->targets = d[4];
  b->banned_count = d[5];
  b->keep = (Keep)d[6];
  b->temperature = temperature;
  const int32_t *at = d + 8;
  b->token = at, at += b->rows;
  b->segment_start = at, at += b->segments + 1;
  b->segment_prefix = at, at += b->segments;
  b->family_start = at, at += b->families + 1;
  b->cache_slot = at, at += b->families;
  b->query_row = at, at += b->queries;
  b->plain = at, at += b->queries;
  b->target_start = at, at += b->queries + 1;
  b->target_token = at, at += b->targets;
  b->banned = at;

  if (!reserve_batch(b)) return 0;
  Arena real = {b->arena, 0};
  lay_out(b, &real);

  int query = 0;
  for (int s = 0; s < b->segments; s++) {
    const int from = b->segment_start[s], to = b->segment_start[s + 1], prefix_rows = prefix_rows_of(b, s);
    b->query_start[s] = query;
    for (int row = from; row < to; row++) {
      b->position[row] = prefix_rows + row - from;
      b->segment_of[row] = s;
      const int has_query = query < b->queries && b->query_row[query] == row;
      b->query_of_row[row] = has_query ? query : -1;
      query += has_query;
    }
  }
  b->query_start[b->segments] = query;
  return 1;
}

#endif

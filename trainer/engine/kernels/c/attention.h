/* Attention over a packed batch, forward and backward, one task per (family, key head).
 *
 * A task turns its keys (norm, rotary) once, lays them out transposed in panels, and walks its queries in blocks: the
 * scores of a block against the prompt and against the own segment are two products side by side, so the prompt's
 * keys serve all completions of the group. Scores of one block are held whole: softmax needs no running maximum. */
#ifndef KERNELS_ATTENTION_H
#define KERNELS_ATTENTION_H

#include "batch.h"
#include "rotary.h"

#define AHEAD 12 /* rows ahead of use that heads' strided pieces are asked for */

/* Keys and values of one segment and one key head. */
typedef struct {
  int count;         /* keys */
  int padded;        /* count rounded up to whole vectors: columns of scores */
  float *keys;       /* [count, HD] turned; null where only panels are needed */
  float *key_panels; /* [count / STRIP, HD, STRIP] transposed, the last strip as wide as the others */
  float *values;     /* [count, HD] */
  float *value_panels;
  float *d_keys, *d_values; /* [count, HD] */
} KeySet;

/* Where one key's lane of the panels begins; its values are STRIP apart. */
INLINE float *panel_lane(float *panels, int index, int head_size) {
  return panels + (ptrdiff_t)(index / STRIP) * head_size * STRIP + index % STRIP;
}

INLINE void put_in_panel(float *panels, int index, int head_size, const float *key) {
  float *lane = panel_lane(panels, index, head_size);
  for (int i = 0; i < head_size; i++) lane[i * STRIP] = key[i];
}

static void zero_panel_tail(float *panels, int count, int padded, int head_size) {
  for (int index = count; index < padded; index++) {
    float *lane = panel_lane(panels, index, head_size);
    for (int i = 0; i < head_size; i++) lane[i * STRIP] = 0;
  }
}

static KeySet take_keys(Arena *scratch, int count, int head_size, int backward) {
  const size_t floats = (size_t)round_up(count, STRIP) * head_size;
  KeySet set = {.count = count, .padded = round_up(count, VW)};
  set.keys = backward ? take(scratch, floats) : 0;
  set.key_panels = take(scratch, floats);
  set.values = take(scratch, floats);
  if (backward) {
    set.value_panels = take(scratch, floats);
    set.d_keys = take(scratch, floats);
    set.d_values = take(scratch, floats);
    zero_floats(set.d_keys, floats);
    zero_floats(set.d_values, floats);
  }
  return set;
}

static void fill_keys(const Batch *b, int layer, int segment, int head, KeySet *set, float *key) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const float *gain = m->weights + m->at[layer].k_norm;
  const int from = b->segment_start[segment];
  for (int i = 0; i < set->count; i++) {
    const float *row = b->layer[layer].kv + (ptrdiff_t)(from + i) * 2 * c->KV + head * c->HD;
    prefetch_floats(row + AHEAD * 2 * c->KV, c->HD);
    prefetch_floats(row + AHEAD * 2 * c->KV + c->KV, c->HD);
    const float *turn = turn_of(m, b->position[from + i]);
    float *turned = set->keys ? set->keys + (ptrdiff_t)i * c->HD : key;
    norm_rotate(row, gain, turn, 1, turned, c->HD, c->head_dim, c->eps);
    put_in_panel(set->key_panels, i, c->HD, turned);
    copy_row(set->values + (ptrdiff_t)i * c->HD, row + c->KV, c->HD);
    if (set->value_panels) put_in_panel(set->value_panels, i, c->HD, row + c->KV);
  }
  zero_panel_tail(set->key_panels, set->count, set->padded, c->HD);
  if (set->value_panels) zero_panel_tail(set->value_panels, set->count, set->padded, c->HD);
}

/* A block of queries of one segment. */
typedef struct {
  int first, count;    /* queries */
  int own;             /* keys of the own segment that any of them sees */
  int prefix_columns;  /* columns of the prompt's scores, padded */
  int columns;         /* of all scores, padded */
} Block;

static Block block_at(const Batch *b, View view, int segment, int first, const KeySet *prefix) {
  const int last = minimum(first + QUERY_BLOCK, view.segment_start[segment + 1]) - 1;
  const int last_row = view.row ? view.row[last] : last;
  const int own = last_row - b->segment_start[segment] + 1;
  const int prefix_columns = prefix ? prefix->padded : 0;
  return (Block){first, last - first + 1, own, prefix_columns, prefix_columns + round_up(own, VW)};
}

INLINE int row_of(View view, int query) { return view.row ? view.row[query] : query; }

static void turn_queries(const Batch *b, int layer, View view, Block block, int head, float *turned) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const float scale = 1.0f / square_root((float)c->head_dim);
  for (int i = 0; i < block.count; i++) {
    const float *turn = turn_of(m, b->position[row_of(view, block.first + i)]);
    const float *q = b->layer[layer].q + (ptrdiff_t)(block.first + i) * c->Q + head * c->HD;
    prefetch_floats(q + AHEAD * c->Q, c->HD);
    norm_rotate(q, m->weights + m->at[layer].q_norm, turn, scale, turned + i * c->HD, c->HD, c->head_dim, c->eps);
  }
}

/* scores[count, columns], with what a query must not see set to NEGATIVE. */
static void block_scores(const Batch *b, View view, int segment, Block block, const KeySet *prefix, const KeySet *own,
                         const float *turned, float *scores) {
  const int head_size = b->model->config.HD;
  if (prefix) {
    matmul_strips(block.count, prefix->padded, head_size, turned, head_size, prefix->key_panels, STRIP, scores,
                  block.columns, STORE);
  }
  matmul_strips(block.count, block.columns - block.prefix_columns, head_size, turned, head_size, own->key_panels, STRIP,
                scores + block.prefix_columns, block.columns, STORE);
  for (int i = 0; i < block.count; i++) {
    float *row = scores + (ptrdiff_t)i * block.columns;
    if (prefix) {
      for (int j = prefix->count; j < prefix->padded; j++) row[j] = NEGATIVE;
    }
    const int seen = row_of(view, block.first + i) - b->segment_start[segment] + 1;
    for (int j = block.prefix_columns + seen; j < block.columns; j++) row[j] = NEGATIVE;
  }
}

/* Scores to exponentials in place; returns their sum and largest score. */
INLINE float exponentials(float *row, int columns, float *largest) {
  vec top = splat(NEGATIVE);
  for (int j = 0; j < columns; j += VW) top = vmax(load(row + j), top);
  const float most = hmax(top);
  vec sum = splat(0);
  for (int j = 0; j < columns; j += VW) {
    const vec e = vexp(load(row + j) - splat(most));
    store(row + j, e);
    sum += e;
  }
  *largest = most;
  return hsum(sum);
}

static void attend(const Batch *b, int layer, int segment, int key_head, const KeySet *prefix, const KeySet *own,
                   float *turned, float *out, float *scores) {
  const Config *c = &b->model->config;
  const Activations *a = &b->layer[layer];
  const View view = view_of(b, layer);
  const int share = c->heads / c->kv_heads;
  for (int first = view.segment_start[segment]; first < view.segment_start[segment + 1]; first += QUERY_BLOCK) {
    const Block block = block_at(b, view, segment, first, prefix);
    for (int head = key_head * share; head < (key_head + 1) * share; head++) {
      turn_queries(b, layer, view, block, head, turned);
      block_scores(b, view, segment, block, prefix, own, turned, scores);
      float scale[QUERY_BLOCK];
      for (int i = 0; i < block.count; i++) {
        float most;
        const float sum = exponentials(scores + (ptrdiff_t)i * block.columns, block.columns, &most);
        scale[i] = 1.0f / sum;
        if (a->softmax) {
          float *kept = a->softmax + 2 * ((ptrdiff_t)(first + i) * c->heads + head);
          kept[0] = most;
          kept[1] = scale[i];
        }
      }
      if (prefix) {
        matmul_plain(block.count, c->HD, prefix->count, scores, block.columns, prefix->values, c->HD, out, c->HD, STORE);
      }
      matmul_plain(block.count, c->HD, block.own, scores + block.prefix_columns, block.columns, own->values, c->HD, out,
                   c->HD, prefix ? ADD : STORE);
      for (int i = 0; i < block.count; i++) {
        float *to = a->attention + (ptrdiff_t)(first + i) * c->Q + head * c->HD;
        for (int j = 0; j < c->HD; j += VW) store(to + j, load(out + i * c->HD + j) * splat(scale[i]));
      }
    }
  }
}

typedef struct {
  Batch *batch;
  int layer;
} LayerJob;

/* Where the sampler keeps a prompt's panels and values for one layer and key head (decode.h). */
static KeySet cached_keys(const struct Cache *prompts, int slot, int layer, int key_head, int count);

static void attention_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const Config *c = &b->model->config;
  const int family = index / c->kv_heads, key_head = index % c->kv_heads;
  Arena scratch = {b->model->pool->scratch[thread], 0};
  float *turned = take(&scratch, QUERY_BLOCK * c->HD), *out = take(&scratch, QUERY_BLOCK * c->HD);
  float *key = take(&scratch, c->HD);
  KeySet first = {0};
  for (int s = b->family_start[family]; s < b->family_start[family + 1]; s++) {
    const int count = b->segment_start[s + 1] - b->segment_start[s], is_first = s == b->family_start[family];
    Arena local = scratch;
    KeySet own = b->cache && is_first ? cached_keys(b->cache, b->cache_slot[family], job->layer, key_head, count)
                                      : take_keys(&local, count, c->HD, 0);
    fill_keys(b, job->layer, s, key_head, &own, key);
    const KeySet *prefix = b->segment_prefix[s] < 0 ? 0 : &first;
    if (is_first) {
      first = own;
      scratch = local;
    }
    attend(b, job->layer, s, key_head, prefix, &own, turned, out, local.base + local.used);
  }
}

/* ---- backward ---- */

/* From d_attention to the gradients of q (in its place), and of the keys and values of both sets (added). */
static void attend_backward(const Batch *b, int layer, int segment, int key_head, KeySet *prefix, KeySet *own,
                            float *turned, float *d_turned, float *d_gain, float *scores) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const Activations *a = &b->layer[layer];
  const View view = view_of(b, layer);
  const int share = c->heads / c->kv_heads;
  const float scale = 1.0f / square_root((float)c->head_dim);
  for (int first = view.segment_start[segment]; first < view.segment_start[segment + 1]; first += QUERY_BLOCK) {
    const Block block = block_at(b, view, segment, first, prefix);
    float *d_scores = scores + (ptrdiff_t)block.count * block.columns;
    for (int head = key_head * share; head < (key_head + 1) * share; head++) {
      const float *d_out = b->d_attention + (ptrdiff_t)first * c->Q + head * c->HD;
      turn_queries(b, layer, view, block, head, turned);
      block_scores(b, view, segment, block, prefix, own, turned, scores);
      if (prefix) {
        matmul_strips(block.count, prefix->padded, c->HD, d_out, c->Q, prefix->value_panels, STRIP, d_scores,
                      block.columns, STORE);
      }
      matmul_strips(block.count, block.columns - block.prefix_columns, c->HD, d_out, c->Q, own->value_panels, STRIP,
                    d_scores + block.prefix_columns, block.columns, STORE);
      for (int i = 0; i < block.count; i++) {
        const ptrdiff_t query = first + i;
        const float *out = a->attention + query * c->Q + head * c->HD;
        vec dots = splat(0);
        for (int j = 0; j < c->HD; j += VW) dots = madd(load(out + j), load(d_out + i * c->Q + j), dots);
        const float *softmax = a->softmax + 2 * (query * c->heads + head);
        const vec mean = splat(hsum(dots)), most = splat(softmax[0]), share_of_sum = splat(softmax[1]);
        float *row = scores + (ptrdiff_t)i * block.columns, *d_row = d_scores + (ptrdiff_t)i * block.columns;
        for (int j = 0; j < block.columns; j += VW) {
          const vec p = vexp(load(row + j) - most) * share_of_sum;
          store(row + j, p);
          store(d_row + j, p * (load(d_row + j) - mean));
        }
      }
      if (prefix) {
        matmul_transposed(prefix->count, c->HD, block.count, scores, block.columns, d_out, c->Q, prefix->d_values,
                          c->HD, ADD);
        matmul_transposed(prefix->count, c->HD, block.count, d_scores, block.columns, turned, c->HD, prefix->d_keys,
                          c->HD, ADD);
        matmul_plain(block.count, c->HD, prefix->count, d_scores, block.columns, prefix->keys, c->HD, d_turned, c->HD,
                     STORE);
      }
      const float *own_scores = scores + block.prefix_columns, *d_own_scores = d_scores + block.prefix_columns;
      matmul_transposed(block.own, c->HD, block.count, own_scores, block.columns, d_out, c->Q, own->d_values, c->HD,
                        ADD);
      matmul_transposed(block.own, c->HD, block.count, d_own_scores, block.columns, turned, c->HD, own->d_keys, c->HD,
                        ADD);
      matmul_plain(block.count, c->HD, block.own, d_own_scores, block.columns, own->keys, c->HD, d_turned, c->HD,
                   prefix ? ADD : STORE);
      for (int i = 0; i < block.count; i++) {
        float *q = a->q + (ptrdiff_t)(first + i) * c->Q + head * c->HD;
        const float *turn = turn_of(m, b->position[row_of(view, first + i)]);
        norm_rotate_backward(q, m->weights + m->at[layer].q_norm, turn, scale, d_turned + i * c->HD, q, d_gain, c->HD, c->head_dim, c->eps);
      }
    }
  }
}

/* Puts the finished gradients of a segment's keys and values in the place of the keys and values. */
static void finish_keys(const Batch *b, int layer, int segment, int key_head, KeySet *set, float *d_gain) {
  const Model *m = b->model;
  const Config *c = &m->config;
  const int from = b->segment_start[segment];
  for (int i = 0; i < set->count; i++) {
    float *row = b->layer[layer].kv + (ptrdiff_t)(from + i) * 2 * c->KV + key_head * c->HD;
    const float *turn = turn_of(m, b->position[from + i]);
    norm_rotate_backward(row, m->weights + m->at[layer].k_norm, turn, 1, set->d_keys + (ptrdiff_t)i * c->HD, row, d_gain, c->HD, c->head_dim, c->eps);
    copy_row(row + c->KV, set->d_values + (ptrdiff_t)i * c->HD, c->HD);
  }
}

static void attention_backward_task(void *argument, int index, int thread) {
  const LayerJob *job = argument;
  const Batch *b = job->batch;
  const Config *c = &b->model->config;
  const int family = index / c->kv_heads, key_head = index % c->kv_heads, layer = job->layer;
  Arena scratch = {b->model->pool->scratch[thread], 0};
  float *turned = take(&scratch, QUERY_BLOCK * c->HD), *d_turned = take(&scratch, QUERY_BLOCK * c->HD);
  float *gains = b->head_gain_sums + (ptrdiff_t)index * 2 * c->HD;
  zero_floats(gains, 2 * c->HD);
  const int s0 = b->family_start[family];
  KeySet first = take_keys(&scratch, b->segment_start[s0 + 1] - b->segment_start[s0], c->HD, 1);
  fill_keys(b, layer, s0, key_head, &first, 0);
  for (int s = s0 + 1; s < b->family_start[family + 1]; s++) {
    Arena local = scratch;
    KeySet own = take_keys(&local, b->segment_start[s + 1] - b->segment_start[s], c->HD, 1);
    fill_keys(b, layer, s, key_head, &own, 0);
    attend_backward(b, layer, s, key_head, &first, &own, turned, d_turned, gains, local.base + local.used);
    finish_keys(b, layer, s, key_head, &own, gains + c->HD);
  }
  attend_backward(b, layer, s0, key_head, 0, &first, turned, d_turned, gains, scratch.base + scratch.used);
  finish_keys(b, layer, s0, key_head, &first, gains + c->HD);
}

#endif

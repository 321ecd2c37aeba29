/* Keys and values of sequences being sampled, and attention of their newest tokens.
 *
 * A prompt's keys are in panels as attention.h lays them out: [prompt slots][layers][key heads]{panels, values}. A
 * row's own come one at a time, [row slots][layers][tokens]{key of every head, value of every head}: what a row appends
 * is one stretch of memory, and so is what it reads of all it has. Reading them costs more than computing with them. */
#ifndef KERNELS_DECODE_H
#define KERNELS_DECODE_H

#include "forward.h"

#define ATTENTION_ROWS 16 /* of one prompt, at a time */
#define HEADS 4           /* heads of one row computed side by side: alone, each would wait for its own additions */

typedef struct Cache {
  float *data;
  size_t data_floats;
  int length; /* keys per slot, padded */
  const Config *config;
} Cache;

typedef struct {
  Cache prompts, own;
} Caches;

/* Where one row's keys and values are. */
typedef struct {
  int prompt, prompt_length; /* prompt slot, keys */
  int slot, count;           /* row slot, own keys */
} Place;

static size_t cache_floats(const Config *c, int slots, int length) {
  return (size_t)slots * c->layers * 2 * c->KV * round_up(length, KEY_PAD);
}

/* One key head of a prompt. */
static KeySet cached_keys(const Cache *prompts, int slot, int layer, int key_head, int count) {
  const Config *c = prompts->config;
  const size_t half = (size_t)prompts->length * c->HD;
  float *at = prompts->data + (((size_t)slot * c->layers + layer) * c->kv_heads + key_head) * 2 * half;
  return (KeySet){.count = count, .padded = round_up(count, VW), .key_panels = at, .values = at + half};
}

/* What a row keeps of its own tokens in one layer: [tokens, 2 KV]. */
INLINE float *own_keys(const Cache *own, int slot, int layer) {
  const Config *c = own->config;
  return own->data + ((size_t)slot * c->layers + layer) * own->length * 2 * c->KV;
}

/* Turns a row's queries in place and appends its key, turned, and its value to its cache. */
static void turn_and_keep(const Model *m, const Caches *caches, int layer, Place place, float *qkv) {
  const Config *c = &m->config;
  const int index = place.count - 1;
  const float *turn = turn_of(m, place.prompt_length + index);
  const float scale = 1.0f / square_root((float)c->head_dim);
  const float *q_gain = m->weights + m->at[layer].q_norm, *k_gain = m->weights + m->at[layer].k_norm;
  for (int head = 0; head < c->heads; head++) {
    float *q = qkv + head * c->HD;
    norm_rotate(q, q_gain, turn, scale, q, c->HD, c->head_dim, c->eps);
  }
  const float *k = qkv + c->Q;
  float *kept = own_keys(&caches->own, place.slot, layer) + (ptrdiff_t)index * 2 * c->KV;
  for (int at = 0; at < c->KV; at += c->HD) {
    norm_rotate(k + at, k_gain, turn, 1, kept + at, c->HD, c->head_dim, c->eps);
  }
  copy_row(kept + c->KV, k + c->KV, c->KV);
}

/* ---- several heads of one row ---- */

/* Up to HEADS products of one row each, side by side: sums[h] = sum over p of a[h][p] * (b0[h], b1[h])[p]. Each is the
 * chain of additions that a tile of many rows would make. */
INLINE void head_sums(const int heads, const int vectors, int k, const float *const *a, const float *const *b0,
                      const float *const *b1, ptrdiff_t b_step, vec sums[HEADS][2]) {
  for (int p = 0; p < k; p++) {
    UNROLL for (int h = 0; h < heads; h++) {
      const vec x = splat(a[h][p]);
      sums[h][0] = madd(x, load(b0[h] + p * b_step), sums[h][0]);
      if (vectors == 2) sums[h][1] = madd(x, load(b1[h] + p * b_step), sums[h][1]);
    }
  }
}

/* out[h][columns] = a[h][k] times the panels at b[h]: the prompt's scores of a single row. */
INLINE void heads_times_panels(const int heads, int k, int columns, const float *const *a, const float *const *b,
                               float *const *out) {
  for (int j = 0; j < columns; j += STRIP) {
    const int pair = j + VW < columns;
    const float *b0[HEADS], *b1[HEADS];
    vec sums[HEADS][2];
    UNROLL for (int h = 0; h < heads; h++) {
      b0[h] = b[h] + (ptrdiff_t)j * k;
      b1[h] = b0[h] + VW;
      sums[h][0] = sums[h][1] = splat(0);
    }
    if (pair) head_sums(heads, 2, k, a, b0, b1, STRIP, sums);
    else head_sums(heads, 1, k, a, b0, b1, STRIP, sums);
    UNROLL for (int h = 0; h < heads; h++) {
      store(out[h] + j, sums[h][0]);
      if (pair) store(out[h] + j + VW, sums[h][1]);
    }
  }
}

/* out[h][n] (=|+=) weights[h][k] times the values at b[h], b_step apart. */
INLINE void heads_times_values(const int heads, int k, int n, const float *const *weights, const float *const *b,
                               ptrdiff_t b_step, float *const *out, Mode mode) {
  for (int j = 0; j < n; j += STRIP) {
    const int pair = j + VW < n;
    const float *b0[HEADS], *b1[HEADS];
    vec sums[HEADS][2];
    UNROLL for (int h = 0; h < heads; h++) {
      b0[h] = b[h] + j;
      b1[h] = b0[h] + VW;
      sums[h][0] = sums[h][1] = splat(0);
    }
    if (pair) head_sums(heads, 2, k, weights, b0, b1, b_step, sums);
    else head_sums(heads, 1, k, weights, b0, b1, b_step, sums);
    UNROLL for (int h = 0; h < heads; h++) {
      store(out[h] + j, mode == ADD ? load(out[h] + j) + sums[h][0] : sums[h][0]);
      if (pair) store(out[h] + j + VW, mode == ADD ? load(out[h] + j + VW) + sums[h][1] : sums[h][1]);
    }
  }
}

/* ---- attention ---- */

static size_t decode_attention_scratch(const Config *c, int max_prompt, int max_new) {
  (void)c;
  return (size_t)HEADS * ATTENTION_ROWS * (round_up(max_prompt, KEY_PAD) + round_up(max_new, KEY_PAD));
}

/* scores[h][p] = q[h] . keys[h][p], four keys `step` apart at a time, so up to three more than `count` (the cache is
 * padded). Their values, `to_value` further on, are asked for as well: they are needed next. */
INLINE void own_scores(const int heads, int count, int head_size, const float *const *q, const float *const *keys,
                       ptrdiff_t step, ptrdiff_t to_value, float *const *scores) {
  for (int p = 0; p < count; p += 4) {
    UNROLL for (int h = 0; h < heads; h++) {
      const float *key = keys[h] + p * step;
      vec sums[4];
      UNROLL for (int j = 0; j < 4; j++) {
        sums[j] = splat(0);
        prefetch_floats(key + (4 + j) * step, head_size);
        prefetch_floats(key + j * step + to_value, head_size);
      }
      for (int i = 0; i < head_size; i += VW) {
        const vec x = load(q[h] + i);
        UNROLL for (int j = 0; j < 4; j++) sums[j] = madd(x, load(key + j * step + i), sums[j]);
      }
      const vec4 four = hsum_four(sums[0], sums[1], sums[2], sums[3]);
      __builtin_memcpy(scores[h] + p, &four, sizeof four);
    }
  }
}

/* Heads first ... first + heads - 1 of up to ATTENTION_ROWS rows of one prompt. */
INLINE void attend_heads(const int heads, const Model *m, const Caches *caches, int layer, const Place *places,
                         int count, int first, const float *qkv, float *out, float *scratch) {
  const Config *c = &m->config;
  const int width = c->Q + 2 * c->KV, share = c->heads / c->kv_heads, prompt_length = places[0].prompt_length;
  const int prompt_columns = round_up(prompt_length, VW);
  int columns = 0;
  for (int i = 0; i < count; i++) columns = maximum(columns, prompt_columns + round_up(places[i].count, VW));
  KeySet prompt[HEADS];
  float *scores[HEADS];
  UNROLL for (int h = 0; h < heads; h++) {
    prompt[h] = cached_keys(&caches->prompts, places[0].prompt, layer, (first + h) / share, prompt_length);
    scores[h] = scratch + (ptrdiff_t)h * count * columns;
  }
  const float *q = qkv + first * c->HD;
  if (count > 1) {
    UNROLL for (int h = 0; h < heads; h++) {
      matmul_strips(count, prompt_columns, c->HD, q + h * c->HD, width, prompt[h].key_panels, STRIP, scores[h], columns,
                    STORE);
    }
  } else {
    const float *a[HEADS], *b[HEADS];
    UNROLL for (int h = 0; h < heads; h++) a[h] = q + h * c->HD, b[h] = prompt[h].key_panels;
    heads_times_panels(heads, c->HD, prompt_columns, a, b, scores);
  }
  float *heads_out = out + first * c->HD, scale[ATTENTION_ROWS][HEADS];
  for (int i = 0; i < count; i++) {
    const int own = places[i].count, own_columns = round_up(own, VW);
    const float *kept = own_keys(&caches->own, places[i].slot, layer);
    const float *a[HEADS], *keys[HEADS], *values[HEADS];
    float *to[HEADS];
    UNROLL for (int h = 0; h < heads; h++) {
      a[h] = q + (ptrdiff_t)i * width + h * c->HD;
      keys[h] = kept + (first + h) / share * c->HD;
      values[h] = keys[h] + c->KV;
      to[h] = scores[h] + (ptrdiff_t)i * columns + prompt_columns;
    }
    own_scores(heads, own, c->HD, a, keys, 2 * c->KV, c->KV, to);
    UNROLL for (int h = 0; h < heads; h++) {
      float *row = to[h] - prompt_columns, most;
      for (int j = prompt_length; j < prompt_columns; j++) row[j] = NEGATIVE;
      for (int j = own; j < own_columns; j++) to[h][j] = NEGATIVE;
      scale[i][h] = 1.0f / exponentials(row, prompt_columns + own_columns, &most);
      a[h] = to[h];
      to[h] = heads_out + (ptrdiff_t)i * c->Q + h * c->HD;
    }
    heads_times_values(heads, own, c->HD, a, values, 2 * c->KV, to, STORE);
  }
  if (count > 1) {
    UNROLL for (int h = 0; h < heads; h++) {
      matmul_plain(count, c->HD, prompt_length, scores[h], columns, prompt[h].values, c->HD, heads_out + h * c->HD, c->Q,
                   ADD);
    }
  } else {
    const float *a[HEADS], *b[HEADS];
    float *to[HEADS];
    UNROLL for (int h = 0; h < heads; h++) a[h] = scores[h], b[h] = prompt[h].values, to[h] = heads_out + h * c->HD;
    heads_times_values(heads, prompt_length, c->HD, a, b, c->HD, to, ADD);
  }
  for (int i = 0; i < count; i++) {
    UNROLL for (int h = 0; h < heads; h++) {
      float *to = heads_out + (ptrdiff_t)i * c->Q + h * c->HD;
      for (int j = 0; j < c->HD; j += VW) store(to + j, load(to + j) * splat(scale[i][h]));
    }
  }
}

/* Attention of up to ATTENTION_ROWS consecutive rows of one prompt. qkv: [count, Q + 2 KV] with queries turned and the
 * newest keys kept; out: [count, Q]. */
static void decode_attention(const Model *m, const Caches *caches, int layer, const Place *places, int count,
                             const float *qkv, float *out, float *scratch) {
  int head = 0;
  for (; head + HEADS <= m->config.heads; head += HEADS) {
    attend_heads(HEADS, m, caches, layer, places, count, head, qkv, out, scratch);
  }
  for (; head < m->config.heads; head++) attend_heads(1, m, caches, layer, places, count, head, qkv, out, scratch);
}

#endif

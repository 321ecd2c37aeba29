/* Autoregressive sampling with a bounded number of rows in flight.
 *
 * A prompt's keys and values are computed once (by a forward pass over a packed batch of prompts) and shared by its
 * rows; each row keeps its own from the first sampled token on, in place. A step runs every active row through the
 * whole model, a chunk of rows per task with all its activations in the task's scratch; rows of one prompt attend to
 * it in one product. Finished rows leave, waiting ones take their slots (trainer/engine/kernels/sample.ts). */
#ifndef KERNELS_SAMPLER_H
#define KERNELS_SAMPLER_H

#include "draw.h"
#include "forward.h"
#include "philox.h"

/* Keys and values: [slots][layers][kv heads]{ key panels [length, HD], values [length, HD] }. */
typedef struct Cache {
  float *data;
  size_t data_floats;
  int length; /* keys per slot, padded */
  const Config *config;
} Cache;

static size_t cache_floats(const Config *c, int slots, int length) {
  return (size_t)slots * c->layers * 2 * c->KV * round_up(length, KEY_PAD);
}

INLINE float *cache_at(const Cache *cache, int slot, int layer, int key_head) {
  const Config *c = cache->config;
  return cache->data + (((size_t)slot * c->layers + layer) * c->kv_heads + key_head) * 2 * cache->length * c->HD;
}

static KeySet cached_keys(Cache *cache, int slot, int layer, int key_head, int count) {
  float *at = cache_at(cache, slot, layer, key_head);
  return (KeySet){.count = count,
                  .padded = round_up(count, VW),
                  .key_panels = at,
                  .values = at + (size_t)cache->length * cache->config->HD};
}

static int reserve_cache(Cache *cache, const Config *c, int slots, int length) {
  const size_t floats = cache_floats(c, slots, length);
  cache->config = c;
  cache->length = round_up(length, KEY_PAD);
  if (floats <= cache->data_floats) return 1;
  release(cache->data);
  cache->data = allocate(floats * sizeof(float));
  cache->data_floats = cache->data ? floats : 0;
  return cache->data != 0;
}

/* In the order of FinishReason in sample.ts. */
typedef enum { RUNNING, FINISH_EOS, FINISH_ANSWER_LIMIT, FINISH_THINKING_LIMIT, FINISH_THINKING_EOS } Finish;

typedef struct {
  int slot, prefix, prompt_length;
  int output; /* index of the completion in the request */
  uint32_t stream, generation;
  int count; /* tokens so far */
  int token; /* the last of them */
  int thinking, answer_count;
} Row;

typedef struct {
  int count, thinking_length, answer_start, finish;
} Outcome;

typedef struct {
  int top_k, eos, thinking, end, min_thinking, max_thinking, close_at_limit, max_answer, banned_count;
  uint32_t seed;
  float scale; /* 1 / temperature */
  int greedy;
  Cuts cuts;
} SampleSettings;

#define DECODE_ROWS 64 /* at most this many rows in a task */

typedef struct {
  Model *model;
  SampleSettings settings;
  int32_t *banned;
  int slots, prefixes, max_prompt, max_new, outputs;
  Cache prompts, own;
  float *prompt_logits; /* [prefixes, V] of each prompt's last token, scaled */
  Row *rows;            /* [slots] active ones first, in the order they are computed */
  int active, chunk_rows;
  int32_t *free_slots;
  int free_count;
  int32_t *prompt_rows; /* [prefixes] active rows of each prompt */
  int32_t *tokens, *forced;   /* [outputs, max_new] */
  float *logps, *entropies;   /* likewise */
  Outcome *outcomes;          /* [outputs] */
  float *arena;
  size_t arena_floats;
} Sampler;

static size_t decode_scratch(const Config *c, int rows, int max_prompt, int max_new) {
  const size_t keys = round_up(max_prompt, KEY_PAD) + round_up(max_new, KEY_PAD);
  return rows * (2 * (size_t)c->D + 2 * c->Q + 2 * c->KV + c->F + keys + c->HD + c->V) + 3 * (size_t)c->V + c->HD + 256;
}

/* ints: slots, prefixes, max_prompt, max_new, outputs, top_k, eos, thinking, end, min_thinking, max_thinking,
 * close_at_limit, max_answer, seed, banned_count, banned...; reals: temperature, top_p, min_p. */
static int sampler_begin(Sampler *s, const int32_t *ints, const double *reals) {
  Model *m = s->model;
  const Config *c = &m->config;
  s->slots = ints[0];
  s->prefixes = ints[1];
  s->max_prompt = ints[2];
  s->max_new = maximum(1, ints[3]);
  s->outputs = ints[4];
  const double temperature = reals[0];
  s->settings = (SampleSettings){.eos = ints[6],
                                 .thinking = ints[7],
                                 .end = ints[8],
                                 .min_thinking = ints[9],
                                 .max_thinking = ints[10],
                                 .close_at_limit = ints[11],
                                 .max_answer = ints[12],
                                 .seed = (uint32_t)ints[13],
                                 .banned_count = ints[14],
                                 .scale = temperature == 0 ? 1 : (float)(1 / temperature),
                                 .greedy = temperature == 0,
                                 .cuts = {ints[5], reals[1], reals[2]}};
  s->active = 0;
  if (!reserve_cache(&s->prompts, c, s->prefixes, s->max_prompt)) return 0;
  if (!reserve_cache(&s->own, c, s->slots, s->max_new)) return 0;
  for (int pass = 0; pass < 2; pass++) {
    Arena arena = {pass ? s->arena : 0, 0};
    const size_t cells = (size_t)s->outputs * s->max_new;
    s->tokens = (int32_t *)take(&arena, cells);
    s->forced = (int32_t *)take(&arena, cells);
    s->logps = take(&arena, cells);
    s->entropies = take(&arena, cells);
    s->outcomes = (Outcome *)take(&arena, s->outputs * sizeof(Outcome) / sizeof(float));
    s->rows = (Row *)take(&arena, s->slots * sizeof(Row) / sizeof(float));
    s->free_slots = (int32_t *)take(&arena, s->slots);
    s->prompt_rows = (int32_t *)take(&arena, s->prefixes);
    s->banned = (int32_t *)take(&arena, s->settings.banned_count);
    s->prompt_logits = take(&arena, (size_t)s->prefixes * c->V);
    if (arena.used > s->arena_floats) {
      release(s->arena);
      s->arena_floats = 0;
      s->arena = allocate(arena.used * sizeof(float));
      if (!s->arena) return 0;
      s->arena_floats = arena.used;
    }
  }
  for (int i = 0; i < s->settings.banned_count; i++) s->banned[i] = ints[15 + i];
  s->free_count = s->slots;
  for (int i = 0; i < s->slots; i++) s->free_slots[i] = s->slots - 1 - i;
  return reserve_scratch(m->pool, decode_scratch(c, DECODE_ROWS, s->max_prompt, s->max_new));
}

/* ---- one token ---- */

static void finish_row(Sampler *s, Row *row, Finish finish) {
  Outcome *o = &s->outcomes[row->output];
  o->count = row->count;
  o->finish = finish;
  if (row->thinking) o->thinking_length = row->count;
}

/* Appends a token to a row and ends the row where its limits say so. */
static void advance_row(Sampler *s, Row *row, int token, int forced, float logp, float entropy) {
  const SampleSettings *g = &s->settings;
  const size_t cell = (size_t)row->output * s->max_new + row->count;
  Outcome *o = &s->outcomes[row->output];
  s->tokens[cell] = token;
  s->forced[cell] = forced;
  s->logps[cell] = logp;
  s->entropies[cell] = entropy;
  row->count++;
  row->token = token;
  if (row->thinking) {
    if (token == g->end) {
      row->thinking = 0;
      o->thinking_length = row->count - 1;
      if (g->max_answer == 0) finish_row(s, row, FINISH_ANSWER_LIMIT);
    } else if (token == g->eos) {
      finish_row(s, row, FINISH_THINKING_EOS);
    } else if (row->count == g->max_thinking && !g->close_at_limit) {
      finish_row(s, row, FINISH_THINKING_LIMIT);
    }
    return;
  }
  if (row->answer_count++ == 0) o->answer_start = row->count - 1;
  if (token == g->eos) finish_row(s, row, FINISH_EOS);
  else if (row->answer_count == g->max_answer) finish_row(s, row, FINISH_ANSWER_LIMIT);
}

/* Draws one row's next token from its logits z[V] (changed). `scratch`: 3 V. */
static void next_token(Sampler *s, Row *row, float *z, float scale, float *scratch) {
  const SampleSettings *g = &s->settings;
  const Config *c = &s->model->config;
  float *weights = scratch;
  const RowStatistics statistics =
      row_statistics(z, c->vocab, c->V, scale, s->banned, g->banned_count, g->greedy ? 0 : weights);
  const int at_limit = row->thinking && row->count == g->max_thinking;
  if (at_limit) {
    advance_row(s, row, g->end, 1, z[g->end] - statistics.lse, statistics.entropy);
    return;
  }
  /* Log-probabilities are of the whole distribution: what is shut out here comes back before they are read. */
  const int shut = row->thinking && row->count < g->min_thinking;
  const int tokens[2] = {shut ? g->end : -1, shut ? g->eos : -1};
  float kept[2];
  for (int i = 0; i < 2; i++) {
    if (tokens[i] < 0) continue;
    kept[i] = z[tokens[i]];
    z[tokens[i]] = NEGATIVE;
  }
  int token;
  if (g->greedy) {
    token = largest_index(z, c->vocab);
  } else {
    if (shut) row_statistics(z, c->vocab, c->V, 1, 0, 0, weights);
    if (g->cuts.top_k > 0 || g->cuts.top_p < 1 || g->cuts.min_p > 0) {
      cut_weights(weights, c->vocab, g->cuts, (uint64_t *)(scratch + c->V));
    }
    token = draw_token(weights, c->vocab, sampling_uniform(g->seed, row->stream, row->generation, row->count));
  }
  for (int i = 1; i >= 0; i--) {
    if (tokens[i] >= 0) z[tokens[i]] = kept[i];
  }
  advance_row(s, row, token, 0, z[token] - statistics.lse, statistics.entropy);
}

/* ---- starting rows ---- */

/* Keeps the logits of a batch of prompts, whose keys and values are in the cache already. */
static void sampler_take_prompts(Sampler *s, const Batch *b) {
  const int V = s->model->config.V;
  for (int f = 0; f < b->families; f++) {
    copy_floats(s->prompt_logits + (size_t)b->cache_slot[f] * V, b->logits + (size_t)f * V, V);
  }
}

typedef struct {
  Sampler *s;
  int first;
} StartJob;

static void start_task(void *argument, int index, int thread) {
  const StartJob *job = argument;
  Sampler *s = job->s;
  const int V = s->model->config.V;
  Row *row = &s->rows[job->first + index];
  float *z = s->model->pool->scratch[thread];
  copy_floats(z, s->prompt_logits + (size_t)row->prefix * V, V);
  next_token(s, row, z, 1, z + V);
}

/* Drops finished rows; the others keep their order. Returns how many go on. */
static int drop_finished(Sampler *s) {
  int kept = 0;
  for (int i = 0; i < s->prefixes; i++) s->prompt_rows[i] = 0;
  for (int i = 0; i < s->active; i++) {
    const Row row = s->rows[i];
    if (s->outcomes[row.output].finish == RUNNING) {
      s->rows[kept++] = row;
      s->prompt_rows[row.prefix]++;
    } else {
      s->free_slots[s->free_count++] = row.slot;
    }
  }
  return s->active = kept;
}

/* Starts `count` rows and draws their first tokens. starts: [count]{prefix, prompt length, output, stream,
 * generation}. The caller never starts more than there are free slots. Returns the number of active rows. */
static int sampler_start(Sampler *s, const int32_t *starts, int count) {
  StartJob job = {s, s->active};
  const int draws = s->settings.thinking ? s->settings.max_thinking > 0 || s->settings.close_at_limit
                                         : s->settings.max_answer > 0;
  for (int i = 0; i < count; i++) {
    const int32_t *at = starts + 5 * i;
    Row *row = &s->rows[s->active++];
    *row = (Row){.slot = s->free_slots[--s->free_count],
                 .prefix = at[0],
                 .prompt_length = at[1],
                 .output = at[2],
                 .stream = (uint32_t)at[3],
                 .generation = (uint32_t)at[4],
                 .thinking = s->settings.thinking};
    s->outcomes[row->output] = (Outcome){0, 0, -1, RUNNING};
    if (!draws) finish_row(s, row, row->thinking ? FINISH_THINKING_LIMIT : FINISH_ANSWER_LIMIT);
  }
  if (draws) parallel(s->model->pool, count, start_task, &job);
  return drop_finished(s);
}

/* ---- one step ---- */

/* out[n] += sum over k of w[k] B[k][n], n at most two vectors at a time: four chains of additions hide their latency,
 * always split the same way. */
static void weighted_rows(int n, int k, const float *w, const float *b, ptrdiff_t b_step, float *out) {
  for (int j = 0; j < n; j += VW) {
    vec s0 = splat(0), s1 = s0, s2 = s0, s3 = s0;
    const float *at = b + j;
    int p = 0;
    for (; p + 4 <= k; p += 4, at += 4 * b_step) {
      s0 = madd(splat(w[p]), load(at), s0);
      s1 = madd(splat(w[p + 1]), load(at + b_step), s1);
      s2 = madd(splat(w[p + 2]), load(at + 2 * b_step), s2);
      s3 = madd(splat(w[p + 3]), load(at + 3 * b_step), s3);
    }
    for (; p < k; p++, at += b_step) s0 = madd(splat(w[p]), load(at), s0);
    store(out + j, load(out + j) + ((s0 + s1) + (s2 + s3)));
  }
}

/* Attention of `count` consecutive rows of one prompt. qkv: [count, Q + 2 KV] with queries and keys turned. */
static void decode_attention(const Sampler *s, int layer, const Row *rows, int count, const float *qkv, float *out,
                             float *scores, float *sums) {
  const Config *c = &s->model->config;
  const int width = c->Q + 2 * c->KV, share = c->heads / c->kv_heads;
  int own_columns = 0;
  for (int i = 0; i < count; i++) own_columns = maximum(own_columns, round_up(rows[i].count, VW));
  for (int key_head = 0; key_head < c->kv_heads; key_head++) {
    const KeySet prompt =
        cached_keys((Cache *)&s->prompts, rows[0].prefix, layer, key_head, rows[0].prompt_length);
    const int columns = prompt.padded + own_columns;
    for (int head = key_head * share; head < (key_head + 1) * share; head++) {
      const float *q = qkv + head * c->HD;
      matmul_strips(count, prompt.padded, c->HD, q, width, prompt.key_panels, STRIP, scores, columns, STORE);
      for (int i = 0; i < count; i++) {
        float *row = scores + (ptrdiff_t)i * columns;
        const KeySet own = cached_keys((Cache *)&s->own, rows[i].slot, layer, key_head, rows[i].count);
        matmul_strips(1, own.padded, c->HD, q + (ptrdiff_t)i * width, width, own.key_panels, STRIP, row + prompt.padded,
                      columns, STORE);
        for (int j = prompt.count; j < prompt.padded; j++) row[j] = NEGATIVE;
        for (int j = own.count; j < own.padded; j++) row[prompt.padded + j] = NEGATIVE;
        float most;
        sums[i] = exponentials(row, prompt.padded + own.padded, &most);
      }
      matmul_plain(count, c->HD, prompt.count, scores, columns, prompt.values, c->HD, out + head * c->HD, c->Q, STORE);
      for (int i = 0; i < count; i++) {
        const KeySet own = cached_keys((Cache *)&s->own, rows[i].slot, layer, key_head, rows[i].count);
        float *to = out + (ptrdiff_t)i * c->Q + head * c->HD;
        weighted_rows(c->HD, own.count, scores + (ptrdiff_t)i * columns + prompt.padded, own.values, c->HD, to);
        for (int j = 0; j < c->HD; j += VW) store(to + j, load(to + j) * splat(1.0f / sums[i]));
      }
    }
  }
}

/* Turns a row's queries and keys in place and appends its key and value to its cache. */
static void turn_and_keep(const Sampler *s, int layer, const Row *row, float *qkv) {
  const Model *m = s->model;
  const Config *c = &m->config;
  const int index = row->count - 1;
  const ptrdiff_t angle = (ptrdiff_t)(row->prompt_length + index) * (c->head_dim / 2);
  const float scale = 1.0f / square_root((float)c->head_dim);
  for (int head = 0; head < c->heads; head++) {
    float *q = qkv + head * c->HD;
    norm_rotate(q, m->weights + m->at[layer].q_norm, m->cosines + angle, m->sines + angle, scale, q, c->HD, c->head_dim,
                c->eps);
  }
  for (int head = 0; head < c->kv_heads; head++) {
    float *k = qkv + c->Q + head * c->HD;
    norm_rotate(k, m->weights + m->at[layer].k_norm, m->cosines + angle, m->sines + angle, 1, k, c->HD, c->head_dim,
                c->eps);
    const KeySet own = cached_keys((Cache *)&s->own, row->slot, layer, head, row->count);
    put_in_panel(own.key_panels, index, c->HD, k);
    copy_floats(own.values + (ptrdiff_t)index * c->HD, k + c->KV, c->HD);
  }
}

static void step_task(void *argument, int index, int thread) {
  Sampler *s = argument;
  const Model *m = s->model;
  const Config *c = &m->config;
  const int from = index * s->chunk_rows, count = minimum(s->chunk_rows, s->active - from);
  const int width = c->Q + 2 * c->KV;
  Row *rows = s->rows + from;
  Arena scratch = {m->pool->scratch[thread], 0};
  float *x = take(&scratch, (size_t)count * c->D), *normed = take(&scratch, (size_t)count * c->D);
  float *qkv = take(&scratch, (size_t)count * width), *heads = take(&scratch, (size_t)count * c->Q);
  float *h = take(&scratch, (size_t)count * c->F), *sums = take(&scratch, count);
  float *rest = scratch.base + scratch.used;
  for (int i = 0; i < count; i++) {
    copy_floats(x + (ptrdiff_t)i * c->D, m->weights + m->embed + (ptrdiff_t)rows[i].token * c->D, c->D);
  }
  for (int l = 0; l < c->layers; l++) {
    const LayerAt *at = &m->at[l];
    for (int i = 0; i < count; i++) {
      norm_row(x + (ptrdiff_t)i * c->D, m->weights + at->input_norm, normed + (ptrdiff_t)i * c->D, c->D, c->hidden, c->eps);
    }
    matmul_panels(count, c->Q, c->D, normed, c->D, m->panels + at->q, qkv, width, STORE);
    matmul_panels(count, 2 * c->KV, c->D, normed, c->D, m->panels + at->kv, qkv + c->Q, width, STORE);
    for (int i = 0; i < count; i++) turn_and_keep(s, l, &rows[i], qkv + (ptrdiff_t)i * width);
    for (int i = 0; i < count;) {
      int end = i + 1;
      while (end < count && rows[end].prefix == rows[i].prefix) end++;
      decode_attention(s, l, rows + i, end - i, qkv + (ptrdiff_t)i * width, heads + (ptrdiff_t)i * c->Q, rest, sums);
      i = end;
    }
    matmul_panels(count, c->D, c->Q, heads, c->Q, m->panels + at->o, x, c->D, ADD);
    for (int i = 0; i < count; i++) {
      norm_row(x + (ptrdiff_t)i * c->D, m->weights + at->post_norm, normed + (ptrdiff_t)i * c->D, c->D, c->hidden, c->eps);
    }
    matmul_swiglu(count, c->F, c->D, normed, c->D, m->panels + at->gate_up, 0, h, c->F);
    matmul_panels(count, c->D, c->F, h, c->F, m->panels + at->down, x, c->D, ADD);
  }
  for (int i = 0; i < count; i++) {
    norm_row(x + (ptrdiff_t)i * c->D, m->weights + m->final_norm, normed + (ptrdiff_t)i * c->D, c->D, c->hidden, c->eps);
  }
  float *logits = rest;
  matmul_panels(count, c->V, c->D, normed, c->D, m->panels + m->head, logits, c->V, STORE);
  for (int i = 0; i < count; i++) {
    next_token(s, &rows[i], logits + (ptrdiff_t)i * c->V, s->settings.scale, logits + (ptrdiff_t)count * c->V);
  }
}

/* One token for every active row. Returns how many go on. */
static int sampler_step(Sampler *s) {
  if (s->active == 0) return 0;
  const int threads = s->model->pool->threads;
  s->chunk_rows = minimum(DECODE_ROWS, (s->active + threads - 1) / threads);
  parallel(s->model->pool, (s->active + s->chunk_rows - 1) / s->chunk_rows, step_task, s);
  return drop_finished(s);
}

#endif

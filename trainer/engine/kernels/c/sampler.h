/* Autoregressive sampling with a bounded number of rows in flight.
 *
 * A prompt's keys and values are computed once (by a forward pass over a packed batch of prompts) and shared by its
 * rows; each row keeps its own from the first sampled token on, in place. A step runs every active row through the
 * whole model, a chunk of rows per task with all its activations in the task's scratch; rows of one prompt attend to
 * it in one product. Finished rows leave, waiting ones take their slots (trainer/engine/kernels/sample.ts). */
#ifndef KERNELS_SAMPLER_H
#define KERNELS_SAMPLER_H

#include "decode.h"
#include "draw.h"
#include "philox.h"

/* In the order of FinishReason in sample.ts. */
typedef enum { RUNNING, FINISH_EOS, FINISH_ANSWER_LIMIT, FINISH_THINKING_LIMIT, FINISH_THINKING_EOS } Finish;

typedef struct {
  Place place; /* where its keys and values are */
  int output;  /* index of the completion in the request */
  uint32_t stream, generation;
  int token; /* the last of place.count */
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
  Batch *batch; /* in which prompts are computed */
  SampleSettings settings;
  int32_t *banned;
  int slots, prefixes, max_prompt, max_new, outputs;
  Caches caches;
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

/* Activations of one task's rows, attention's scratch or logits, and what drawing a token needs. */
static size_t step_scratch(const Config *c, int max_prompt, int max_new) {
  const size_t rows = DECODE_ROWS, width = c->Q + 2 * c->KV;
  const size_t activations = rows * (2 * (size_t)c->D + width + c->Q + c->F);
  const size_t head = rows * c->V, attention = decode_attention_scratch(c, max_prompt, max_new);
  return activations + (head > attention ? head : attention) + 3 * (size_t)c->V + 64;
}

/* Hands out the records' pieces; returns how many floats they take. */
static size_t lay_out_records(Sampler *s, Arena arena) {
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
  s->prompt_logits = take(&arena, (size_t)s->prefixes * s->model->config.V);
  return arena.used;
}

static void release_sampler(Sampler *s) {
  release(s->caches.prompts.data);
  release(s->caches.own.data);
  release(s->arena);
  s->caches.prompts.data = s->caches.own.data = s->arena = 0;
}

/* Makes scratch, caches and records large enough. Where one must grow, all go and come back together, with the batch's
 * arena behind them: what stayed in between would keep the memory before it from being used again (memory.h). */
static int reserve_sampler(Sampler *s) {
  const Config *c = &s->model->config;
  Cache *prompts = &s->caches.prompts, *own = &s->caches.own;
  const size_t scratch = step_scratch(c, s->max_prompt, s->max_new);
  const size_t records = lay_out_records(s, (Arena){0, 0});
  const size_t prompt_floats = cache_floats(c, s->prefixes, s->max_prompt), own_floats = cache_floats(c, s->slots, s->max_new);
  prompts->config = own->config = c;
  prompts->length = round_up(s->max_prompt, KEY_PAD);
  own->length = round_up(s->max_new, KEY_PAD);
  const int grows = prompt_floats > prompts->data_floats || own_floats > own->data_floats || records > s->arena_floats;
  if (grows) {
    release_arena(s->batch);
    release_sampler(s);
    if (prompt_floats > prompts->data_floats) prompts->data_floats = prompt_floats;
    if (own_floats > own->data_floats) own->data_floats = own_floats;
    if (records > s->arena_floats) s->arena_floats = records;
  } else if (scratch > s->model->pool->scratch_floats) {
    release_arena(s->batch);
  }
  if (!reserve_scratch(s->model->pool, scratch)) return 0;
  if (grows) {
    prompts->data = allocate(prompts->data_floats * sizeof(float));
    own->data = allocate(own->data_floats * sizeof(float));
    s->arena = allocate(s->arena_floats * sizeof(float));
    if (!prompts->data || !own->data || !s->arena) {
      release_sampler(s);
      prompts->data_floats = own->data_floats = s->arena_floats = 0;
      return 0;
    }
  }
  lay_out_records(s, (Arena){s->arena, 0});
  return 1;
}

/* ints: slots, prefixes, max_prompt, max_new, outputs, top_k, eos, thinking, end, min_thinking, max_thinking,
 * close_at_limit, max_answer, seed, banned_count, banned...; reals: temperature, top_p, min_p. */
static int sampler_begin(Sampler *s, const int32_t *ints, const double *reals) {
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
  if (!reserve_sampler(s)) return 0;
  for (int i = 0; i < s->settings.banned_count; i++) s->banned[i] = ints[15 + i];
  s->free_count = s->slots;
  for (int i = 0; i < s->slots; i++) s->free_slots[i] = s->slots - 1 - i;
  return 1;
}

/* ---- one token ---- */

static void finish_row(Sampler *s, Row *row, Finish finish) {
  Outcome *o = &s->outcomes[row->output];
  o->count = row->place.count;
  o->finish = finish;
  if (row->thinking) o->thinking_length = row->place.count;
}

/* Appends a token to a row and ends the row where its limits say so. */
static void advance_row(Sampler *s, Row *row, int token, int forced, float logp, float entropy) {
  const SampleSettings *g = &s->settings;
  const size_t cell = (size_t)row->output * s->max_new + row->place.count;
  Outcome *o = &s->outcomes[row->output];
  s->tokens[cell] = token;
  s->forced[cell] = forced;
  s->logps[cell] = logp;
  s->entropies[cell] = entropy;
  row->place.count++;
  row->token = token;
  if (row->thinking) {
    if (token == g->end) {
      row->thinking = 0;
      o->thinking_length = row->place.count - 1;
      if (g->max_answer == 0) finish_row(s, row, FINISH_ANSWER_LIMIT);
    } else if (token == g->eos) {
      finish_row(s, row, FINISH_THINKING_EOS);
    } else if (row->place.count == g->max_thinking && !g->close_at_limit) {
      finish_row(s, row, FINISH_THINKING_LIMIT);
    }
    return;
  }
  if (row->answer_count++ == 0) o->answer_start = row->place.count - 1;
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
  const int at_limit = row->thinking && row->place.count == g->max_thinking;
  if (at_limit) {
    advance_row(s, row, g->end, 1, z[g->end] - statistics.lse, statistics.entropy);
    return;
  }
  /* Log-probabilities are of the whole distribution: what is shut out here comes back before they are read. */
  const int shut = row->thinking && row->place.count < g->min_thinking;
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
    token = draw_token(weights, c->vocab, sampling_uniform(g->seed, row->stream, row->generation, row->place.count));
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
  copy_floats(z, s->prompt_logits + (size_t)row->place.prompt * V, V);
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
      s->prompt_rows[row.place.prompt]++;
    } else {
      s->free_slots[s->free_count++] = row.place.slot;
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
    *row = (Row){.place = {.slot = s->free_slots[--s->free_count], .prompt = at[0], .prompt_length = at[1]},
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
  float *h = take(&scratch, (size_t)count * c->F);
  float *rest = scratch.base + scratch.used;
  Place places[DECODE_ROWS];
  for (int i = 0; i < count; i++) {
    places[i] = rows[i].place;
    copy_row(x + (ptrdiff_t)i * c->D, m->weights + m->embed + (ptrdiff_t)rows[i].token * c->D, c->D);
  }
  for (int l = 0; l < c->layers; l++) {
    const LayerAt *at = &m->at[l];
    for (int i = 0; i < count; i++) {
      norm_row(x + (ptrdiff_t)i * c->D, m->weights + at->input_norm, normed + (ptrdiff_t)i * c->D, c->D, c->hidden, c->eps);
    }
    matmul_panels(count, c->Q, c->D, normed, c->D, m->panels + at->q, qkv, width, STORE);
    matmul_panels(count, 2 * c->KV, c->D, normed, c->D, m->panels + at->kv, qkv + c->Q, width, STORE);
    for (int i = 0; i < count; i++) turn_and_keep(m, &s->caches, l, places[i], qkv + (ptrdiff_t)i * width);
    for (int i = 0; i < count;) {
      int end = i + 1;
      while (end < count && end - i < ATTENTION_ROWS && places[end].prompt == places[i].prompt) end++;
      decode_attention(m, &s->caches, l, places + i, end - i, qkv + (ptrdiff_t)i * width, heads + (ptrdiff_t)i * c->Q,
                       rest);
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

/* The library's one translation unit and its interface: functions of whole numbers and addresses, all of type `word`,
 * so that WASM's exports and the native addon need no more than a list of names. Real numbers and arrays pass through
 * memory. Functions that allocate return 0 when there is no memory left. */
#include "adamw.h"
#include "backward.h"
#include "probes.h"
#include "sampler.h"

typedef intptr_t word;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name) static
#endif

/* ---- engine ---- */

EXPORT(memory_allocate) word memory_allocate(word bytes) { return (word)allocate((size_t)bytes); }
EXPORT(memory_release) word memory_release(word block) { return release((void *)block), 1; }

/* A name of at most 31 characters. */
EXPORT(target_name) word target_name(word out) {
  static const char name[] = TARGET_NAME;
  char *to = (char *)out;
  for (size_t i = 0; i < sizeof name; i++) to[i] = name[i];
  return VW;
}

EXPORT(pool_open) word pool_open(word threads) { return (word)open_pool(minimum(MAX_THREADS, (int)threads)); }
EXPORT(pool_close) word pool_close(word pool) { return close_pool((Pool *)pool), 1; }
EXPORT(pool_threads) word pool_threads(word pool) { return ((Pool *)pool)->threads; }
EXPORT(pool_bytes) word pool_bytes(word pool) {
  return (word)(((Pool *)pool)->threads * ((Pool *)pool)->scratch_floats * sizeof(float));
}
#ifdef __wasm__
EXPORT(helper_main) void helper_main(word pool, word thread) { helper_loop((Pool *)pool, (int)thread); }
#endif

/* ---- model ---- */

EXPORT(model_open) word model_open(word pool, word sizes, word reals, word with_optimizer) {
  return (word)open_model((Pool *)pool, (const int32_t *)sizes, (float)*(const double *)reals, (int)with_optimizer);
}
EXPORT(model_close) word model_close(word model) { return close_model((Model *)model), 1; }
EXPORT(model_bytes) word model_bytes(word model) { return (word)((Model *)model)->bytes; }
EXPORT(model_rotary) word model_rotary(word model) { return (word)((Model *)model)->rotary; }

static float *flat_buffer(Model *m, word which) {
  switch (which) {
    case 0: return m->weights;
    case 1: return m->gradients;
    case 2: return m->first;
    default: return m->second;
  }
}

/* which: 0 weights, 1 gradients, 2 and 3 the optimizer's moments. */
EXPORT(model_copy) word model_copy(word model, word which, word parameter, word outside, word into_buffer) {
  Model *m = (Model *)model;
  copy_parameter(&m->parameters[parameter], flat_buffer(m, which), (float *)outside, (int)into_buffer);
  return 1;
}
EXPORT(model_pack) word model_pack(word model) { return pack_weights((Model *)model), 1; }

EXPORT(model_zero_gradients) word model_zero_gradients(word model) {
  Model *m = (Model *)model;
  zero_floats(m->gradients, m->floats);
  return 1;
}

/* out: one double. */
EXPORT(model_gradient_norm) word model_gradient_norm(word model, word out) {
  *(double *)out = gradient_norm((Model *)model);
  return 1;
}

/* settings, doubles: learning rate, beta1, beta2, epsilon, weight decay, clip factor, 1 - beta1^t, sqrt(1 - beta2^t). */
EXPORT(model_adamw) word model_adamw(word model, word settings) {
  const double *s = (const double *)settings;
  adamw_step((Model *)model, (AdamW){(float)s[0], (float)s[1], (float)s[2], (float)s[3], (float)s[4], (float)s[5],
                                     (float)s[6], (float)s[7]});
  return 1;
}

/* ---- packed batches ---- */

EXPORT(batch_open) word batch_open(word model) {
  Batch *b = allocate(sizeof(Batch));
  if (!b) return 0;
  b->model = (Model *)model;
  b->layer = allocate(b->model->config.layers * sizeof(Activations));
  return (word)b;
}
EXPORT(batch_close) word batch_close(word batch) {
  Batch *b = (Batch *)batch;
  release(b->layer);
  release(b->arena);
  release(b);
  return 1;
}
EXPORT(batch_bytes) word batch_bytes(word batch) { return (word)(((Batch *)batch)->arena_floats * sizeof(float)); }

/* `description` must stay where it is until the batch is done with. temperature: one double. */
EXPORT(batch_describe) word batch_describe(word batch, word description, word temperature, word sampler) {
  Batch *b = (Batch *)batch;
  b->cache = sampler ? &((Sampler *)sampler)->caches.prompts : 0;
  return batch_begin(b, (const int32_t *)description, (float)*(const double *)temperature);
}
EXPORT(batch_forward_begin) word batch_forward_begin(word batch) { return forward_begin((Batch *)batch), 1; }
EXPORT(batch_forward_layer) word batch_forward_layer(word batch, word layer) {
  return forward_layer((Batch *)batch, (int)layer), 1;
}
EXPORT(batch_backward_head) word batch_backward_head(word batch) { return backward_head((Batch *)batch), 1; }
EXPORT(batch_backward_layer) word batch_backward_layer(word batch, word layer) {
  return backward_layer((Batch *)batch, (int)layer), 1;
}
EXPORT(batch_backward_embedding) word batch_backward_embedding(word batch) {
  return backward_embedding((Batch *)batch), 1;
}

EXPORT(batch_logps) word batch_logps(word batch) { return (word)((Batch *)batch)->logps; }
EXPORT(batch_d_logps) word batch_d_logps(word batch) { return (word)((Batch *)batch)->d_logps; }
EXPORT(batch_entropies) word batch_entropies(word batch) { return (word)((Batch *)batch)->entropies; }
EXPORT(batch_greedy) word batch_greedy(word batch) { return (word)((Batch *)batch)->greedy; }

/* ---- sampling ---- */

/* `batch` is where prompts will be computed. */
EXPORT(sampler_open) word sampler_open(word model, word batch) {
  Sampler *s = allocate(sizeof(Sampler));
  if (!s) return 0;
  s->model = (Model *)model;
  s->batch = (Batch *)batch;
  return (word)s;
}
EXPORT(sampler_close) word sampler_close(word sampler) {
  release_sampler((Sampler *)sampler);
  release((Sampler *)sampler);
  return 1;
}
EXPORT(sampler_bytes) word sampler_bytes(word sampler) {
  const Sampler *s = (const Sampler *)sampler;
  return (word)((s->caches.prompts.data_floats + s->caches.own.data_floats + s->arena_floats) * sizeof(float));
}
EXPORT(sampler_configure) word sampler_configure(word sampler, word ints, word reals) {
  return sampler_begin((Sampler *)sampler, (const int32_t *)ints, (const double *)reals);
}
EXPORT(sampler_keep_prompts) word sampler_keep_prompts(word sampler, word batch) {
  return sampler_take_prompts((Sampler *)sampler, (const Batch *)batch), 1;
}
EXPORT(sampler_start_rows) word sampler_start_rows(word sampler, word starts, word count) {
  return sampler_start((Sampler *)sampler, (const int32_t *)starts, (int)count);
}
EXPORT(sampler_next) word sampler_next(word sampler) { return sampler_step((Sampler *)sampler); }

/* Rows in flight by prompt slot. */
EXPORT(sampler_prompt_rows) word sampler_prompt_rows(word sampler) { return (word)((Sampler *)sampler)->prompt_rows; }

EXPORT(sampler_tokens) word sampler_tokens(word sampler) { return (word)((Sampler *)sampler)->tokens; }
EXPORT(sampler_forced) word sampler_forced(word sampler) { return (word)((Sampler *)sampler)->forced; }
EXPORT(sampler_logps) word sampler_logps(word sampler) { return (word)((Sampler *)sampler)->logps; }
EXPORT(sampler_entropies) word sampler_entropies(word sampler) { return (word)((Sampler *)sampler)->entropies; }
EXPORT(sampler_outcomes) word sampler_outcomes(word sampler) { return (word)((Sampler *)sampler)->outcomes; }

/* ---- tests ---- */

EXPORT(probe) word probe(word kind, word dimensions, word a, word b, word c) {
  return run_probe((Probe)kind, (const int32_t *)dimensions, (float *)a, (float *)b, (float *)c);
}
/* out: one double. at: seed, stream, generation, position. */
EXPORT(probe_uniform) word probe_uniform(word at, word out) {
  const uint32_t *n = (const uint32_t *)at;
  *(double *)out = sampling_uniform(n[0], n[1], n[2], n[3]);
  return 1;
}
/* Of one layer: 0 queries, 1 keys and values, 2 attention's output, 3 its gradient, 4 input; of the whole: 5 the last
 * layer's output, 6 the gradient of the stream. */
EXPORT(probe_activations) word probe_activations(word batch, word layer, word which) {
  const Batch *b = (const Batch *)batch;
  const Activations *a = &b->layer[layer];
  float *const all[] = {a->q, a->kv, a->attention, b->d_attention, a->x, b->output, b->d_stream};
  return (word)all[which];
}
/* The head alone, from the last layer's output. */
EXPORT(probe_head) word probe_head(word batch) {
  const Batch *b = (const Batch *)batch;
  for (int i = 0; i < b->queries; i += ROW_BLOCK) head_block(b, i, minimum(i + ROW_BLOCK, b->queries));
  return 1;
}
/* Attention of one layer alone, and back. */
EXPORT(probe_attention) word probe_attention(word batch, word layer, word backward) {
  LayerJob job = {(Batch *)batch, (int)layer};
  const Model *m = job.batch->model;
  parallel(m->pool, job.batch->families * m->config.kv_heads, backward ? attention_backward_task : attention_task, &job);
  return 1;
}
/* Sums of the gains' gradients of q and k norms per family and key head: [families, kv heads, 2 HD]. */
EXPORT(probe_gain_sums) word probe_gain_sums(word batch) { return (word)((const Batch *)batch)->head_gain_sums; }

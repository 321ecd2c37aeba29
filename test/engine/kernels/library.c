/* The whole library without JavaScript around it, for sanitizers: random models and batches forward, backward, an
 * optimizer step and sampling, with one thread and with several. Sanitizers find what is read or written out of place;
 * the program itself checks that results are finite and the same bits whatever the threads and what is recomputed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../../trainer/engine/kernels/c/kernels.c"

#define CASES 10
#define REPEATS 4 /* of what a race would disturb */
#define MOST_ROWS 2000

static uint32_t state = 1;
static uint32_t below(uint32_t n) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * n) >> 32);
}
static float uniform(void) { return (float)below(1u << 24) / (1u << 24) - 0.5f; }

static int failures;
static void check(int holds, const char *what, int number) {
  if (holds) return;
  failures++;
  printf("failed in case %d: %s\n", number, what);
}

/* A model as configured by `sizes`, with weights that depend on `seed` alone. */
static word new_model(word pool, const int32_t *sizes, uint32_t seed) {
  const double eps = 1e-6;
  const word model = model_open(pool, (word)sizes, (word)&eps, 1);
  Model *m = (Model *)model;
  state = seed;
  for (int p = 0; p < m->parameter_count; p++) {
    const int count = m->parameters[p].rows * m->parameters[p].columns;
    float *values = malloc(count * sizeof(float));
    for (int i = 0; i < count; i++) values[i] = m->parameters[p].matrix ? uniform() / 2 : 1 + uniform();
    model_copy(model, 0, p, (word)values, 1);
    free(values);
  }
  model_pack(model);
  const Config *c = &m->config;
  for (int position = 0; position < c->max_positions; position++) {
    float *turn = m->rotary + (size_t)position * 2 * c->HD;
    for (int i = 0; i < c->head_dim / 2; i++) {
      const double angle = position * pow(1000, -2.0 * i / c->head_dim);
      turn[i] = turn[i + c->head_dim / 2] = (float)cos(angle);
      turn[c->HD + i] = (float)-sin(angle);
      turn[c->HD + i + c->head_dim / 2] = (float)sin(angle);
    }
  }
  return model;
}

/* Random families as packing.ts describes them. Returns the number of targets. */
static int describe(int32_t *out, int vocab, int keep, uint32_t seed) {
  static int32_t token[MOST_ROWS], segment_start[MOST_ROWS], prefix[MOST_ROWS], family_start[MOST_ROWS], slot[MOST_ROWS],
      query[MOST_ROWS], plain[MOST_ROWS], target_start[MOST_ROWS], target[MOST_ROWS];
  int rows = 0, segments = 0, families = 0, queries = 0, targets = 0;
  state = seed;
  const int count = 1 + (int)below(4);
  for (; families < count; families++) {
    family_start[families] = segments;
    slot[families] = -1;
    const int completions = (int)below(4), first = segments;
    for (int s = 0; s <= completions; s++) {
      segment_start[segments] = rows;
      prefix[segments++] = s == 0 ? -1 : first;
      const int length = 1 + (int)below(70);
      for (int i = 0; i < length; i++, rows++) {
        token[rows] = (int32_t)below(vocab);
        if (s == 0 && i < length - 1 && below(2)) continue;
        query[queries] = rows;
        plain[queries] = (int32_t)below(2);
        target_start[queries++] = targets;
        for (uint32_t t = below(3); t > 0; t--) target[targets++] = (int32_t)below(vocab - 1);
      }
    }
  }
  segment_start[segments] = rows;
  family_start[families] = segments;
  target_start[queries] = targets;
  const int32_t header[8] = {rows, segments, families, queries, targets, 1, keep, 0}, banned = vocab - 1;
  const struct {
    const int32_t *from;
    int count;
  } parts[] = {{header, 8},      {token, rows},  {segment_start, segments + 1}, {prefix, segments},
               {family_start, families + 1}, {slot, families}, {query, queries}, {plain, queries},
               {target_start, queries + 1},  {target, targets}, {&banned, 1}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    memcpy(out, parts[i].from, parts[i].count * sizeof(int32_t));
    out += parts[i].count;
  }
  return targets;
}

static int32_t description[16 * MOST_ROWS];
static const double temperature = 0.7;

/* The log-probabilities of one batch's targets, with nothing kept. Returns how many. */
static int score_once(word model, uint32_t seed, float *logps, int number) {
  const Model *m = (Model *)model;
  const int targets = describe(description, m->config.vocab, KEEP_NOTHING, seed);
  const word batch = batch_open(model);
  check(batch_describe(batch, (word)description, (word)&temperature, 0) != 0, "memory for the batch", number);
  batch_forward_begin(batch);
  for (int l = 0; l < m->config.layers; l++) batch_forward_layer(batch, l);
  memcpy(logps, (const float *)batch_logps(batch), targets * sizeof(float));
  batch_close(batch);
  return targets;
}

/* One update; leaves its log-probabilities, gradients and new weights in `result`. */
static void update_once(word model, int keep, uint32_t seed, float *result, int number) {
  Model *m = (Model *)model;
  const int targets = describe(description, m->config.vocab, keep, seed);
  const word batch = batch_open(model);
  model_zero_gradients(model);
  check(batch_describe(batch, (word)description, (word)&temperature, 0) != 0, "memory for the batch", number);
  batch_forward_begin(batch);
  for (int l = 0; l < m->config.layers; l++) batch_forward_layer(batch, l);
  const float *logps = (const float *)batch_logps(batch);
  float *d_logps = (float *)batch_d_logps(batch);
  static float again[2 * MOST_ROWS];
  memcpy(again, logps, targets * sizeof(float));
  probe_head(batch);
  check(memcmp(again, logps, targets * sizeof(float)) == 0, "the head alone changes nothing", number);
  for (int i = 0; i < targets; i++) {
    check(logps[i] <= 1e-5f, "log-probabilities are not positive", number);
    d_logps[i] = uniform();
  }
  batch_backward_head(batch);
  for (int l = m->config.layers - 1; l >= 0; l--) batch_backward_layer(batch, l);
  batch_backward_embedding(batch);
  double norm;
  model_gradient_norm(model, (word)&norm);
  check(isfinite(norm), "the gradient is finite", number);
  const double settings[8] = {1e-3, 0.9, 0.95, 1e-8, 0.1, 1 / (1 + norm), 0.1, sqrt(0.05)};
  memcpy(result, logps, targets * sizeof(float));
  result += targets;
  memcpy(result, m->gradients, m->floats * sizeof(float));
  model_adamw(model, (word)settings);
  memcpy(result + m->floats, m->weights, m->floats * sizeof(float));
  batch_close(batch);
}

#define PROMPTS 3
#define GENERATIONS 3
#define LONGEST 40

/* Samples every prompt's completions; leaves their tokens in `tokens`. */
static void sample_once(word model, uint32_t seed, int32_t *tokens, int number) {
  const Model *m = (Model *)model;
  const int vocab = m->config.vocab, outputs = PROMPTS * GENERATIONS;
  state = seed;
  const int thinking = (int)below(2), most = thinking ? 1 + (int)below(20) : 0, answer = 1 + (int)below(19);
  const int longest = (thinking ? most + 1 : 0) + answer;
  const int32_t settings[16] = {outputs,  PROMPTS, LONGEST, longest, outputs, (int32_t)below(6),
                                1,        thinking, 2, thinking ? (int32_t)below(most + 1) : 0, most, (int32_t)below(2),
                                answer,   (int32_t)seed, 1, vocab - 1};
  const double reals[3] = {below(4) ? 1.1 : 0, below(2) ? 0.9 : 1, below(2) ? 0.05 : 0};
  const word batch = batch_open(model), sampler = sampler_open(model, batch);
  check(sampler_configure(sampler, (word)settings, (word)reals) != 0, "memory for sampling", number);

  int32_t d[8 + PROMPTS * (LONGEST + 12)], *at = d + 8, lengths[PROMPTS];
  int rows = 0;
  for (int p = 0; p < PROMPTS; p++) {
    lengths[p] = 1 + (int)below(LONGEST);
    for (int i = 0; i < lengths[p]; i++, rows++) *at++ = (int32_t)below(vocab - 1);
  }
  const int32_t header[8] = {rows, PROMPTS, PROMPTS, PROMPTS, 0, 0, KEEP_NOTHING, 0};
  memcpy(d, header, sizeof header);
  for (int p = 0, row = 0; p <= PROMPTS; row += p < PROMPTS ? lengths[p] : 0, p++) *at++ = row;
  for (int p = 0; p < PROMPTS; p++) *at++ = -1;
  for (int p = 0; p <= PROMPTS; p++) *at++ = p;
  for (int p = 0; p < PROMPTS; p++) *at++ = p;
  for (int p = 0, row = 0; p < PROMPTS; p++) *at++ = (row += lengths[p]) - 1;
  for (int p = 0; p < PROMPTS; p++) *at++ = 0;
  for (int p = 0; p <= PROMPTS; p++) *at++ = 0;
  const double divisor = reals[0] == 0 ? 1 : reals[0];
  check(batch_describe(batch, (word)d, (word)&divisor, sampler) != 0, "memory for prompts", number);
  batch_forward_begin(batch);
  for (int l = 0; l < m->config.layers; l++) batch_forward_layer(batch, l);
  sampler_keep_prompts(sampler, batch);
  int32_t starts[PROMPTS * GENERATIONS][5];
  for (int i = 0; i < outputs; i++) {
    const int p = i / GENERATIONS;
    const int32_t start[5] = {p, lengths[p], i, 10 + p, i % GENERATIONS};
    memcpy(starts[i], start, sizeof start);
  }
  word active = sampler_start_rows(sampler, (word)starts, outputs);
  for (int step = 0; active > 0; step++) {
    check(step < longest, "sampling ends", number);
    active = sampler_next(sampler);
  }
  const float *logps = (const float *)sampler_logps(sampler);
  const int32_t *outcomes = (const int32_t *)sampler_outcomes(sampler), *drawn = (const int32_t *)sampler_tokens(sampler);
  memset(tokens, 0, outputs * 2 * LONGEST * sizeof(int32_t));
  for (int i = 0; i < outputs; i++) {
    check(outcomes[4 * i + 3] != 0, "every completion ended", number);
    for (int t = 0; t < outcomes[4 * i]; t++) {
      check(drawn[i * longest + t] != vocab - 1, "a banned token is never drawn", number);
      check(isfinite(logps[i * longest + t]), "log-probabilities of samples are finite", number);
      tokens[i * 2 * LONGEST + t] = drawn[i * longest + t];
    }
  }
  batch_close(batch);
  sampler_close(sampler);
}

static float *numbers(int count) {
  float *array = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
  for (int i = 0; i < count; i++) array[i] = uniform() + 0.6f;
  return array;
}

/* Every single kernel on arrays of exactly the size it may touch. */
static void probe_all(void) {
  const int rows = 1 + (int)below(70), columns = 16 * (1 + (int)below(6)), k = 1 + (int)below(60);
  const int true_width = 2 * (1 + (int)below(columns / 2)), cells = rows * columns;
  const struct {
    Probe probe;
    int k, mode, a, b, c;
  } cases[] = {
      {PROBE_PANELS, k, below(2), rows * k, columns * k, cells},
      {PROBE_ROWS, k, below(2), rows * k, columns * k, cells},
      {PROBE_SPEED, k, 2, rows * k, columns * k, cells},
      {PROBE_SWIGLU, k, 0, rows * k, 2 * columns * k, 3 * cells},
      {PROBE_SWIGLU_BACKWARD, 0, 0, cells, 1, 3 * cells},
      {PROBE_PLAIN, k, below(2), rows * k, columns * k, cells},
      {PROBE_TRANSPOSED, k, below(2), rows * k, columns * k, cells},
      {PROBE_GRADIENT, k, 1, rows * k, columns * k, cells},
      {PROBE_NORM, true_width, 0, cells, columns, cells},
      {PROBE_NORM_BACKWARD, true_width, below(2), 2 * cells, columns, cells + columns},
      {PROBE_TURN, true_width, 0, cells, columns + 2 * cells, cells},
      {PROBE_TURN_BACKWARD, true_width, 0, 2 * cells, columns + 2 * cells, cells + columns},
      {PROBE_EXP, 0, 0, columns, 1, columns},
      {PROBE_SIGMOID, 0, 0, columns, 1, columns},
      {PROBE_LOGARITHM, 0, 0, columns, 1, columns},
      {PROBE_CUT, (int)below(columns), 0, columns, 4, 1},
      {PROBE_DRAW, 0, 0, columns, 2, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const int32_t n[4] = {rows, columns, cases[i].k, cases[i].mode};
    float *a = numbers(cases[i].a), *b = numbers(cases[i].b), *c = numbers(cases[i].c);
    if (cases[i].probe == PROBE_CUT || cases[i].probe == PROBE_DRAW) ((double *)b)[0] = 0.7;
    if (cases[i].probe == PROBE_CUT) ((double *)b)[1] = 0.1;
    check(run_probe(cases[i].probe, n, a, b, c) >= 0, "a probe has memory", (int)i);
    free(a), free(b), free(c);
  }
  const int32_t n[5] = {1, columns, true_width, 0, 0};
  float *logits = numbers(columns), scale = 0.5f, *out = numbers(2 + columns);
  run_probe(PROBE_STATISTICS, n, logits, &scale, out);
  check(isfinite(out[0]) && out[1] >= -1e-5f, "a distribution has a sum and an entropy", 0);
  free(logits), free(out);
}

int main(void) {
  for (int number = 0; number < CASES; number++) {
    state = 7000 + number;
    probe_all();
  }
  for (int number = 0; number < CASES; number++) {
    state = 1000 + number;
    const int32_t kv_heads = 1 + (int)below(2), heads = kv_heads * (1 + (int)below(3));
    const int32_t sizes[9] = {8 + (int)below(120), 1 + (int)below(70), 1 + (int)below(100), 1 + (int)below(3), heads,
                              kv_heads,            2 * (1 + (int)below(20)), (int)below(2), 160};
    float *results[3] = {0}, logps[REPEATS][2 * MOST_ROWS];
    int32_t tokens[3][PROMPTS * GENERATIONS * 2 * LONGEST];
    size_t bytes = 0;
    int targets = 0;
    for (int way = 0; way < 3; way++) {
      const word pool = pool_open(way == 1 ? 3 : 1), model = new_model(pool, sizes, number);
      bytes = 2 * (MOST_ROWS + ((Model *)model)->floats) * sizeof(float);
      results[way] = calloc(1, bytes);
      for (int i = 0; way == 1 && i < REPEATS; i++) {
        targets = score_once(model, 50 + number, logps[i], number);
      }
      update_once(model, way == 2 ? KEEP_INPUTS : KEEP_ALL, 50 + number, results[way], number);
      sample_once(model, 90 + number, tokens[way], number);
      model_close(model);
      pool_close(pool);
    }
    check(memcmp(results[0], results[1], bytes) == 0, "threads change nothing in an update", number);
    for (int i = 0; i < REPEATS; i++) {
      check(memcmp(results[0], logps[i], targets * sizeof(float)) == 0, "keeping nothing changes nothing", number);
    }
    check(memcmp(results[0], results[2], bytes) == 0, "recomputing changes nothing in an update", number);
    check(memcmp(tokens[0], tokens[1], sizeof tokens[0]) == 0, "threads change nothing in a sample", number);
    for (int way = 0; way < 3; way++) free(results[way]);
  }
  if (!failures) printf("%d cases, no failure\n", CASES);
  return failures != 0;
}

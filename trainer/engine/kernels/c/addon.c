/* The native addon: the interface of kernels.c under the same names, with addresses and whole numbers as JavaScript
 * numbers, and three functions that move data between JavaScript's arrays and the library's own memory (an external
 * array buffer would be simpler, but Electron forbids them). */
#include <node_api.h>
#include <string.h>

#include "kernels.c"

#define MAX_ARGUMENTS 5

static int words_of(napi_env env, napi_callback_info info, word *out) {
  napi_value argument[MAX_ARGUMENTS];
  size_t count = MAX_ARGUMENTS;
  napi_get_cb_info(env, info, &count, argument, 0, 0);
  for (size_t i = 0; i < MAX_ARGUMENTS; i++) {
    int64_t value = 0;
    if (i < count) napi_get_value_int64(env, argument[i], &value);
    out[i] = (word)value;
  }
  return (int)count;
}

static napi_value number(napi_env env, word value) {
  napi_value result;
  napi_create_int64(env, (int64_t)value, &result);
  return result;
}

#define WRAP1(name)                                                      \
  static napi_value js_##name(napi_env env, napi_callback_info info) {   \
    word a[MAX_ARGUMENTS];                                               \
    words_of(env, info, a);                                              \
    return number(env, name(a[0]));                                      \
  }
#define WRAP2(name)                                                      \
  static napi_value js_##name(napi_env env, napi_callback_info info) {   \
    word a[MAX_ARGUMENTS];                                               \
    words_of(env, info, a);                                              \
    return number(env, name(a[0], a[1]));                                \
  }
#define WRAP3(name)                                                      \
  static napi_value js_##name(napi_env env, napi_callback_info info) {   \
    word a[MAX_ARGUMENTS];                                               \
    words_of(env, info, a);                                              \
    return number(env, name(a[0], a[1], a[2]));                          \
  }
#define WRAP4(name)                                                      \
  static napi_value js_##name(napi_env env, napi_callback_info info) {   \
    word a[MAX_ARGUMENTS];                                               \
    words_of(env, info, a);                                              \
    return number(env, name(a[0], a[1], a[2], a[3]));                    \
  }
#define WRAP5(name)                                                      \
  static napi_value js_##name(napi_env env, napi_callback_info info) {   \
    word a[MAX_ARGUMENTS];                                               \
    words_of(env, info, a);                                              \
    return number(env, name(a[0], a[1], a[2], a[3], a[4]));              \
  }

/* Name and number of arguments of each function. */
#define INTERFACE(F1, F2, F3, F4, F5)                                                                              \
  F1(memory_allocate) F1(memory_release) F1(target_name) F1(pool_open) F1(pool_close) F1(pool_threads)             \
  F1(pool_bytes) F4(model_open) F1(model_close) F1(model_bytes) F1(model_rotary) F5(model_copy)   \
  F1(model_pack) F1(model_zero_gradients) F2(model_gradient_norm) F2(model_adamw) F1(batch_open) F1(batch_close)   \
  F1(batch_bytes) F4(batch_describe) F1(batch_forward_begin) F2(batch_forward_layer) F1(batch_backward_head)       \
  F2(batch_backward_layer) F1(batch_backward_embedding) F1(batch_logps) F1(batch_d_logps) F1(batch_entropies)      \
  F1(batch_greedy) F2(sampler_open) F1(sampler_close) F1(sampler_bytes) F3(sampler_configure)                      \
  F2(sampler_keep_prompts) F3(sampler_start_rows) F1(sampler_next) F1(sampler_prompt_rows) F1(sampler_tokens) F1(sampler_forced)           \
  F1(sampler_logps) F1(sampler_entropies) F1(sampler_outcomes) F5(probe) F2(probe_uniform)           \
  F3(probe_activations) F3(probe_attention) F1(probe_head) F1(probe_gain_sums)

INTERFACE(WRAP1, WRAP2, WRAP3, WRAP4, WRAP5)

/* The bytes a typed array views. */
static unsigned char *view_of_array(napi_env env, napi_value array, size_t *bytes) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, array, &type, &length, &data, 0, 0) != napi_ok) {
    napi_throw_type_error(env, 0, "a typed array is needed");
    return 0;
  }
  const size_t size = type == napi_float64_array ? 8 : type == napi_uint8_array ? 1 : 4;
  *bytes = length * size;
  return data;
}

/* write(address, typedArray), read(address, typedArray): copy the whole array. */
static napi_value copy_bytes(napi_env env, napi_callback_info info, int into_library) {
  napi_value argument[2];
  size_t count = 2, bytes = 0;
  int64_t address = 0;
  napi_get_cb_info(env, info, &count, argument, 0, 0);
  if (count < 2 || napi_get_value_int64(env, argument[0], &address) != napi_ok) {
    napi_throw_type_error(env, 0, "an address and a typed array are needed");
    return 0;
  }
  unsigned char *data = view_of_array(env, argument[1], &bytes);
  if (!data || bytes == 0) return 0;
  if (into_library) memcpy((void *)(word)address, data, bytes);
  else memcpy(data, (const void *)(word)address, bytes);
  return 0;
}
static napi_value js_write(napi_env env, napi_callback_info info) { return copy_bytes(env, info, 1); }
static napi_value js_read(napi_env env, napi_callback_info info) { return copy_bytes(env, info, 0); }

static void define(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, 0, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
#define DEFINE(name) define(env, exports, #name, js_##name);
  INTERFACE(DEFINE, DEFINE, DEFINE, DEFINE, DEFINE)
  define(env, exports, "write", js_write);
  define(env, exports, "read", js_read);
  return exports;
}

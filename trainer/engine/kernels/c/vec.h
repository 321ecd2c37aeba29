/* Vectors of floats as wide as the target's registers, written once for AVX-512, AVX2, NEON and WASM SIMD with the
 * vector extensions that GCC and Clang share. No intrinsics but one: WASM's relaxed fused multiply-add. */
#ifndef KERNELS_VEC_H
#define KERNELS_VEC_H

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__)
#define VW 16 /* floats in a vector */
#define MR 12 /* rows of a matmul tile: MR x 2 accumulators must fit the register file */
#define TARGET_NAME "AVX-512"
#elif defined(__AVX__)
#define VW 8
#define MR 6
#define TARGET_NAME "AVX2"
#elif defined(__wasm__)
#define VW 4
#define MR 6
#ifdef __wasm_relaxed_simd__
#define TARGET_NAME "WASM relaxed SIMD"
#else
#define TARGET_NAME "WASM SIMD"
#endif
#elif defined(__aarch64__)
#define VW 4
#define MR 12
#define TARGET_NAME "NEON"
#else
#define VW 4
#define MR 6
#define TARGET_NAME "128-bit SIMD"
#endif

/* Every dimension is padded to this, whatever the target, so that one layout of memory serves all builds. */
#define PAD 16
#define KEY_PAD 32 /* likewise for keys in a cache: a whole strip of panels */

#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

typedef float vec __attribute__((vector_size(VW * 4)));
typedef int32_t veci __attribute__((vector_size(VW * 4)));
typedef float vec_unaligned __attribute__((vector_size(VW * 4), aligned(4), may_alias));

/* Stands for minus infinity in logits and scores: its exponential is exactly 0, and 0 times it is 0, not NaN. */
#define NEGATIVE -1e30f

INLINE vec load(const float *p) { return *(const vec_unaligned *)p; }
INLINE void store(float *p, vec v) { *(vec_unaligned *)p = v; }
INLINE vec splat(float x) { return x - (vec){0}; }

/* a * b + c, in one rounding where the target has it (the build allows contraction). */
INLINE vec madd(vec a, vec b, vec c) {
#ifdef __wasm_relaxed_simd__
  return (vec)__builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

INLINE vec choose(veci mask, vec yes, vec no) { return (vec)(((veci)yes & mask) | ((veci)no & ~mask)); }
#ifdef __wasm__
INLINE vec vmax(vec a, vec b) { return __builtin_wasm_pmax_f32x4(a, b); }
INLINE vec vmin(vec a, vec b) { return __builtin_wasm_pmin_f32x4(a, b); }
#else
INLINE vec vmax(vec a, vec b) { return choose(a > b, a, b); }
INLINE vec vmin(vec a, vec b) { return choose(a < b, a, b); }
#endif

/* Horizontal reductions: halves onto halves, so that the order of additions is fixed. */
typedef float vec4 __attribute__((vector_size(16)));
#define FOUR(v, at) ((vec4){(v)[at], (v)[at + 1], (v)[at + 2], (v)[at + 3]})
#if VW == 16
#define FOLD4(v, op) op(op(FOUR(v, 0), FOUR(v, 8)), op(FOUR(v, 4), FOUR(v, 12)))
#elif VW == 8
#define FOLD4(v, op) op(FOUR(v, 0), FOUR(v, 4))
#else
#define FOLD4(v, op) (v)
#endif
INLINE vec4 add4(vec4 a, vec4 b) { return a + b; }
INLINE vec4 max4(vec4 a, vec4 b) {
  typedef int32_t vec4i __attribute__((vector_size(16)));
  const vec4i larger = a > b;
  return (vec4)(((vec4i)a & larger) | ((vec4i)b & ~larger));
}
INLINE float hsum(vec v) {
  const vec4 four = FOLD4(v, add4);
  const vec4 two = four + ((vec4){four[2], four[3], four[0], four[1]});
  return two[0] + two[1];
}
INLINE float hmax(vec v) {
  const vec4 four = FOLD4(v, max4);
  const vec4 two = max4(four, ((vec4){four[2], four[3], four[0], four[1]}));
  return two[0] > two[1] ? two[0] : two[1];
}

/* Sums of four vectors, each in the order of `hsum`. */
INLINE vec4 hsum_four(vec a, vec b, vec c, vec d) {
  const vec4 p = FOLD4(a, add4), q = FOLD4(b, add4), r = FOLD4(c, add4), s = FOLD4(d, add4);
  const vec4 pq = ((vec4){p[0], p[1], q[0], q[1]}) + ((vec4){p[2], p[3], q[2], q[3]});
  const vec4 rs = ((vec4){r[0], r[1], s[0], s[1]}) + ((vec4){r[2], r[3], s[2], s[3]});
  return ((vec4){pq[0], pq[2], rs[0], rs[2]}) + ((vec4){pq[1], pq[3], rs[1], rs[3]});
}

/* Where a constant vector costs several instructions each time (WASM), constants are broadcast from memory instead;
 * the empty assembly hides from the compiler that it could fold them. */
static const float exp_constants[] = {12582912.0f,     1.44269504f,     -0.693359375f,   2.12194440e-4f,
                                      1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                                      1.6666665459e-1f, 5.0000001201e-1f, 1.0f,             -87.0f,
                                      88.0f};
INLINE const float *exp_table(void) {
  const float *table = exp_constants;
#ifdef __wasm__
  __asm__("" : "+r"(table));
#endif
  return table;
}

/* e^x for x in [-87, 88], to about 1e-7 relative: x = n ln 2 + r with |r| <= ln 2 / 2, and Cephes' polynomial for e^r.
 * Adding 1.5 * 2^23 leaves the nearest integer in the low bits. */
INLINE vec vexp_bounded(vec x) {
  const float *k = exp_table();
  const vec shifted = madd(x, splat(k[1]), splat(k[0]));
  const vec n = shifted - splat(k[0]);
  vec r = madd(n, splat(k[2]), x);
  r = madd(n, splat(k[3]), r);
  vec p = splat(k[4]);
  p = madd(p, r, splat(k[5]));
  p = madd(p, r, splat(k[6]));
  p = madd(p, r, splat(k[7]));
  p = madd(p, r, splat(k[8]));
  p = madd(p, r, splat(k[9]));
  p = madd(p, r * r, r + splat(k[10]));
  return (vec)(((veci)shifted << 23) + (veci)p);
}

/* e^x for x <= 88, exactly 0 below -87, which is what masked scores rely on. */
INLINE vec vexp(vec x) {
  const vec low = splat(exp_table()[11]);
  const vec e = vexp_bounded(vmax(x, low));
  return (vec)((veci)e & (x >= low));
}

INLINE vec vsigmoid(vec x) {
  const float *k = exp_table();
  const vec e = vexp_bounded(vmin(vmax(-x, splat(k[11])), splat(k[12])));
  return splat(k[10]) / (splat(k[10]) + e);
}

INLINE float square_root(float x) { return __builtin_sqrtf(x); }

/* Natural logarithm of a positive normal number, to about 1e-13: x = m 2^e with m in [sqrt(1/2), sqrt(2)),
 * log m = 2 artanh(s) with s = (m - 1) / (m + 1), as a series in s^2. */
static double logarithm(double x) {
  static const double inverse_odd[] = {1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0};
  union {
    double value;
    uint64_t bits;
  } u = {x};
  int exponent = (int)(u.bits >> 52) - 1023;
  u.bits = (u.bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull;
  double m = u.value;
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const double s = (m - 1) / (m + 1), z = s * s;
  double series = 1.0 / 19;
  for (int i = 0; i < 9; i++) series = series * z + inverse_odd[i];
  return exponent * 0.6931471805599453 + 2 * s * series;
}

INLINE int round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }
INLINE int parts_of(int n, int part) { return (n + part - 1) / part; }
INLINE int minimum(int a, int b) { return a < b ? a : b; }
INLINE int maximum(int a, int b) { return a > b ? a : b; }

INLINE void copy_floats(float *to, const float *from, size_t n) { __builtin_memcpy(to, from, n * sizeof(float)); }
/* For short rows of whole vectors, where a call would cost more than the copy. */
INLINE void copy_row(float *to, const float *from, int padded) {
  for (int i = 0; i < padded; i += VW) store(to + i, load(from + i));
}
INLINE void zero_floats(float *to, size_t n) { __builtin_memset(to, 0, n * sizeof(float)); }

#endif

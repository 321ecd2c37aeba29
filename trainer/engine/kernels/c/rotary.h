/* Per-head RMSNorm and rotary position embedding (Su et al. 2021, rotate-half as in Qwen3), which always come
 * together: (a, b) -> (a cos - b sin, b cos + a sin) for the two halves of a head.
 *
 * `turn` is one position's row of the rotary table: [HD] cosines, each half the same, then [HD] sines, the first half
 * negative, so that a turned head is x * cosines + (x with its halves swapped) * sines. */
#ifndef KERNELS_ROTARY_H
#define KERNELS_ROTARY_H

#include "norm.h"

INLINE vec swap_halves(vec v) {
#if VW == 16
  const veci order = {8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7};
#elif VW == 8
  const veci order = {4, 5, 6, 7, 0, 1, 2, 3};
#else
  const veci order = {2, 3, 0, 1};
#endif
#ifdef __clang__
  (void)order;
  vec swapped;
  UNROLL for (int i = 0; i < VW; i++) swapped[i] = v[(i + VW / 2) % VW];
  return swapped;
#else
  return __builtin_shuffle(v, order);
#endif
}

/* x = scale * x turned by `direction` (1, or -1 for back, which is also the gradient), in place. */
INLINE void rotate(float *x, const float *turn, int padded, int head_dim, float direction, float scale) {
  const int half = head_dim / 2;
  const float *cosines = turn, *sines = turn + padded;
  if (half % VW == 0) {
    for (int i = 0; i < half; i += VW) {
      const vec a = load(x + i) * splat(scale), b = load(x + half + i) * splat(scale);
      const vec c = load(cosines + i), s = load(sines + half + i) * splat(direction);
      store(x + i, a * c - b * s);
      store(x + half + i, madd(b, c, a * s));
    }
  } else if (head_dim == VW) {
    const vec v = load(x) * splat(scale);
    store(x, madd(v, load(cosines), swap_halves(v) * load(sines) * splat(direction)));
  } else {
    for (int i = 0; i < half; i++) {
      const float a = x[i] * scale, b = x[i + half] * scale, s = sines[i + half] * direction;
      x[i] = a * cosines[i] - b * s;
      x[i + half] = b * cosines[i] + a * s;
    }
  }
}

/* out = scale * rotary(norm(x)). */
INLINE void norm_rotate(const float *x, const float *gain, const float *turn, float scale, float *out, int padded,
                        int head_dim, float eps) {
  norm_row(x, gain, out, padded, head_dim, eps);
  rotate(out, turn, padded, head_dim, 1, scale);
}

/* From the gradient of norm_rotate's output (overwritten) to that of its input. */
INLINE void norm_rotate_backward(const float *x, const float *gain, const float *turn, float scale, float *dy,
                                 float *dx, float *d_gain, int padded, int head_dim, float eps) {
  rotate(dy, turn, padded, head_dim, -1, scale);
  norm_row_backward(x, gain, dy, dx, d_gain, padded, head_dim, eps, 0);
}

#endif

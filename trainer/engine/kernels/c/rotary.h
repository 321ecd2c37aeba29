/* Per-head RMSNorm and rotary position embedding (Su et al. 2021, rotate-half as in Qwen3), which always come
 * together: (a, b) -> (a cos - b sin, b cos + a sin) for the two halves of a head. */
#ifndef KERNELS_ROTARY_H
#define KERNELS_ROTARY_H

#include "norm.h"

/* Angles of one position: [head_dim / 2] each. `sign` -1 turns back, which is also the gradient. */
INLINE void rotate(float *x, const float *cosines, const float *sines, int half, float sign) {
  for (int i = 0; i < half; i++) {
    const float a = x[i], b = x[i + half], s = sign * sines[i];
    x[i] = a * cosines[i] - b * s;
    x[i + half] = b * cosines[i] + a * s;
  }
}

/* out = scale * rotary(norm(x)). */
static void norm_rotate(const float *x, const float *gain, const float *cosines, const float *sines, float scale,
                        float *out, int padded, int head_dim, float eps) {
  norm_row(x, gain, out, padded, head_dim, eps);
  rotate(out, cosines, sines, head_dim / 2, 1);
  if (scale != 1) {
    for (int i = 0; i < padded; i += VW) store(out + i, load(out + i) * splat(scale));
  }
}

/* From the gradient of norm_rotate's output (overwritten) to that of its input. */
static void norm_rotate_backward(const float *x, const float *gain, const float *cosines, const float *sines,
                                 float scale, float *dy, float *dx, float *d_gain, int padded, int head_dim,
                                 float eps) {
  rotate(dy, cosines, sines, head_dim / 2, -1);
  if (scale != 1) {
    for (int i = 0; i < padded; i += VW) store(dy + i, load(dy + i) * splat(scale));
  }
  norm_row_backward(x, gain, dy, dx, d_gain, padded, head_dim, eps, 0);
}

#endif

/* RMSNorm (Zhang & Sennrich 2019): y = x * g / sqrt(mean(x^2) + eps), over rows of the stream and over single heads.
 * `n` is the true width; rows are padded with zeros to `padded`. */
#ifndef KERNELS_NORM_H
#define KERNELS_NORM_H

#include "vec.h"

INLINE float inverse_rms(const float *x, int padded, int n, float eps) {
  vec even = splat(0), odd = splat(0);
  int i = 0;
  for (; i + 2 * VW <= padded; i += 2 * VW) {
    const vec a = load(x + i), b = load(x + i + VW);
    even = madd(a, a, even);
    odd = madd(b, b, odd);
  }
  for (; i < padded; i += VW) even = madd(load(x + i), load(x + i), even);
  return 1.0f / square_root(hsum(even + odd) / (float)n + eps);
}

INLINE void norm_row(const float *x, const float *gain, float *out, int padded, int n, float eps) {
  const vec scale = splat(inverse_rms(x, padded, n, eps));
  for (int i = 0; i < padded; i += VW) store(out + i, load(x + i) * scale * load(gain + i));
}

/* dx = [dx +] (g dy - xhat mean(g dy xhat)) / rms with xhat = x / rms; d_gain += dy xhat. */
INLINE void norm_row_backward(const float *x, const float *gain, const float *dy, float *dx, float *d_gain, int padded,
                              int n, float eps, int add) {
  const float scale = inverse_rms(x, padded, n, eps);
  vec dots = splat(0);
  for (int i = 0; i < padded; i += VW) dots = madd(load(gain + i) * load(dy + i), load(x + i), dots);
  const float pull = hsum(dots) * scale * scale * scale / (float)n;
  for (int i = 0; i < padded; i += VW) {
    const vec x_i = load(x + i), dy_i = load(dy + i);
    const vec d = dy_i * load(gain + i) * splat(scale) - x_i * splat(pull);
    store(dx + i, add ? load(dx + i) + d : d);
    store(d_gain + i, madd(dy_i * x_i, splat(scale), load(d_gain + i)));
  }
}

#endif

/* Matrix products, all through one register-blocked tile of at most MR rows by 2 vectors of columns.
 *
 * Each output element is one chain of fused multiply-adds over k in ascending order, whatever the tile it falls in:
 * a row's result does not depend on how many rows or threads share the work.
 *
 * Weights are read from panels: [columns / VW][k][VW], so that the inner loop streams (`pack_transposed`). */
#ifndef KERNELS_MATMUL_H
#define KERNELS_MATMUL_H

#include "vec.h"

typedef enum { STORE, ADD } Mode;

/* C[rows x 2 vectors] (=|+=) A[rows x k] B. A's element (i, p) is a[i * row_step + p * k_step], one of the steps being
 * 1; B's row p starts at left + p * b_step and right + p * b_step. Inlined with `rows` and `vectors` constant. */
INLINE void tile_sums(const int rows, const int vectors, int k, const float *a, ptrdiff_t row_step, ptrdiff_t k_step,
                      const float *left, const float *right, ptrdiff_t b_step, vec sums[MR][2]) {
  UNROLL for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = splat(0);
  for (int p = 0; p < k; p++) {
    const vec b0 = load(left), b1 = vectors == 2 ? load(right) : b0;
    UNROLL for (int i = 0; i < rows; i++) {
      const vec x = splat(a[i * row_step]);
      sums[i][0] = madd(x, b0, sums[i][0]);
      if (vectors == 2) sums[i][1] = madd(x, b1, sums[i][1]);
    }
    a += k_step;
    left += b_step;
    right += b_step;
  }
}

INLINE void tile(const int rows, const int vectors, int k, const float *a, ptrdiff_t row_step, ptrdiff_t k_step,
                 const float *left, const float *right, ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
  vec sums[MR][2];
  tile_sums(rows, vectors, k, a, row_step, k_step, left, right, b_step, sums);
  UNROLL for (int i = 0; i < rows; i++) {
    float *at = c + i * c_step;
    UNROLL for (int j = 0; j < vectors; j++) {
      store(at + j * VW, mode == ADD ? load(at + j * VW) + sums[i][j] : sums[i][j]);
    }
  }
}

/* h = silu(gate) * up for a tile whose left vector is the gate and whose right one is the up projection; keeps both
 * before the nonlinearity where `gate_up` is given (the up half starts `f` after the gate half). */
INLINE void tile_swiglu(const int rows, int k, const float *a, ptrdiff_t a_step, const float *gate, const float *up,
                        float *gate_up, int f, float *h, ptrdiff_t h_step) {
  vec sums[MR][2];
  tile_sums(rows, 2, k, a, a_step, 1, gate, up, VW, sums);
  UNROLL for (int i = 0; i < rows; i++) {
    if (gate_up) {
      store(gate_up + i * 2 * (ptrdiff_t)f, sums[i][0]);
      store(gate_up + i * 2 * (ptrdiff_t)f + f, sums[i][1]);
    }
    store(h + i * h_step, sums[i][0] * vsigmoid(sums[i][0]) * sums[i][1]);
  }
}

/* One call per tile height, so that the compiler keeps every accumulator in a register. */
#if MR == 12
#define EACH_HEIGHT(CASE) \
  CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#else
#define EACH_HEIGHT(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#endif

/* A's rows contiguous in k (row-major): the usual product. */
static void tile_rows(int rows, int vectors, int k, const float *a, ptrdiff_t a_step, const float *left,
                      const float *right, ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
#define CASE(n)                                                                                   \
  case n:                                                                                         \
    if (vectors == 2) tile(n, 2, k, a, a_step, 1, left, right, b_step, c, c_step, mode);          \
    else tile(n, 1, k, a, a_step, 1, left, right, b_step, c, c_step, mode);                       \
    break;
  switch (rows) { EACH_HEIGHT(CASE) }
#undef CASE
}

/* A's columns contiguous: the product with A transposed, for gradients of weights, keys and values. */
static void tile_columns(int rows, int vectors, int k, const float *a, ptrdiff_t a_step, const float *left,
                         const float *right, ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
#define CASE(n)                                                                                   \
  case n:                                                                                         \
    if (vectors == 2) tile(n, 2, k, a, 1, a_step, left, right, b_step, c, c_step, mode);          \
    else tile(n, 1, k, a, 1, a_step, left, right, b_step, c, c_step, mode);                       \
    break;
  switch (rows) { EACH_HEIGHT(CASE) }
#undef CASE
}

static void tile_swiglu_rows(int rows, int k, const float *a, ptrdiff_t a_step, const float *gate, const float *up,
                             float *gate_up, int f, float *h, ptrdiff_t h_step) {
#define CASE(n) \
  case n: tile_swiglu(n, k, a, a_step, gate, up, gate_up, f, h, h_step); break;
  switch (rows) { EACH_HEIGHT(CASE) }
#undef CASE
}

/* C[rows x n] (=|+=) A[rows x k] B, B in panels; n a multiple of VW. */
static void matmul_panels(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *panels, float *c,
                          ptrdiff_t c_step, Mode mode) {
  for (int j = 0; j < n; j += 2 * VW) {
    const float *left = panels + (ptrdiff_t)j * k;
    const int vectors = j + VW < n ? 2 : 1;
    for (int i = 0; i < rows; i += MR) {
      tile_rows(minimum(MR, rows - i), vectors, k, a + i * a_step, a_step, left, left + (ptrdiff_t)VW * k, VW,
                c + i * c_step + j, c_step, mode);
    }
  }
}

/* h[rows x f] = silu(A G) * (A U), G and U in panels one after the other; gate_up [rows x 2f] or null. */
static void matmul_swiglu(int rows, int f, int k, const float *a, ptrdiff_t a_step, const float *panels,
                          float *gate_up, float *h, ptrdiff_t h_step) {
  const float *up = panels + (ptrdiff_t)f * k;
  for (int j = 0; j < f; j += VW) {
    for (int i = 0; i < rows; i += MR) {
      tile_swiglu_rows(minimum(MR, rows - i), k, a + i * a_step, a_step, panels + (ptrdiff_t)j * k,
                       up + (ptrdiff_t)j * k, gate_up ? gate_up + i * 2 * (ptrdiff_t)f + j : 0, f,
                       h + i * h_step + j, h_step);
    }
  }
}

/* C[rows x n] (=|+=) A[rows x k] B, B row-major and read in place: for operands used once or small (attention). */
static void matmul_plain(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                         float *c, ptrdiff_t c_step, Mode mode) {
  for (int j = 0; j < n; j += 2 * VW) {
    for (int i = 0; i < rows; i += MR) {
      tile_rows(minimum(MR, rows - i), j + VW < n ? 2 : 1, k, a + i * a_step, a_step, b + j, b + j + VW, b_step,
                c + i * c_step + j, c_step, mode);
    }
  }
}

/* C[rows x n] (=|+=) transpose(A[k x rows]) B[k x n], both row-major and read in place. */
static void matmul_transposed(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b,
                              ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
  for (int j = 0; j < n; j += 2 * VW) {
    for (int i = 0; i < rows; i += MR) {
      tile_columns(minimum(MR, rows - i), j + VW < n ? 2 : 1, k, a + i, a_step, b + j, b + j + VW, b_step,
                   c + i * c_step + j, c_step, mode);
    }
  }
}

#define K_BLOCK 256 /* rows of a strided operand brought into the first-level cache at a time */

/* Copies a strip of at most 2 vectors of columns of B[k x n] into panels. */
INLINE void copy_strip(int k, int vectors, const float *b, ptrdiff_t b_step, float *strip) {
  for (int p = 0; p < k; p++) {
    store(strip + p * VW, load(b + p * b_step));
    if (vectors == 2) store(strip + (k + p) * VW, load(b + p * b_step + VW));
  }
}

/* C[rows x n] (=|+=) A[rows x k] B with B[k x n] a weight matrix as it is stored ([out, in]): gradients of
 * inputs from gradients of outputs. `strip` holds 2 * VW * K_BLOCK floats. */
static void matmul_rows(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                        float *c, ptrdiff_t c_step, Mode mode, float *strip) {
  for (int j = 0; j < n; j += 2 * VW) {
    const int vectors = j + VW < n ? 2 : 1;
    for (int p = 0; p < k; p += K_BLOCK) {
      const int depth = minimum(K_BLOCK, k - p);
      copy_strip(depth, vectors, b + p * b_step + j, b_step, strip);
      for (int i = 0; i < rows; i += MR) {
        tile_rows(minimum(MR, rows - i), vectors, depth, a + i * a_step + p, a_step, strip, strip + depth * VW, VW,
                  c + i * c_step + j, c_step, p == 0 ? mode : ADD);
      }
    }
  }
}

/* G[rows x n] += transpose(A[k x rows]) B[k x n]: the gradient of a weight matrix from its outputs' gradients A and
 * its inputs B. k counts tokens and is never split between threads. `strip` holds 2 * VW * K_BLOCK floats. */
static void matmul_gradient(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                            float *g, ptrdiff_t g_step, float *strip) {
  for (int p = 0; p < k; p += K_BLOCK) {
    const int depth = minimum(K_BLOCK, k - p);
    for (int j = 0; j < n; j += 2 * VW) {
      const int vectors = j + VW < n ? 2 : 1;
      copy_strip(depth, vectors, b + p * b_step + j, b_step, strip);
      for (int i = 0; i < rows; i += MR) {
        tile_columns(minimum(MR, rows - i), vectors, depth, a + p * a_step + i, a_step, strip, strip + depth * VW, VW,
                     g + i * g_step + j, g_step, ADD);
      }
    }
  }
}

/* Panels of transpose(W) for W[n x k] row-major: panels[j / VW][p][j % VW] = W[j][p], for rows `from` to `to`. */
static void pack_transposed(int from, int to, int k, const float *w, ptrdiff_t w_step, float *panels) {
  for (int j = from; j < to; j += VW) {
    float *panel = panels + (ptrdiff_t)j * k;
    for (int p = 0; p < k; p++) {
      for (int lane = 0; lane < VW; lane++) panel[p * VW + lane] = w[(j + lane) * w_step + p];
    }
  }
}

#endif

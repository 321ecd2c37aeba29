/* Matrix products, all through one register-blocked tile of at most MR rows by 2 vectors of columns.
 *
 * Each output element is one chain of fused multiply-adds over k in ascending order, whatever the tile it falls in:
 * a row's result does not depend on how many rows or threads share the work.
 *
 * Weights are read from panels, strips of STRIP columns: [columns / STRIP][k][STRIP], so that the inner loop streams
 * through memory with one pointer. A last strip of a single vector is stored as [k][VW]. */
#ifndef KERNELS_MATMUL_H
#define KERNELS_MATMUL_H

#include "vec.h"

#define STRIP (2 * VW)

/* How many rows of A share a pointer in the inner loop. Natively twelve pointers would not fit into the registers for
 * addresses, and the compiler must be kept from spending one register per row all the same; WASM has no addressing
 * with an index, so there every row gets its own. */
#ifdef __wasm__
#define ROWS_PER_POINTER 1
#define KEEP_POINTER(p) (void)0
#else
#define ROWS_PER_POINTER 3
#define KEEP_POINTER(p) __asm__("" : "+r"(p))
#endif
#define POINTERS(rows) (((rows) + ROWS_PER_POINTER - 1) / ROWS_PER_POINTER)

/* Asks for memory that is about to be needed to come into the second-level cache. The hardware does so by itself only
 * inside a page, and WASM has no way to ask. */
INLINE void prefetch_floats(const float *from, ptrdiff_t count) {
#ifndef __wasm__
  for (ptrdiff_t i = 0; i < count; i += 16) __builtin_prefetch(from + i, 0, 2);
#else
  (void)from, (void)count;
#endif
}

/* How many floats ahead of use a tile asks for B: weights of a whole model come from the third-level cache at best. */
#define B_AHEAD 1536

typedef enum { STORE, ADD } Mode;

/* C[rows x 2 vectors] (=|+=) A[rows x k] B. A's element (i, p) is a[i * row_step + p * k_step], one of the steps being
 * 1; B's row p is the one or two vectors at b + p * b_step. Inlined with `rows` and `vectors` constant. */
INLINE void tile_sums(const int rows, const int vectors, int k, const float *a, ptrdiff_t row_step, ptrdiff_t k_step,
                      const float *b, ptrdiff_t b_step, vec sums[MR][2]) {
  UNROLL for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = splat(0);
  const float *at[POINTERS(MR)];
  UNROLL for (int g = 0; g < POINTERS(rows); g++) at[g] = a + ROWS_PER_POINTER * g * row_step;
  for (int p = 0; p < k; p++) {
    const vec b0 = load(b), b1 = vectors == 2 ? load(b + VW) : b0;
    prefetch_floats(b + B_AHEAD, vectors * VW);
    UNROLL for (int i = 0; i < rows; i++) {
      const vec x = splat(at[i / ROWS_PER_POINTER][i % ROWS_PER_POINTER * row_step]);
      sums[i][0] = madd(x, b0, sums[i][0]);
      if (vectors == 2) sums[i][1] = madd(x, b1, sums[i][1]);
    }
    UNROLL for (int g = 0; g < POINTERS(rows); g++) {
      at[g] += k_step;
      KEEP_POINTER(at[g]);
    }
    b += b_step;
  }
}

INLINE void tile(const int rows, const int vectors, int k, const float *a, ptrdiff_t row_step, ptrdiff_t k_step,
                 const float *b, ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
  vec sums[MR][2];
  tile_sums(rows, vectors, k, a, row_step, k_step, b, b_step, sums);
  UNROLL for (int i = 0; i < rows; i++) {
    float *at = c + i * c_step;
    UNROLL for (int j = 0; j < vectors; j++) {
      store(at + j * VW, mode == ADD ? load(at + j * VW) + sums[i][j] : sums[i][j]);
    }
  }
}

/* h = silu(gate) * up for a tile whose left vector is the gate and whose right one is the up projection; keeps both
 * before the nonlinearity where `gate_up` is given (the up half starts `f` after the gate half). */
INLINE void tile_swiglu(const int rows, int k, const float *a, ptrdiff_t a_step, const float *strip, float *gate_up,
                        int f, float *h, ptrdiff_t h_step) {
  vec sums[MR][2];
  tile_sums(rows, 2, k, a, a_step, 1, strip, STRIP, sums);
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
static void tile_rows(int rows, int vectors, int k, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                      float *c, ptrdiff_t c_step, Mode mode) {
#define CASE(n)                                                                  \
  case n:                                                                        \
    if (vectors == 2) tile(n, 2, k, a, a_step, 1, b, b_step, c, c_step, mode);   \
    else tile(n, 1, k, a, a_step, 1, b, b_step, c, c_step, mode);                \
    break;
  switch (rows) { EACH_HEIGHT(CASE) }
#undef CASE
}

/* A's columns contiguous: the product with A transposed, for gradients of weights, keys and values. */
static void tile_columns(int rows, int vectors, int k, const float *a, ptrdiff_t a_step, const float *b,
                         ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
#define CASE(n)                                                                  \
  case n:                                                                        \
    if (vectors == 2) tile(n, 2, k, a, 1, a_step, b, b_step, c, c_step, mode);   \
    else tile(n, 1, k, a, 1, a_step, b, b_step, c, c_step, mode);                \
    break;
  switch (rows) { EACH_HEIGHT(CASE) }
#undef CASE
}

static void tile_swiglu_rows(int rows, int k, const float *a, ptrdiff_t a_step, const float *strip, float *gate_up,
                             int f, float *h, ptrdiff_t h_step) {
#define CASE(n) \
  case n: tile_swiglu(n, k, a, a_step, strip, gate_up, f, h, h_step); break;
  switch (rows) { EACH_HEIGHT(CASE) }
#undef CASE
}

/* Rows of the next tile when `rows` are left, shared out evenly: 32 are 6 + 6 + 5 + 5 + 5 + 5 rather than 5 x 6 + 2,
 * because low tiles wait for their own additions. */
INLINE int next_height(int rows) { return parts_of(rows, parts_of(rows, MR)); }

/* C[rows x n] (=|+=) A[rows x k] B, B in panels; n a multiple of VW. `last_step` is the width of a last strip that has
 * only one vector of columns in use. */
static void matmul_strips(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *panels, int last_step,
                          float *c, ptrdiff_t c_step, Mode mode) {
  for (int j = 0; j < n; j += STRIP) {
    const int vectors = j + VW < n ? 2 : 1;
    const float *strip = panels + (ptrdiff_t)j * k;
    for (int i = 0, height; i < rows; i += height) {
      height = next_height(rows - i);
      tile_rows(height, vectors, k, a + i * a_step, a_step, strip, vectors == 2 ? STRIP : last_step,
                c + i * c_step + j, c_step, mode);
    }
  }
}

/* C[rows x n] (=|+=) A[rows x k] B with B a weight matrix in panels. */
static void matmul_panels(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *panels, float *c,
                          ptrdiff_t c_step, Mode mode) {
  matmul_strips(rows, n, k, a, a_step, panels, VW, c, c_step, mode);
}

/* h[rows x f] = silu(A G) * (A U), each strip of the panels a vector of G's columns beside the same ones of U's;
 * gate_up [rows x 2f] or null. */
static void matmul_swiglu(int rows, int f, int k, const float *a, ptrdiff_t a_step, const float *panels,
                          float *gate_up, float *h, ptrdiff_t h_step) {
  for (int j = 0; j < f; j += VW) {
    const float *strip = panels + 2 * (ptrdiff_t)j * k;
    for (int i = 0, height; i < rows; i += height) {
      height = next_height(rows - i);
      tile_swiglu_rows(height, k, a + i * a_step, a_step, strip,
                       gate_up ? gate_up + i * 2 * (ptrdiff_t)f + j : 0, f, h + i * h_step + j, h_step);
    }
  }
}

/* C[rows x n] (=|+=) A[rows x k] B, B row-major and read in place: for operands used once or small (attention). */
static void matmul_plain(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                         float *c, ptrdiff_t c_step, Mode mode) {
  for (int j = 0; j < n; j += STRIP) {
    for (int i = 0, height; i < rows; i += height) {
      height = next_height(rows - i);
      tile_rows(height, j + VW < n ? 2 : 1, k, a + i * a_step, a_step, b + j, b_step,
                c + i * c_step + j, c_step, mode);
    }
  }
}

/* C[rows x n] (=|+=) transpose(A[k x rows]) B[k x n], both row-major and read in place. */
static void matmul_transposed(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b,
                              ptrdiff_t b_step, float *c, ptrdiff_t c_step, Mode mode) {
  for (int j = 0; j < n; j += STRIP) {
    for (int i = 0, height; i < rows; i += height) {
      height = next_height(rows - i);
      tile_columns(height, j + VW < n ? 2 : 1, k, a + i, a_step, b + j, b_step, c + i * c_step + j,
                   c_step, mode);
    }
  }
}

#define K_BLOCK 256 /* rows of a strided operand brought into the first-level cache at a time */

/* Copies one or two vectors of columns of B[k x n] into a strip. */
INLINE void copy_strip(int k, int vectors, const float *b, ptrdiff_t b_step, float *strip) {
  for (int p = 0; p < k; p++) {
    store(strip + p * vectors * VW, load(b + p * b_step));
    if (vectors == 2) store(strip + p * STRIP + VW, load(b + p * b_step + VW));
  }
}

/* Copies `rows` columns of A[k x ...] into tiles of MR: [rows / MR][k][MR]. */
static void copy_tiles(int rows, int k, const float *a, ptrdiff_t a_step, float *tiles) {
  for (int i = 0; i < rows; i += MR) {
    const int width = minimum(MR, rows - i);
    for (int p = 0; p < k; p++, tiles += width) {
      const float *from = a + p * a_step + i;
      if (width == MR) __builtin_memcpy(tiles, from, MR * sizeof(float));
      else for (int r = 0; r < width; r++) tiles[r] = from[r];
    }
  }
}

/* Floats of scratch that matmul_gradient needs for `rows` rows. */
#define GRADIENT_SCRATCH(rows) (((rows) + STRIP) * K_BLOCK)

/* G[rows x n] += transpose(A[k x rows]) B[k x n]: the gradient of a weight matrix from its outputs' gradients A and
 * its inputs B. k counts tokens and is never split between threads. Both operands are strided, and by powers of two
 * that the first-level cache cannot hold many lines of, so blocks of K_BLOCK tokens are copied together first. */
static void matmul_gradient(int rows, int n, int k, const float *a, ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                            float *g, ptrdiff_t g_step, float *scratch) {
  const int share = parts_of(K_BLOCK, parts_of(rows, MR) * parts_of(n, STRIP));
  float *strip = scratch, *tiles = scratch + STRIP * K_BLOCK;
  for (int p = 0; p < k; p += K_BLOCK) {
    const int depth = minimum(K_BLOCK, k - p);
    int coming = p + depth;
    const int last = minimum(coming + K_BLOCK, k);
    copy_tiles(rows, depth, a + p * a_step, a_step, tiles);
    for (int j = 0; j < n; j += STRIP) {
      const int vectors = j + VW < n ? 2 : 1;
      copy_strip(depth, vectors, b + p * b_step + j, b_step, strip);
      for (int i = 0; i < rows; i += MR) {
        const int width = minimum(MR, rows - i);
        for (const int end = minimum(coming + share, last); coming < end; coming++) {
          prefetch_floats(a + coming * a_step, rows);
          prefetch_floats(b + coming * b_step, n);
        }
        tile_columns(width, vectors, depth, tiles + (ptrdiff_t)i * depth, width, strip, vectors * VW, g + i * g_step + j,
                     g_step, ADD);
      }
    }
  }
}

/* ---- panels of weights ---- */

/* Strips `from` to `to` (in columns, multiples of STRIP but for the end) of the panels of transpose(W[n x k]): the
 * product of inputs with a projection. */
static void pack_transposed(int from, int to, int k, const float *w, float *panels) {
  for (int j = from; j < to; j += STRIP) {
    const int width = minimum(STRIP, to - j);
    float *strip = panels + (ptrdiff_t)j * k;
    for (int lane = 0; lane < width; lane++) {
      for (int p = 0; p < k; p++) strip[p * width + lane] = w[(ptrdiff_t)(j + lane) * k + p];
    }
  }
}

/* The same for gate and up projections W[2 f x k], a vector of each side by side; columns `from` to `to` of each. */
static void pack_gate_up(int from, int to, int f, int k, const float *w, float *panels) {
  for (int j = from; j < to; j += VW) {
    float *strip = panels + 2 * (ptrdiff_t)j * k;
    for (int lane = 0; lane < STRIP; lane++) {
      const float *row = w + (ptrdiff_t)(lane < VW ? j + lane : f + j + lane - VW) * k;
      for (int p = 0; p < k; p++) strip[p * STRIP + lane] = row[p];
    }
  }
}

/* The panels of W[k x n] itself: the product of gradients of a projection's outputs with it. */
static void pack_rows(int from, int to, int k, int n, const float *w, float *panels) {
  for (int j = from; j < to; j += STRIP) {
    copy_strip(k, j + VW < to ? 2 : 1, w + j, n, panels + (ptrdiff_t)j * k);
  }
}

#endif

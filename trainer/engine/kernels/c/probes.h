/* Single kernels on plain arrays, for tests of each against a slow reference and for measuring. The engine does not
 * call these. */
#ifndef KERNELS_PROBES_H
#define KERNELS_PROBES_H

#include "backward.h"
#include "sampler.h"

/* By these numbers in PROBE of test/engine/kernels/libraries.ts and SPEED of bench/matmul.ts. */
typedef enum {
  PROBE_PANELS,
  PROBE_ROWS,
  PROBE_SWIGLU,
  PROBE_PLAIN,
  PROBE_TRANSPOSED,
  PROBE_GRADIENT,
  PROBE_NORM,
  PROBE_NORM_BACKWARD,
  PROBE_TURN,
  PROBE_TURN_BACKWARD,
  PROBE_EXP,
  PROBE_SIGMOID,
  PROBE_LOGARITHM,
  PROBE_STATISTICS,
  PROBE_CUT,
  PROBE_DRAW,
  PROBE_SPEED,
  PROBE_SWIGLU_BACKWARD,
} Probe;

/* Dimensions n[0 ... 3] and arrays a, b, c as each case says. Returns a token where one is drawn, else 1; 0 when there
 * is no memory left. */
static int run_probe(Probe probe, const int32_t *n, float *a, float *b, float *c) {
  const int rows = n[0], columns = n[1], k = n[2];
  const Mode mode = (Mode)n[3];
  const size_t floats = (size_t)(maximum(rows, columns) + STRIP) * (k + STRIP) * 2 + GRADIENT_SCRATCH(rows) + 3 * columns;
  float *scratch = allocate(floats * sizeof(float));
  if (!scratch) return 0;
  int result = 1;
  switch (probe) {
    case PROBE_PANELS: /* c[rows, columns] (+)= a[rows, k] transpose(b[columns, k]) */
      pack_transposed(0, columns, k, b, scratch);
      matmul_panels(rows, columns, k, a, k, scratch, c, columns, mode);
      break;
    case PROBE_SPEED: /* c[rows, columns] = a[rows, k] transpose(b[columns, k]), n[3] times */
      pack_transposed(0, columns, k, b, scratch);
      for (int i = 0; i < n[3]; i++) matmul_panels(rows, columns, k, a, k, scratch, c, columns, STORE);
      break;
    case PROBE_ROWS: /* c[rows, columns] (+)= a[rows, k] b[k, columns] */
      pack_rows(0, columns, k, columns, b, scratch);
      matmul_panels(rows, columns, k, a, k, scratch, c, columns, mode);
      break;
    case PROBE_SWIGLU: /* b[2 columns, k]; c: gate and up [rows, 2 columns], then h [rows, columns] */
      pack_gate_up(0, columns, columns, k, b, scratch);
      matmul_swiglu(rows, columns, k, a, k, scratch, c, c + (ptrdiff_t)rows * 2 * columns, columns);
      break;
    case PROBE_SWIGLU_BACKWARD: /* a: dh [rows, columns]; c: gate and up [rows, 2 columns] to their gradients, then h */
      for (int i = 0; i < rows; i++) {
        swiglu_backward(c + (ptrdiff_t)i * 2 * columns, a + (ptrdiff_t)i * columns,
                        c + (ptrdiff_t)(2 * rows + i) * columns, columns);
      }
      break;
    case PROBE_PLAIN: /* c[rows, columns] (+)= a[rows, k] b[k, columns] */
      matmul_plain(rows, columns, k, a, k, b, columns, c, columns, mode);
      break;
    case PROBE_TRANSPOSED: /* c[rows, columns] (+)= transpose(a[k, rows]) b[k, columns] */
      matmul_transposed(rows, columns, k, a, rows, b, columns, c, columns, mode);
      break;
    case PROBE_GRADIENT: /* c[rows, columns] += transpose(a[k, rows]) b[k, columns] */
      matmul_gradient(rows, columns, k, a, rows, b, columns, c, columns, scratch);
      break;
    case PROBE_NORM: /* c = norm of a[rows, columns] with gain b; k true values in a row */
      for (int i = 0; i < rows; i++) {
        norm_row(a + (ptrdiff_t)i * columns, b, c + (ptrdiff_t)i * columns, columns, k, 1e-6f);
      }
      break;
    case PROBE_NORM_BACKWARD: /* a: x, then dy; c: dx, then the gain's gradient [columns] (added) */
      for (int i = 0; i < rows; i++) {
        norm_row_backward(a + (ptrdiff_t)i * columns, b, a + (ptrdiff_t)(rows + i) * columns, c + (ptrdiff_t)i * columns,
                          c + (ptrdiff_t)rows * columns, columns, k, 1e-6f, mode == ADD);
      }
      break;
    case PROBE_TURN: /* c = heads a[rows, columns] normed with gain b and turned; b: gain, then turns [rows, 2 columns] */
      for (int i = 0; i < rows; i++) {
        norm_rotate(a + (ptrdiff_t)i * columns, b, b + columns + (ptrdiff_t)i * 2 * columns, 0.5f,
                    c + (ptrdiff_t)i * columns, columns, k, 1e-6f);
      }
      break;
    case PROBE_TURN_BACKWARD: /* a: x, then dy (overwritten); c: dx, then the gain's gradient (added) */
      for (int i = 0; i < rows; i++) {
        norm_rotate_backward(a + (ptrdiff_t)i * columns, b, b + columns + (ptrdiff_t)i * 2 * columns, 0.5f,
                             a + (ptrdiff_t)(rows + i) * columns, c + (ptrdiff_t)i * columns,
                             c + (ptrdiff_t)rows * columns, columns, k, 1e-6f);
      }
      break;
    case PROBE_EXP: /* c[columns], a multiple of PAD */
      for (int i = 0; i < columns; i += VW) store(c + i, vexp(load(a + i)));
      break;
    case PROBE_SIGMOID:
      for (int i = 0; i < columns; i += VW) store(c + i, vsigmoid(load(a + i)));
      break;
    case PROBE_LOGARITHM:
      for (int i = 0; i < columns; i++) c[i] = (float)logarithm(a[i]);
      break;
    case PROBE_STATISTICS: { /* logits a[columns], k of them true; b[0]: 1 / temperature; c: lse, entropy, weights */
      const RowStatistics row = row_statistics(a, k, columns, b[0], n + 4, rows, c + 2);
      c[0] = row.lse;
      c[1] = row.entropy;
      break;
    }
    case PROBE_CUT: /* weights a[columns] in place; k: top-k; b: top-p, min-p as doubles */
      cut_weights(a, columns, (Cuts){k, ((const double *)b)[0], ((const double *)b)[1]}, (uint64_t *)scratch);
      break;
    case PROBE_DRAW: /* weights a[columns]; b: the uniform as a double */
      result = draw_token(a, columns, *(const double *)b);
      break;
  }
  release(scratch);
  return result;
}

#endif

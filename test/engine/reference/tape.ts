/**
 * Reverse-mode differentiation over float64 matrices, written for plainness: every operation is a loop with its
 * derivative beside it, checked against numeric differences in reference.test.ts. Nothing here is fast.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
  readonly gradient: Float64Array;
}

export interface Tape {
  readonly steps: (() => void)[];
}

export const createTape = (): Tape => ({ steps: [] });

export function backward(tape: Tape): void {
  for (const step of tape.steps.toReversed()) step();
}

export function matrix(
  rows: number,
  columns: number,
  data: Float64Array = new Float64Array(rows * columns),
): Matrix {
  return { rows, columns, data, gradient: new Float64Array(rows * columns) };
}

/** Rows of `table` by id. */
export function lookUp(tape: Tape, table: Matrix, ids: ArrayLike<number>): Matrix {
  const d = table.columns;
  const out = matrix(ids.length, d);
  for (let i = 0; i < ids.length; i++) {
    for (let j = 0; j < d; j++) out.data[i * d + j] = table.data[ids[i]! * d + j]!;
  }
  tape.steps.push(() => {
    for (let i = 0; i < ids.length; i++) {
      for (let j = 0; j < d; j++) table.gradient[ids[i]! * d + j]! += out.gradient[i * d + j]!;
    }
  });
  return out;
}

/** x [n, k] · wᵀ with w [m, k]. */
export function linear(tape: Tape, x: Matrix, w: Matrix): Matrix {
  const { rows: n, columns: k } = x;
  const m = w.rows;
  const out = matrix(n, m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += x.data[i * k + l]! * w.data[j * k + l]!;
      out.data[i * m + j] = sum;
    }
  }
  tape.steps.push(() => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const g = out.gradient[i * m + j]!;
        for (let l = 0; l < k; l++) {
          x.gradient[i * k + l]! += g * w.data[j * k + l]!;
          w.gradient[j * k + l]! += g * x.data[i * k + l]!;
        }
      }
    }
  });
  return out;
}

export function add(tape: Tape, a: Matrix, b: Matrix): Matrix {
  const out = matrix(
    a.rows,
    a.columns,
    a.data.map((value, i) => value + b.data[i]!),
  );
  tape.steps.push(() => {
    out.gradient.forEach((g, i) => {
      a.gradient[i]! += g;
      b.gradient[i]! += g;
    });
  });
  return out;
}

/** silu(gate) · up. */
export function swiglu(tape: Tape, gate: Matrix, up: Matrix): Matrix {
  const sigmoid = gate.data.map((g) => 1 / (1 + Math.exp(-g)));
  const out = matrix(
    gate.rows,
    gate.columns,
    gate.data.map((g, i) => g * sigmoid[i]! * up.data[i]!),
  );
  tape.steps.push(() => {
    out.gradient.forEach((d, i) => {
      const g = gate.data[i]!;
      const s = sigmoid[i]!;
      gate.gradient[i]! += d * up.data[i]! * (s + g * s * (1 - s));
      up.gradient[i]! += d * g * s;
    });
  });
  return out;
}

/** RMSNorm of every run of `gain.columns` values. */
export function rmsNorm(tape: Tape, x: Matrix, gain: Matrix, epsilon: number): Matrix {
  const d = gain.columns;
  const runs = x.data.length / d;
  const out = matrix(x.rows, x.columns);
  const scale = new Float64Array(runs);
  for (let r = 0; r < runs; r++) {
    let squares = 0;
    for (let j = 0; j < d; j++) squares += x.data[r * d + j]! ** 2;
    scale[r] = 1 / Math.sqrt(squares / d + epsilon);
    for (let j = 0; j < d; j++) out.data[r * d + j] = x.data[r * d + j]! * scale[r]! * gain.data[j]!;
  }
  tape.steps.push(() => {
    for (let r = 0; r < runs; r++) {
      const s = scale[r]!;
      let projection = 0;
      for (let j = 0; j < d; j++) {
        const at = r * d + j;
        projection += out.gradient[at]! * gain.data[j]! * x.data[at]!;
        gain.gradient[j]! += out.gradient[at]! * x.data[at]! * s;
      }
      for (let j = 0; j < d; j++) {
        const at = r * d + j;
        x.gradient[at]! += s * out.gradient[at]! * gain.data[j]! - (s ** 3 * projection * x.data[at]!) / d;
      }
    }
  });
  return out;
}

/** Rotary embedding (rotate-half) of every head of row i by angle i · theta^(−2j/d). */
export function rotate(tape: Tape, x: Matrix, headDim: number, theta: number): Matrix {
  const out = matrix(x.rows, x.columns);
  const half = headDim / 2;
  const turn = (from: Float64Array, to: Float64Array, direction: 1 | -1): void => {
    for (let row = 0; row < x.rows; row++) {
      for (let head = 0; head < x.columns; head += headDim) {
        for (let j = 0; j < half; j++) {
          const angle = direction * row * theta ** (-j / half);
          const a = row * x.columns + head + j;
          const b = a + half;
          to[a]! += from[a]! * Math.cos(angle) - from[b]! * Math.sin(angle);
          to[b]! += from[b]! * Math.cos(angle) + from[a]! * Math.sin(angle);
        }
      }
    }
  };
  turn(x.data, out.data, 1);
  tape.steps.push(() => turn(out.gradient, x.gradient, -1));
  return out;
}

/** Causal attention of one sequence; query head h sees key head ⌊h · kv / heads⌋. */
export function attention(
  tape: Tape,
  q: Matrix,
  k: Matrix,
  v: Matrix,
  heads: number,
  kvHeads: number,
): Matrix {
  const t = q.rows;
  const d = q.columns / heads;
  const out = matrix(t, q.columns);
  const shares = new Float64Array(heads * t * t);
  const keyHead = (head: number): number => Math.floor((head * kvHeads) / heads);
  for (let h = 0; h < heads; h++) {
    const kh = keyHead(h) * d;
    for (let i = 0; i < t; i++) {
      const scores: number[] = [];
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let l = 0; l < d; l++) {
          sum += q.data[i * q.columns + h * d + l]! * k.data[j * k.columns + kh + l]!;
        }
        scores.push(sum / Math.sqrt(d));
      }
      const most = Math.max(...scores);
      const total = scores.reduce((sum, s) => sum + Math.exp(s - most), 0);
      scores.forEach((s, j) => {
        const share = Math.exp(s - most) / total;
        shares[(h * t + i) * t + j] = share;
        for (let l = 0; l < d; l++) {
          out.data[i * q.columns + h * d + l]! += share * v.data[j * v.columns + kh + l]!;
        }
      });
    }
  }
  tape.steps.push(() => {
    for (let h = 0; h < heads; h++) {
      const kh = keyHead(h) * d;
      for (let i = 0; i < t; i++) {
        const dShare = new Float64Array(i + 1);
        let mean = 0;
        for (let j = 0; j <= i; j++) {
          const share = shares[(h * t + i) * t + j]!;
          for (let l = 0; l < d; l++) {
            const g = out.gradient[i * q.columns + h * d + l]!;
            dShare[j]! += g * v.data[j * v.columns + kh + l]!;
            v.gradient[j * v.columns + kh + l]! += share * g;
          }
          mean += share * dShare[j]!;
        }
        for (let j = 0; j <= i; j++) {
          const dScore = (shares[(h * t + i) * t + j]! * (dShare[j]! - mean)) / Math.sqrt(d);
          for (let l = 0; l < d; l++) {
            q.gradient[i * q.columns + h * d + l]! += dScore * k.data[j * k.columns + kh + l]!;
            k.gradient[j * k.columns + kh + l]! += dScore * q.data[i * q.columns + h * d + l]!;
          }
        }
      }
    }
  });
  return out;
}

/** In-place writes in WGSL: AdamW and rows of a table. */
import type { Kernel } from './dispatch.ts';

export const ADAMW: Kernel = {
  name: 'adamw',
  workgroupSize: 64,
  writes: ['weight', 'first', 'second'],
  reads: { gradient: 'f32', clip: 'f32' },
  params: {
    size: 'u32',
    rate: 'f32',
    beta1: 'f32',
    beta2: 'f32',
    epsilon: 'f32',
    kept: 'f32',
    correction1: 'f32',
    correction2: 'f32',
  },
  body: `
  let i = group * SIZE + thread;
  if (i >= p.size) { return; }
  let g = gradient[i] * clip[0];
  let m = p.beta1 * first[i] + (1.0 - p.beta1) * g;
  let s = p.beta2 * second[i] + (1.0 - p.beta2) * g * g;
  first[i] = m;
  second[i] = s;
  let change = (m / p.correction1) / (sqrt(s / p.correction2) + p.epsilon);
  weight[i] = weight[i] * p.kept - p.rate * change;`,
};

export const WRITE_ROWS: Kernel = {
  name: 'writeRows',
  workgroupSize: 64,
  writes: ['table'],
  reads: { indices: 'i32', rows: 'f32' },
  params: { size: 'u32', width: 'u32' },
  body: `
  let i = group * SIZE + thread;
  if (i >= p.size) { return; }
  table[u32(indices[i / p.width]) * p.width + i % p.width] = rows[i];`,
};

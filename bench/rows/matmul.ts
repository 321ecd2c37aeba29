/** Matrix products alone, on one thread: a square of a big batch, a wide one, and decoding's skinny one. */
import { openLibrary, type Product, productRate } from '../matmul.ts';
import { python } from '../peer.ts';
import type { Entrant, Row } from '../row.ts';

const PRODUCTS: readonly Product[] = [
  { rows: 516, k: 256, columns: 256 },
  { rows: 1026, k: 512, columns: 2048 },
  { rows: 64, k: 256, columns: 768 },
];

const ours = (build: 'native' | 'WASM', product: Product): Entrant => ({
  name: build,
  async open() {
    const library = await openLibrary(build, 1);
    productRate(library, product);
    return {
      repeat: async () => ({ value: productRate(library, product) / 1e9, peakBytes: null }),
      close: async () => library.close(),
    };
  },
});

export const rows: readonly Row[] = PRODUCTS.map((product): Row => {
  const { rows: m, k, columns: n } = product;
  return {
    name: `matmul [${m},${k}]×[${k},${n}]`,
    unit: 'GFLOP/s',
    better: 'higher',
    repeats: 7,
    ours: [ours('native', product), ours('WASM', product)],
    peers: [python('PyTorch', 'torch_matmul.py', { prompts: m, hidden: k, intermediate: n, threads: 1 })],
    lines: [
      { ours: 'native', peer: 'PyTorch', target: null },
      { ours: 'WASM', peer: 'PyTorch', target: null },
    ],
    limit: null,
  };
});

/** What a TensorFlow.js backend brings to the engine. */
import type { Ops } from './ops.ts';

export interface Backend {
  /** The name it is registered under with TensorFlow.js. */
  readonly key: string;
  /** One line for people: device, instruction set, threads. */
  readonly description: string;
  readonly ops: Ops;
  /** Keys and values that may exist at once while sampling. */
  readonly cacheBytes: number;
  /** After each call: throws what the device reported meanwhile, and gives back memory kept for nothing. */
  settle?(): void;
  dispose(): void;
}

/** What a TensorFlow.js backend brings to the engine. */
import type { Ops } from './ops.ts';

export interface Backend {
  /** The name it is registered under with TensorFlow.js. */
  readonly key: string;
  /** One line for people: device, instruction set, threads. */
  readonly description: string;
  readonly ops: Ops;
  /** Gives pooled memory back that outweighs what is in use; called after each call of a policy. */
  trim?(): void;
  dispose(): void;
}

/** What native TensorFlow does better than TensorFlow.js's own compositions: operations by name, and in place. */
import * as tf from '@tensorflow/tfjs-core';
import { composeOps } from '../composed-ops.ts';
import type { Ops } from '../ops.ts';

/** The parts of tfjs-node's backend that run a TensorFlow operation by name. */
interface NodeBackend {
  readonly binding: {
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
  };
  executeSingleOutput(name: string, attributes: readonly object[], inputs: readonly tf.Tensor[]): tf.Tensor;
}

export function tensorflowOps(): Ops {
  const backend = tf.backend() as unknown as NodeBackend;
  const { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const float = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const reduction = [
    { name: 'keep_dims', type: TF_ATTR_BOOL, value: true },
    float,
    { name: 'Tidx', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  const lastAxis = tf.keep(tf.scalar(-1, 'int32'));
  // tf.mean casts and reshapes around the same operation, at four times its cost.
  const meanSquare = (x: tf.Tensor): tf.Tensor =>
    backend.executeSingleOutput('Mean', reduction, [tf.square(x), lastAxis]);
  return {
    ...composeOps(meanSquare),

    /** InplaceUpdate writes through to the buffer of `table`, whatever other tensors show it. */
    writeRows(table, indices, rows) {
      backend.executeSingleOutput('InplaceUpdate', [float], [table, indices, rows]);
      return table;
    },
  };
}

/**
 * Op code asks here, never which backend runs: a function below runs the kernel registered for the current backend, or
 * returns undefined, and the caller composes plain ops.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  type AlignToBucketsAttributes,
  type AlignToBucketsInputs,
  type BucketSortAttributes,
  type BucketSortInputs,
  type ChunkAttentionAttributes,
  type ChunkAttentionGradInputs,
  type ChunkAttentionInputs,
  type HashAttributes,
  type HashInputs,
  kernelNames,
  type NormalizeKeysGradInputs,
  type NormalizeKeysInputs,
} from "./names";

export function hashWithKernel(inputs: HashInputs, attributes: HashAttributes): tf.Tensor4D | undefined {
  return run<[tf.Tensor4D]>(kernelNames.hash, inputs, attributes)?.[0];
}

export function sortWithKernel(
  inputs: BucketSortInputs,
  attributes: BucketSortAttributes,
): { order: tf.Tensor2D; inverse: tf.Tensor3D } | undefined {
  const outputs = run<[tf.Tensor2D, tf.Tensor3D]>(kernelNames.bucketSort, inputs, attributes);
  return outputs && { order: outputs[0], inverse: outputs[1] };
}

export function alignWithKernel(
  inputs: AlignToBucketsInputs,
  attributes: AlignToBucketsAttributes,
): { order: tf.Tensor2D; inverse: tf.Tensor3D; slotBuckets: tf.Tensor2D } | undefined {
  const outputs = run<[tf.Tensor2D, tf.Tensor3D, tf.Tensor2D]>(
    kernelNames.alignToBuckets,
    inputs,
    attributes,
  );
  return outputs && { order: outputs[0], inverse: outputs[1], slotBuckets: outputs[2] };
}

export function chunkAttentionWithKernel(
  inputs: ChunkAttentionInputs,
  attributes: ChunkAttentionAttributes,
): { output: tf.Tensor3D; logSumExp: tf.Tensor2D } | undefined {
  const outputs = run<[tf.Tensor3D, tf.Tensor2D]>(kernelNames.chunkAttention, inputs, attributes);
  return outputs && { output: outputs[0], logSumExp: outputs[1] };
}

export function chunkAttentionGradWithKernel(
  inputs: ChunkAttentionGradInputs,
  attributes: ChunkAttentionAttributes,
): { dQuery: tf.Tensor3D; dKey: tf.Tensor3D; dValue: tf.Tensor3D } | undefined {
  const outputs = run<[tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]>(
    kernelNames.chunkAttentionGrad,
    inputs,
    attributes,
  );
  return outputs && { dQuery: outputs[0], dKey: outputs[1], dValue: outputs[2] };
}

export function normalizeKeysWithKernel(inputs: NormalizeKeysInputs): tf.Tensor | undefined {
  return run<[tf.Tensor]>(kernelNames.normalizeKeys, inputs, {})?.[0];
}

export function normalizeKeysGradWithKernel(inputs: NormalizeKeysGradInputs): tf.Tensor | undefined {
  return run<[tf.Tensor]>(kernelNames.normalizeKeysGrad, inputs, {})?.[0];
}

function run<Outputs extends tf.Tensor[]>(
  name: string,
  inputs: object,
  attributes: object,
): Outputs | undefined {
  if (!tf.getKernel(name, tf.getBackend())) return undefined;
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  const outputs = tf.engine().runKernel(name, present, attributes as tf.NamedAttrMap);
  return (Array.isArray(outputs) ? outputs : [outputs]) as Outputs;
}

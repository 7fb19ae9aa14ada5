/** Shapes are checked where a user's tensors come in, and folded from `[batch, heads, …]` to `[groups, …]` and back. */
import { assertShape, type Dimensions, InputError } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";

/**
 * @returns the sizes of `[batch, heads, length, depth]`, which all tensors must share
 * @throws InputError when they do not, or are not float32
 */
export function checkHeads(tensors: Record<string, tf.Tensor>, keyMask?: tf.Tensor) {
  const dimensions: Dimensions = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    assertShape(name, tensor.shape, "[batch, heads, length, depth]", dimensions);
    if (tensor.dtype !== "float32") {
      throw new InputError({ field: name, given: `of type ${tensor.dtype}`, allowed: "float32" });
    }
  }
  if (keyMask) assertShape("keyMask", keyMask.shape, "[batch, length]", dimensions);
  const { batch, heads, length, depth } = dimensions as Record<
    "batch" | "heads" | "length" | "depth",
    number
  >;
  if (batch * heads * length * depth === 0) {
    throw new InputError({ field: Object.keys(tensors)[0]!, given: "empty", allowed: "at least one vector" });
  }
  return { batch, heads, length, depth };
}

/** `[batch, heads, ...rest]` to `[batch · heads, ...rest]`: a view. */
export function foldHeads(tensor: tf.Tensor): tf.Tensor {
  const [batch, heads, ...rest] = tensor.shape as [number, number, ...number[]];
  return tf.reshape(tensor, [batch * heads, ...rest]);
}

export function unfoldHeads<T extends tf.Tensor>(
  tensor: tf.Tensor,
  { batch, heads }: { batch: number; heads: number },
): T {
  return tf.reshape(tensor, [batch, heads, ...tensor.shape.slice(1)]) as T;
}

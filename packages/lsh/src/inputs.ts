/** Shapes are checked where a user's tensors come in, and folded from `[batch, heads, …]` to `[groups, …]` and back. */
import { assertShape, type Dimensions, InputError } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";

/**
 * @returns the sizes of `[batch, heads, length, depth]`, which all tensors must share
 * @throws InputError when they do not, are not float32, are empty, or have been disposed
 */
export function checkHeads(tensors: Record<string, tf.Tensor>, keyMask?: tf.Tensor) {
  const dimensions: Dimensions = {};
  checkFloats(tensors, "[batch, heads, length, depth]", dimensions);
  if (keyMask) assertShape("keyMask", keyMask.shape, "[batch, length]", dimensions);
  return dimensions as Record<"batch" | "heads" | "length" | "depth", number>;
}

/**
 * @param pattern    their shape, such as `[batch, heads, length]`
 * @param dimensions sizes by name, as of {@link assertShape}
 * @throws InputError when tensors are of another shape, not float32, empty, or have been disposed
 */
export function checkFloats(
  tensors: Record<string, tf.Tensor>,
  pattern: string,
  dimensions: Dimensions,
): void {
  for (const [field, tensor] of Object.entries(tensors)) {
    assertShape(field, tensor.shape, pattern, dimensions);
    requireType(field, tensor, "float32");
    if (tensor.size === 0) throw new InputError({ field, given: "empty", allowed: "at least one vector" });
  }
}

/** @throws InputError when the tensor is of another type, or has been disposed */
export function requireType(field: string, { dtype, isDisposed }: tf.Tensor, allowed: tf.DataType): void {
  if (isDisposed) throw new InputError({ field, given: "disposed", allowed: "a tensor that is still there" });
  if (dtype !== allowed) throw new InputError({ field, given: `of type ${dtype}`, allowed });
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

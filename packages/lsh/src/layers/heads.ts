/** Between `[batch, length, width]`, which layers of tfjs-layers hand on, and heads, which attention works on. */
import { InputError } from "@reformer-ts/internal-checks";
import { matMul, reshape, tidy, transpose, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";

/** Shapes of tfjs-layers: null where any size will do. */
export type Shape = (number | null)[];

/** @returns the width of `[batch, length, width]` @throws InputError when the shape is another */
export function widthOf(inputShape: Shape | Shape[], layerName: string): number {
  const shape = Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as Shape);
  const width = shape[2];
  if (shape.length !== 3 || width == null) {
    throw new InputError({
      field: `the input of layer "${layerName}"`,
      given: `of shape [${shape.map((size) => size ?? "any").join(", ")}]`,
      allowed: "[batch, length, width], with a fixed width",
    });
  }
  return width;
}

/**
 * @param x `[batch, length, width]`
 * @param kernel `[width, heads * depth]`
 * @returns `[batch, heads, length, depth]`
 */
export function projectToHeads(x: Tensor, kernel: Tensor, heads: number): Tensor {
  return tidy(() => {
    const [batch, length, width] = x.shape as [number, number, number];
    const projected = matMul(reshape(x, [-1, width]) as Tensor2D, kernel as Tensor2D);
    return transpose(reshape(projected, [batch, length, heads, -1]), [0, 2, 1, 3]);
  });
}

/**
 * @param x `[batch, heads, length, depth]`
 * @param kernel `[heads * depth, width]`
 * @returns `[batch, length, width]`
 */
export function projectFromHeads(x: Tensor, kernel: Tensor): Tensor {
  return tidy(() => {
    const [batch, heads, length, depth] = x.shape as [number, number, number, number];
    const merged = reshape(transpose(x, [0, 2, 1, 3]), [-1, heads * depth]);
    return reshape(matMul(merged as Tensor2D, kernel as Tensor2D), [batch, length, -1]);
  });
}

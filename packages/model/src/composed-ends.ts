/** From normalised rows to heads, and from heads to rows, by plain ops. Call inside a tidy. */
import {
  add,
  matMul,
  reshape,
  tidy,
  transpose,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import type { AttentionMechanism } from "./attention-mechanism";
import type { ReformerConfig } from "./config";
import type { Parameters } from "./parameters";

/** @param prefix of the parameters' names, such as `layers.0.attention` */
export function composedEnds(
  { dModel, numHeads, dHead }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  { projections, biases }: Pick<AttentionMechanism, "projections" | "biases">,
) {
  const get = (name: string) => parameters.get(`${prefix}.${name}`) as Tensor2D;
  const biased = (name: string) => biases.includes(`${name}Bias`);
  const projectRows = (input: Tensor2D, name: string) => {
    const projected = matMul(input, get(name));
    return biased(name) ? add(projected, get(`${name}Bias`)) : projected;
  };
  /** `[rows, heads * depth]` to `[batch, heads, length, depth]` */
  const splitHeads = (x: Tensor, [batch, length]: readonly number[]) =>
    transpose(reshape(x, [batch!, length!, numHeads, dHead]), [0, 2, 1, 3]) as Tensor4D;
  return {
    biased,
    splitHeads,
    /** `[batch, heads, length, depth]` to `[rows, heads * depth]` */
    mergeHeads: (x: Tensor) => reshape(transpose(x, [0, 2, 1, 3]), [-1, numHeads * dHead]) as Tensor2D,
    /** `[batch, length, dModel]` to `[rows, dModel]` */
    rowsOf: (x: Tensor) => reshape(x, [-1, dModel]) as Tensor2D,
    /** @param shape begins with batch and length */
    project: (input: Tensor2D, shape: readonly number[]) =>
      projections.map((name) => tidy(() => splitHeads(projectRows(input, name), shape))),
    /** `[rows, heads * depth]` to `[batch, length, dModel]` */
    leave: (merged: Tensor2D, [batch, length]: readonly number[]) =>
      reshape(matMul(merged, get("output")), [batch!, length!, dModel]) as Tensor3D,
  };
}

/** The gradients of `ReformerHeads`, plain and added to another gradient, and of `ReformerMergeHeads`. */
import {
  emptyTensor,
  type GivenInputs,
  release,
  requireThat,
  takeContents,
} from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { HeadsAttributes } from "../names";
import { byHeads, headIntegers, type Heads, readMerge, readProjection, split, stream } from "./heads";
import { normGrad, type Normed, readNormalized, rowStatistics, scaleAndBiasGrad } from "./layer-norm";
import { runLongProduct, runProduct } from "./product";

const gradients = { dFirst: split, dSecond: split, dThird: `?${split}` };

export function headsGrad(
  backend: KernelBackend,
  given: GivenInputs,
  attributes: HeadsAttributes,
): TensorInfo[] {
  return pull(backend, given, attributes, readProjection(given, attributes.heads, gradients));
}

export function addHeadsGrad(
  backend: KernelBackend,
  given: GivenInputs,
  attributes: HeadsAttributes,
): TensorInfo[] {
  const read = readProjection(given, attributes.heads, { ...gradients, gradient: stream });
  return pull(backend, given, attributes, read, given["gradient"]);
}

function pull(
  backend: KernelBackend,
  given: GivenInputs,
  { epsilon }: HeadsAttributes,
  { sizes, normed }: { sizes: Heads; normed: Normed },
  gradient?: TensorInfo,
): TensorInfo[] {
  const { x, scale, bias, first, second, third, dFirst, dSecond, dThird } = given as Record<
    string,
    TensorInfo
  >;
  requireThat(
    (third === undefined) === (dThird === undefined),
    "dThird",
    "without third, or the reverse",
    "both or none",
  );
  const { rows, dModel, inner } = sizes;
  const weights = [first!, second!, ...(third ? [third] : [])];
  const dProjections = [dFirst!, dSecond!, ...(dThird ? [dThird] : [])];
  const statistics = rowStatistics(backend, normed, { rows, epsilon });
  const dNormalized = normalizedGrad(backend, weights, dProjections, sizes);
  const norm = { normed, rows, statistics, scale: scale!, dNormalized };
  const dx = normGrad(backend, norm, {
    output: gradient ? takeContents(backend, gradient) : { shape: x!.shape },
    adds: gradient !== undefined,
  });
  const dNorm = scaleAndBiasGrad(backend, norm);
  const dWeights = dProjections.map((dProjected) =>
    runLongProduct(backend, {
      key: "dProjection",
      inputs: { ...normed.inputs, statistics, scale: scale!, bias: bias!, dProjected },
      rows: dModel,
      inner: rows,
      columns: inner,
      integers: { ...headIntegers(sizes), width: dModel },
      operands: `${readNormalized(normed)}${byHeads}
fn left(row: i32, k: i32) -> f32 { return normalized(k, row); }
fn right(k: i32, column: i32) -> f32 { return dProjected[byHeads(k, column)]; }`,
      alongRows: { left: true },
      output: { shape: [dModel, inner] },
    }),
  );
  release(backend, statistics, dNormalized);
  return [dx, ...dNorm, ...dWeights, ...(third ? [] : [emptyTensor(backend)])];
}

const numbers = ["One", "Two", "Three"];

/** One product over the columns of all projections. */
function normalizedGrad(
  backend: KernelBackend,
  weights: readonly TensorInfo[],
  dProjections: readonly TensorInfo[],
  sizes: Heads,
): TensorInfo {
  const named = (name: string, tensors: readonly TensorInfo[]) =>
    Object.fromEntries(tensors.map((tensor, i) => [`${name}${numbers[i]}`, tensor]));
  const choose = (name: string, at: string) =>
    weights.map((_, i) => `if (which == ${i}) { return ${name}${numbers[i]}[${at}]; }`).join("\n  ");
  return runProduct(backend, {
    key: `projectionsGrad_${weights.length}`,
    inputs: { ...named("weight", weights), ...named("dProjected", dProjections) },
    rows: sizes.rows,
    inner: weights.length * sizes.inner,
    columns: sizes.dModel,
    integers: { ...headIntegers(sizes), width: sizes.inner },
    operands: `${byHeads}
fn left(row: i32, k: i32) -> f32 {
  let which = k / uniforms.width;
  let at = byHeads(row, k % uniforms.width);
  ${choose("dProjected", "at")}
  return 0.0;
}
fn right(k: i32, column: i32) -> f32 {
  let which = k / uniforms.width;
  let at = column * uniforms.width + k % uniforms.width;
  ${choose("weight", "at")}
  return 0.0;
}`,
    alongRows: { right: true },
    output: { shape: [sizes.rows, sizes.dModel] },
  });
}

export function mergeHeadsGrad(backend: KernelBackend, given: GivenInputs): TensorInfo[] {
  const sizes = readMerge(given, { dy: stream });
  const { heads, weight, dy } = given as Record<string, TensorInfo>;
  const { rows, inner, dModel } = sizes;
  const dHeads = runProduct(backend, {
    key: "dHeads",
    inputs: { dy: dy!, weight: weight! },
    rows,
    inner: dModel,
    columns: inner,
    integers: headIntegers(sizes),
    operands: `${byHeads}
fn left(row: i32, k: i32) -> f32 { return dy[row * uniforms.inner + k]; }
fn right(k: i32, column: i32) -> f32 { return weight[column * uniforms.inner + k]; }`,
    alongRows: { right: true },
    output: { shape: heads!.shape },
    write: "result[byHeads(row, column)] = sum;",
  });
  const dWeight = runLongProduct(backend, {
    key: "dMerge",
    inputs: { given: heads!, dy: dy! },
    rows: inner,
    inner: rows,
    columns: dModel,
    integers: headIntegers(sizes),
    operands: `${byHeads}
fn left(row: i32, k: i32) -> f32 { return given[byHeads(k, row)]; }
fn right(k: i32, column: i32) -> f32 { return dy[k * uniforms.columns + column]; }`,
    alongRows: { left: true },
    output: { shape: [inner, dModel] },
  });
  return [dHeads, dWeight];
}

/** `ReformerFeedForward`, plain and added to a stream, and the two products that it consists of. */
import { emptyTensor, type GivenInputs, release, takeContents } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { FeedForwardAttributes } from "../names";
import type { Target } from "./column-sums";
import { contractAtOnce } from "./feed-forward-at-once";
import { type Layer, layerInputs, readLayer } from "./feed-forward-layer";
import { readNormalized, rowStatistics } from "./layer-norm";
import { runProduct } from "./product";

export function feedForward(
  backend: KernelBackend,
  given: GivenInputs,
  { epsilon, keep }: FeedForwardAttributes,
): TensorInfo[] {
  const layer = readLayer(given);
  const { rows, dFF, x } = layer;
  if (!keep) return [contractAtOnce(backend, layer, epsilon, x), emptyTensor(backend, [0, dFF])];
  const statistics = rowStatistics(backend, layer.normed, { rows, epsilon });
  const activated = expandRows(backend, layer, { statistics, firstRow: 0, rows });
  release(backend, statistics);
  const output = { shape: x.shape };
  return [contractRows(backend, layer, { activated, firstRow: 0, rows, output }), activated];
}

export function addFeedForward(
  backend: KernelBackend,
  given: GivenInputs,
  { epsilon }: FeedForwardAttributes,
): TensorInfo[] {
  const layer = readLayer(given, { stream: layerInputs.x });
  const sum = contractAtOnce(backend, layer, epsilon, takeContents(backend, given["stream"]!), true);
  return [sum, emptyTensor(backend, [0, layer.dFF])];
}

export interface Rows {
  firstRow: number;
  rows: number;
}

/** `[rows, dFF]`, activated. */
export function expandRows(
  backend: KernelBackend,
  { normed, scale, bias, expand, expandBias, dModel, dFF }: Layer,
  { statistics, firstRow, rows }: Rows & { statistics: TensorInfo },
): TensorInfo {
  return runProduct(backend, {
    key: "expand",
    inputs: { ...normed.inputs, statistics, scale, bias, expand, expandBias },
    rows,
    inner: dModel,
    columns: dFF,
    integers: { width: dModel, firstRow },
    operands: `${readNormalized(normed)}
fn left(row: i32, k: i32) -> f32 { return normalized(uniforms.firstRow + row, k); }
fn right(k: i32, column: i32) -> f32 { return expand[k * uniforms.columns + column]; }`,
    output: { shape: [rows, dFF] },
    write: "result[row * uniforms.columns + column] = max(sum + expandBias[column], 0.0);",
  });
}

/** y of the rows from `firstRow` on, from their inner vectors: new, or put or subtracted where `output` lies. */
export function contractRows(
  backend: KernelBackend,
  { contract, contractBias, dModel, dFF }: Layer,
  {
    activated,
    firstRow,
    firstInner = firstRow,
    rows,
    output,
    subtracts = false,
  }: Rows & { activated: TensorInfo; firstInner?: number; output: Target; subtracts?: boolean },
): TensorInfo {
  return runProduct(backend, {
    key: "contract",
    inputs: { activated, contract, contractBias },
    rows,
    inner: dFF,
    columns: dModel,
    integers: { firstRow, firstInner, subtracts: Number(subtracts) },
    operands: `
fn left(row: i32, k: i32) -> f32 { return activated[(uniforms.firstInner + row) * uniforms.inner + k]; }
fn right(k: i32, column: i32) -> f32 { return contract[k * uniforms.columns + column]; }`,
    output,
    write: `
    let y = sum + contractBias[column];
    let at = (uniforms.firstRow + row) * uniforms.columns + column;
    if (uniforms.subtracts == 1) { result[at] -= y; } else { result[at] = y; }`,
  });
}

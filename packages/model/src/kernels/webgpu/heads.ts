/** `ReformerHeads` and `ReformerMergeHeads`, plain and added to a stream: products that read or write head by head. */
import {
  checkInputs,
  emptyTensor,
  type GivenInputs,
  release,
  requireThat,
  takeContents,
} from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { type AddMergedHeadsAttributes, type HeadsAttributes, kernelTile } from "../names";
import type { Target } from "./column-sums";
import { type Normed, readNormalized, rowStatistics } from "./layer-norm";
import { runProduct } from "./product";

export const stream = "[batch, length, dModel]";
export const split = "[batch, heads, length, depth]";
export const projected = {
  x: stream,
  scale: "[dModel]",
  bias: "[dModel]",
  first: "[dModel, inner]",
  second: "[dModel, inner]",
  third: "?[dModel, inner]",
};

export interface Heads {
  batch: number;
  heads: number;
  length: number;
  depth: number;
  dModel: number;
  /** batch · length */
  rows: number;
  /** heads · depth */
  inner: number;
}

/** WGSL: where a number of `[batch · length, heads · depth]` is in `[batch, heads, length, depth]`. */
export const byHeads = `
fn byHeads(row: i32, column: i32) -> i32 {
  let group = (row / uniforms.len) * uniforms.heads + column / uniforms.depth;
  return (group * uniforms.len + row % uniforms.len) * uniforms.depth + column % uniforms.depth;
}`;

export const headIntegers = ({ heads, length, depth }: Heads) => ({ heads, len: length, depth });

/** @throws InputError when widths are no multiples of what the contract promises */
function checkWidths(sizes: Omit<Heads, "rows" | "inner">): Heads {
  const { batch, heads, length, depth, dModel } = sizes;
  const fits = [dModel, depth].every((size) => size > 0 && size % kernelTile === 0);
  requireThat(fits, "weight", `for dModel ${dModel} and depth ${depth}`, `for multiples of ${kernelTile}`);
  return { ...sizes, rows: batch * length, inner: heads * depth };
}

/** @throws InputError when an input is not what the contract says */
export function readProjection(
  given: GivenInputs,
  heads: number,
  more: Record<string, string> = {},
): { sizes: Heads; normed: Normed } {
  const { batch, length, dModel, inner, ...found } = checkInputs(given, { ...projected, ...more }) as Record<
    "batch" | "length" | "dModel" | "inner",
    number
  > & { heads?: number; depth?: number };
  const divides = Number.isInteger(heads) && heads > 0 && inner % heads === 0;
  requireThat(divides, "heads", `${heads}`, `a divisor of the ${inner} columns of a weight`);
  const depth = inner / heads;
  requireThat(
    (found.heads ?? heads) === heads && (found.depth ?? depth) === depth,
    "dFirst",
    `of ${found.heads} heads of ${found.depth}`,
    `of ${heads} heads of ${depth}`,
  );
  const sizes = checkWidths({ batch, heads, length, depth, dModel });
  return { sizes, normed: { inputs: { x: given["x"]! }, width: dModel } };
}

export function projectHeads(
  backend: KernelBackend,
  given: GivenInputs,
  { heads: count, epsilon }: HeadsAttributes,
): TensorInfo[] {
  const { sizes, normed } = readProjection(given, count);
  const { batch, length, depth, dModel, rows, inner } = sizes;
  const { scale, bias, first, second, third } = given as Record<string, TensorInfo>;
  const statistics = rowStatistics(backend, normed, { rows, epsilon });
  const project = (weight: TensorInfo) =>
    runProduct(backend, {
      key: "project",
      inputs: { ...normed.inputs, statistics, scale: scale!, bias: bias!, weight },
      rows,
      inner: dModel,
      columns: inner,
      integers: { ...headIntegers(sizes), width: dModel },
      operands: `${readNormalized(normed)}${byHeads}
fn left(row: i32, k: i32) -> f32 { return normalized(row, k); }
fn right(k: i32, column: i32) -> f32 { return weight[k * uniforms.columns + column]; }`,
      output: { shape: [batch, count, length, depth] },
      write: "result[byHeads(row, column)] = sum;",
    });
  const projections = [first!, second!, ...(third ? [third] : [])].map(project);
  release(backend, statistics);
  return third ? projections : [...projections, emptyTensor(backend)];
}

const merged = { heads: split, weight: "[inner, dModel]" };

/** @throws InputError when an input is not what the contract says */
export function readMerge(given: GivenInputs, more: Record<string, string> = {}): Heads {
  const { inner, ...sizes } = checkInputs(given, { ...merged, ...more }) as unknown as Omit<Heads, "rows">;
  const width = sizes.heads * sizes.depth;
  requireThat(inner === width, "weight", `of ${inner} rows`, `of ${width} rows`);
  return checkWidths(sizes);
}

export function mergeHeads(backend: KernelBackend, given: GivenInputs): TensorInfo[] {
  const sizes = readMerge(given);
  const output = { shape: [sizes.batch, sizes.length, sizes.dModel] };
  return [runMerge(backend, given, sizes, output, 0)];
}

export function addMergedHeads(
  backend: KernelBackend,
  given: GivenInputs,
  { sign }: AddMergedHeadsAttributes,
): TensorInfo[] {
  const sizes = readMerge(given, { stream });
  requireThat(sign === 1 || sign === -1, "sign", `${sign}`, "1 or -1");
  return [runMerge(backend, given, sizes, takeContents(backend, given["stream"]!), sign)];
}

/** @param sign 0: y is put where it goes; otherwise it is added, or taken off */
function runMerge(
  backend: KernelBackend,
  { heads: from, weight }: GivenInputs,
  sizes: Heads,
  output: Target,
  sign: number,
): TensorInfo {
  return runProduct(backend, {
    key: "mergeHeads",
    inputs: { given: from!, weight: weight! },
    rows: sizes.rows,
    inner: sizes.inner,
    columns: sizes.dModel,
    integers: { ...headIntegers(sizes), sign },
    operands: `${byHeads}
fn left(row: i32, k: i32) -> f32 { return given[byHeads(row, k)]; }
fn right(k: i32, column: i32) -> f32 { return weight[k * uniforms.columns + column]; }`,
    output,
    write: `
    let at = row * uniforms.columns + column;
    if (uniforms.sign == 0) { result[at] = sum; } else { result[at] += f32(uniforms.sign) * sum; }`,
  });
}

/**
 * `ReformerTokenHead`: the last layer norm, logits, cross entropy and all gradients, a piece of the rows after another.
 * Of logits there are at most a million numbers (64 rows at least), which become their own gradient where they stand.
 */
import { checkInputs, type GivenInputs, release, requireThat } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { compareRows, softmaxSums, toGradient } from "./cross-entropy";
import { kernelTile, type TokenHeadAttributes } from "../names";
import {
  type Normed,
  normGrad,
  readNormalized,
  rowStatistics,
  scaleAndBiasGrad,
  sumRows,
} from "./layer-norm";
import { runLongProduct, runProduct } from "./product";

const mostLogits = 1 << 20;
const leastRows = 64;
const stream = "[batch, length, dModel]";

interface Head {
  normed: Normed;
  statistics: TensorInfo;
  scale: TensorInfo;
  bias: TensorInfo;
  weight: TensorInfo;
  targets: TensorInfo;
  width: number;
  vocabSize: number;
  share: number;
}

interface Piece {
  firstRow: number;
  rows: number;
}

export function tokenHead(
  backend: KernelBackend,
  given: GivenInputs,
  { epsilon, share }: TokenHeadAttributes,
): TensorInfo[] {
  const { batch, length, dModel, width, vocabSize, rows } = checkInputs(given, {
    x1: stream,
    x2: stream,
    scale: "[width]",
    bias: "[width]",
    weight: "[width, vocabSize]",
    targets: "[rows] int32",
  }) as Record<"batch" | "length" | "dModel" | "width" | "vocabSize" | "rows", number>;
  requireThat(dModel % kernelTile === 0, "x1", `of width ${dModel}`, `of a multiple of ${kernelTile}`);
  requireThat(width === 2 * dModel && width > 0, "scale", `of ${width} numbers`, "of 2 dModel numbers");
  requireThat(
    rows === batch * length && rows > 0,
    "targets",
    `of ${rows} rows`,
    `of ${batch * length} rows, one at least`,
  );
  requireThat(vocabSize > 0, "weight", "empty", "of at least one token");
  const { x1, x2, scale, bias, weight, targets } = given as Record<string, TensorInfo>;
  const normed = { inputs: { x: x1!, other: x2! }, width };
  const statistics = rowStatistics(backend, normed, { rows, epsilon });
  const head: Head = {
    normed,
    statistics,
    scale: scale!,
    bias: bias!,
    weight: weight!,
    targets: targets!,
    width,
    vocabSize,
    share,
  };

  const found: Found = {};
  const pieceRows = Math.max(leastRows, Math.floor(mostLogits / vocabSize / leastRows) * leastRows);
  for (let firstRow = 0; firstRow < rows; firstRow += pieceRows) {
    learnFrom(backend, head, { firstRow, rows: Math.min(pieceRows, rows - firstRow) }, found, x1!.shape);
  }
  release(backend, statistics);
  const { nats, d1, d2, dNorm, dWeight } = found;
  return [nats!, d1!, d2!, ...dNorm!, dWeight!];
}

/** What the pieces have added up to. */
interface Found {
  nats?: TensorInfo;
  d1?: TensorInfo;
  d2?: TensorInfo;
  dNorm?: [TensorInfo, TensorInfo];
  dWeight?: TensorInfo;
}

function learnFrom(
  backend: KernelBackend,
  head: Head,
  piece: Piece,
  found: Found,
  shape: readonly number[],
): void {
  const { normed, statistics, scale, targets, width, vocabSize } = head;
  const sizes = { ...piece, vocabSize };
  const logits = projectRows(backend, head, piece);
  const sums = softmaxSums(backend, logits, sizes);
  const compared = { logits, sums, targets };
  const natsOfRows = compareRows(backend, compared, sizes);
  const adds = found.nats !== undefined;
  found.nats = sumRows(backend, natsOfRows, {
    rows: piece.rows,
    columns: 1,
    output: found.nats ?? { shape: [] },
    adds,
  });
  const dLogits = toGradient(backend, compared, sizes, head.share);
  found.dWeight = weightGrad(backend, head, piece, dLogits, found.dWeight);
  const norm = {
    normed,
    statistics,
    scale,
    ...piece,
    dNormalized: normalizedGrad(backend, head, piece, dLogits),
  };
  const half = { columns: width / 2 };
  found.d1 = normGrad(backend, norm, { ...half, output: found.d1 ?? { shape } });
  found.d2 = normGrad(backend, norm, { ...half, firstColumn: width / 2, output: found.d2 ?? { shape } });
  found.dNorm = scaleAndBiasGrad(backend, norm, found.dNorm);
  release(backend, logits, sums, natsOfRows, norm.dNormalized);
}

/** `[rows, vocabSize]` */
function projectRows(
  backend: KernelBackend,
  { normed, statistics, scale, bias, weight, width, vocabSize }: Head,
  { firstRow, rows }: Piece,
): TensorInfo {
  return runProduct(backend, {
    key: "logits",
    inputs: { ...normed.inputs, statistics, scale, bias, weight },
    rows,
    inner: width,
    columns: vocabSize,
    integers: { width, firstRow },
    operands: `${readNormalized(normed)}
fn left(row: i32, k: i32) -> f32 { return normalized(uniforms.firstRow + row, k); }
fn right(k: i32, column: i32) -> f32 { return weight[k * uniforms.columns + column]; }`,
    output: { shape: [rows, vocabSize] },
  });
}

function weightGrad(
  backend: KernelBackend,
  { normed, statistics, scale, bias, width, vocabSize }: Head,
  { firstRow, rows }: Piece,
  dLogits: TensorInfo,
  before: TensorInfo | undefined,
): TensorInfo {
  return runLongProduct(
    backend,
    {
      key: "dHeadWeight",
      inputs: { ...normed.inputs, statistics, scale, bias, dLogits },
      rows: width,
      inner: rows,
      columns: vocabSize,
      integers: { width, firstRow },
      operands: `${readNormalized(normed)}
fn left(row: i32, k: i32) -> f32 { return normalized(uniforms.firstRow + k, row); }
fn right(k: i32, column: i32) -> f32 { return dLogits[k * uniforms.columns + column]; }`,
      alongRows: { left: true },
      output: before ?? { shape: [width, vocabSize] },
    },
    before !== undefined,
  );
}

/** `[rows, width]` */
function normalizedGrad(
  backend: KernelBackend,
  { weight, width, vocabSize }: Head,
  { rows }: Piece,
  dLogits: TensorInfo,
): TensorInfo {
  return runProduct(backend, {
    key: "headGrad",
    inputs: { dLogits, weight },
    rows,
    inner: vocabSize,
    columns: width,
    operands: `
fn left(row: i32, k: i32) -> f32 { return dLogits[row * uniforms.inner + k]; }
fn right(k: i32, column: i32) -> f32 { return weight[column * uniforms.inner + k]; }`,
    alongRows: { right: true },
    output: { shape: [rows, width] },
  });
}

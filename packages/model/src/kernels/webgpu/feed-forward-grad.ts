/**
 * `ReformerFeedForwardGrad`, plain and where the streams stand. Inner vectors and their gradients exist for 4,096 rows at a
 * time; what the pieces have to say on the weights is added up in their order.
 */
import { emptyTensor, type GivenInputs, release, takeContents } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { FeedForwardGradAttributes } from "../names";
import type { Target } from "./column-sums";
import { contractRows, expandRows, type Rows } from "./feed-forward";
import { type Layer, layerInputs, readLayer } from "./feed-forward-layer";
import { normGrad, readNormalized, rowStatistics, scaleAndBiasGrad, sumRows } from "./layer-norm";
import { runLongProduct, runProduct } from "./product";

const pieceRows = 4096;

export function feedForwardGrad(
  backend: KernelBackend,
  given: GivenInputs,
  { epsilon, output }: FeedForwardGradAttributes,
): TensorInfo[] {
  const layer = readLayer(given, { activated: "?[rows, dFF]", dy: layerInputs.x });
  const { y, dx, gradients } = pull(backend, layer, given, epsilon, output ? { y: layer.x } : {});
  return [y ?? emptyTensor(backend), dx, ...gradients];
}

/** stream - y, gradient + dx, and the gradients of the weights. */
export function undoFeedForward(
  backend: KernelBackend,
  given: GivenInputs,
  { epsilon }: FeedForwardGradAttributes,
): TensorInfo[] {
  const { x } = layerInputs;
  const layer = readLayer(given, { dy: x, stream: x, gradient: x });
  const [stream, gradient] = ["stream", "gradient"].map((name) => takeContents(backend, given[name]!)) as [
    TensorInfo,
    TensorInfo,
  ];
  const { y, dx, gradients } = pull(backend, layer, given, epsilon, { stream, gradient });
  return [y!, dx, ...gradients];
}

/** What is done with y and dx: nothing, something new like x, or a change of what is there. */
interface Wanted {
  y?: TensorInfo;
  stream?: TensorInfo;
  gradient?: TensorInfo;
}

function pull(
  backend: KernelBackend,
  layer: Layer,
  { activated: kept, dy }: GivenInputs,
  epsilon: number,
  { y: like, stream, gradient }: Wanted,
) {
  const { normed, scale, rows, dModel, dFF, x } = layer;
  const statistics = rowStatistics(backend, normed, { rows, epsilon });
  let y: TensorInfo | undefined = stream;
  let dNormalized: TensorInfo | undefined;
  let weights: WeightGradients | undefined;
  for (let firstRow = 0; firstRow < rows; firstRow += pieceRows) {
    const piece = { firstRow, rows: Math.min(pieceRows, rows - firstRow) };
    const firstInner = kept ? firstRow : 0;
    const activated = kept ?? expandRows(backend, layer, { ...piece, statistics });
    if (like || stream) {
      const output = y ?? { shape: like!.shape };
      y = contractRows(backend, layer, {
        ...piece,
        firstInner,
        activated,
        output,
        subtracts: stream !== undefined,
      });
    }
    const dHidden = hiddenGrad(backend, layer, { ...piece, firstInner, activated, dy: dy! });
    dNormalized = normalizedGrad(backend, layer, {
      ...piece,
      dHidden,
      output: dNormalized ?? { shape: [rows, dModel] },
    });
    const found = { ...piece, firstInner, activated, dHidden, dy: dy!, statistics };
    weights = weightGrads(backend, layer, found, weights);
    release(backend, dHidden);
    if (!kept) release(backend, activated);
  }
  const norm = { normed, rows, statistics, scale, dNormalized: dNormalized! };
  const dx = normGrad(backend, norm, {
    output: gradient ?? { shape: x.shape },
    adds: gradient !== undefined,
  });
  const [dScale, dBias] = scaleAndBiasGrad(backend, norm);
  release(backend, statistics, dNormalized!);
  const { dExpand, dExpandBias, dContract, dContractBias } = weights!;
  const shaped = [
    { ...dExpand, shape: [dModel, dFF] },
    dExpandBias,
    { ...dContract, shape: [dFF, dModel] },
    dContractBias,
  ];
  return { y, dx, gradients: [dScale, dBias, ...shaped] };
}

type Piece = Rows & { firstInner: number; activated: TensorInfo; dy: TensorInfo };

/** `[rows, dFF]`: of the inner numbers before their activation, which is 0 where that is 0. */
function hiddenGrad(
  backend: KernelBackend,
  { contract, dModel, dFF }: Layer,
  { firstRow, firstInner, rows, activated, dy }: Piece,
): TensorInfo {
  return runProduct(backend, {
    key: "hiddenGrad",
    inputs: { activated, dy, contract },
    rows,
    inner: dModel,
    columns: dFF,
    integers: { firstRow, firstInner },
    operands: `
fn left(row: i32, k: i32) -> f32 { return dy[(uniforms.firstRow + row) * uniforms.inner + k]; }
fn right(k: i32, column: i32) -> f32 { return contract[column * uniforms.inner + k]; }`,
    alongRows: { right: true },
    output: { shape: [rows, dFF] },
    write: `
    let isOn = activated[(uniforms.firstInner + row) * uniforms.columns + column] > 0.0;
    result[row * uniforms.columns + column] = select(0.0, sum, isOn);`,
  });
}

function normalizedGrad(
  backend: KernelBackend,
  { expand, dModel, dFF }: Layer,
  { firstRow, rows, dHidden, output }: Rows & { dHidden: TensorInfo; output: Target },
): TensorInfo {
  return runProduct(backend, {
    key: "normalizedGrad",
    inputs: { dHidden, expand },
    rows,
    inner: dFF,
    columns: dModel,
    integers: { firstRow },
    operands: `
fn left(row: i32, k: i32) -> f32 { return dHidden[row * uniforms.inner + k]; }
fn right(k: i32, column: i32) -> f32 { return expand[column * uniforms.inner + k]; }`,
    alongRows: { right: true },
    output,
    write: "result[(uniforms.firstRow + row) * uniforms.columns + column] = sum;",
  });
}

type WeightGradients = Record<"dExpand" | "dExpandBias" | "dContract" | "dContractBias", TensorInfo>;

function weightGrads(
  backend: KernelBackend,
  { normed, scale, bias, dModel, dFF }: Layer,
  {
    firstRow,
    firstInner,
    rows,
    activated,
    dHidden,
    dy,
    statistics,
  }: Piece & { dHidden: TensorInfo; statistics: TensorInfo },
  before: WeightGradients | undefined,
): WeightGradients {
  const adds = before !== undefined;
  const dExpand = runLongProduct(
    backend,
    {
      key: "dExpand",
      inputs: { ...normed.inputs, statistics, scale, bias, dHidden },
      rows: dModel,
      inner: rows,
      columns: dFF,
      integers: { width: dModel, firstRow },
      operands: `${readNormalized(normed)}
fn left(row: i32, k: i32) -> f32 { return normalized(uniforms.firstRow + k, row); }
fn right(k: i32, column: i32) -> f32 { return dHidden[k * uniforms.columns + column]; }`,
      alongRows: { left: true },
      output: before?.dExpand ?? { shape: [dModel, dFF] },
    },
    adds,
  );
  const dContract = runLongProduct(
    backend,
    {
      key: "dContract",
      inputs: { activated, dy },
      rows: dFF,
      inner: rows,
      columns: dModel,
      integers: { firstRow, firstInner },
      operands: `
fn left(row: i32, k: i32) -> f32 { return activated[(uniforms.firstInner + k) * uniforms.rows + row]; }
fn right(k: i32, column: i32) -> f32 { return dy[(uniforms.firstRow + k) * uniforms.columns + column]; }`,
      alongRows: { left: true },
      output: before?.dContract ?? { shape: [dFF, dModel] },
    },
    adds,
  );
  return {
    dExpand,
    dContract,
    dExpandBias: sumRows(backend, dHidden, {
      rows,
      columns: dFF,
      output: before?.dExpandBias ?? { shape: [dFF] },
      adds,
    }),
    dContractBias: sumRows(backend, dy, {
      firstRow,
      rows,
      columns: dModel,
      output: before?.dContractBias ?? { shape: [dModel] },
      adds,
    }),
  };
}

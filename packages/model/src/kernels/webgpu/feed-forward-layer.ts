/** The feed-forward layer that every kernel of it is given. */
import { checkInputs, type GivenInputs, requireThat } from "@reformer-ts/lsh/kernels/webgpu";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernelTile } from "../names";
import type { Normed } from "./layer-norm";

export const layerInputs = {
  x: "[batch, length, dModel]",
  scale: "[dModel]",
  bias: "[dModel]",
  expand: "[dModel, dFF]",
  expandBias: "[dFF]",
  contract: "[dFF, dModel]",
  contractBias: "[dModel]",
};

export interface Layer extends Record<"x" | "scale" | "bias" | "expand" | "contract", TensorInfo> {
  expandBias: TensorInfo;
  contractBias: TensorInfo;
  normed: Normed;
  rows: number;
  dModel: number;
  dFF: number;
}

/** @throws InputError when an input is not what the contract says */
export function readLayer(given: GivenInputs, more: Record<string, string> = {}): Layer {
  const sizes = checkInputs(given, { ...layerInputs, ...more }) as Record<
    "batch" | "length" | "dModel" | "dFF",
    number
  > & { rows?: number };
  const { batch, length, dModel, dFF } = sizes;
  const fits = [dModel, dFF].every((size) => size > 0 && size % kernelTile === 0);
  requireThat(fits, "expand", `of shape [${dModel}, ${dFF}]`, `of multiples of ${kernelTile}`);
  const rows = batch * length;
  requireThat((sizes.rows ?? rows) === rows, "activated", `of ${sizes.rows} rows`, `of ${rows} rows`);
  const layer = given as unknown as Omit<Layer, "normed" | "rows" | "dModel" | "dFF">;
  return { ...layer, normed: { inputs: { x: layer.x }, width: dModel }, rows, dModel, dFF };
}

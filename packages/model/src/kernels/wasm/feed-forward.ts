/** `ReformerFeedForward` and its gradient. */
import { floats, type KernelContext, required, type WasmKernel } from "@reformer-ts/internal-wasm";
import {
  type FeedForwardAttributes,
  type FeedForwardGradAttributes,
  kernelTile,
  modelKernelNames,
} from "../names";
import type { ModelModule } from "./module";

const layer = {
  x: floats("[batch, length, dModel]"),
  scale: floats("[dModel]"),
  bias: floats("[dModel]"),
  expand: floats("[dModel, dFF]"),
  expandBias: floats("[dFF]"),
  contract: floats("[dFF, dModel]"),
  contractBias: floats("[dModel]"),
};

export const feedForward: WasmKernel<ModelModule, FeedForwardAttributes> = {
  name: modelKernelNames.feedForward,
  inputs: layer,
  run(context, { epsilon, keep }) {
    const { rows, dFF } = openLayer(context, epsilon);
    const { module, shapeOf, address, output, scratch } = context;
    const memory = scratch(module.feedForwardBytes());
    const y = output(shapeOf("x"));
    const activated = output([keep ? rows : 0, dFF]);
    module.feedForward(memory, rows, address("x"), y, keep ? activated : 0);
  },
};

export const feedForwardGrad: WasmKernel<ModelModule, FeedForwardGradAttributes> = {
  name: modelKernelNames.feedForwardGrad,
  inputs: { ...layer, activated: floats("[rows, dFF]", true), dy: floats("[batch, length, dModel]") },
  run(context, { epsilon, output: wantsOutput }) {
    const { rows, dModel, dFF } = openLayer(context, epsilon);
    const { module, sizes, shapeOf, address, output, scratch } = context;
    required((sizes["rows"] ?? rows) === rows, "activated", `of ${sizes["rows"]} rows`, `of ${rows} rows`);
    const memory = scratch(module.feedForwardBytes());
    const y = output(wantsOutput ? shapeOf("x") : [0]);
    module.feedForwardGrad(
      memory,
      rows,
      address("x"),
      address("activated"),
      address("dy"),
      wantsOutput ? y : 0,
      output(shapeOf("x")),
      output([dModel]),
      output([dModel]),
      output([dModel, dFF]),
      output([dFF]),
      output([dFF, dModel]),
      output([dModel]),
    );
  },
};

function openLayer({ module, sizes, address }: KernelContext<ModelModule>, epsilon: number) {
  const { batch, length, dModel, dFF } = sizes as Record<"batch" | "length" | "dModel" | "dFF", number>;
  const fits = [dModel, dFF].every((size) => size > 0 && size % kernelTile === 0);
  required(fits, "expand", `of shape [${dModel}, ${dFF}]`, `of multiples of ${kernelTile}`);
  const [scale, bias, expand, expandBias, contract, contractBias] = [
    "scale",
    "bias",
    "expand",
    "expandBias",
    "contract",
    "contractBias",
  ].map(address) as [number, number, number, number, number, number];
  module.openFeedForward(dModel, dFF, epsilon, scale, bias, expand, expandBias, contract, contractBias);
  return { rows: batch * length, dModel, dFF };
}

/** `ReformerTokenHead`. */
import { floats, integers, required, type WasmKernel } from "@reformer-ts/internal-wasm";
import { kernelTile, modelKernelNames, type TokenHeadAttributes } from "../names";
import type { ModelModule } from "./module";

export const tokenHead: WasmKernel<ModelModule, TokenHeadAttributes> = {
  name: modelKernelNames.tokenHead,
  inputs: {
    x1: floats("[batch, length, dModel]"),
    x2: floats("[batch, length, dModel]"),
    scale: floats("[width]"),
    bias: floats("[width]"),
    weight: floats("[width, vocabSize]"),
    targets: integers("[rows]"),
  },
  run({ module, sizes, shapeOf, address, output, scratch }, { epsilon, share }) {
    const { batch, length, dModel, width, vocabSize, rows } = sizes as Record<
      "batch" | "length" | "dModel" | "width" | "vocabSize" | "rows",
      number
    >;
    required(dModel % kernelTile === 0, "x1", `of width ${dModel}`, `of a multiple of ${kernelTile}`);
    required(width === 2 * dModel && width > 0, "scale", `of ${width} numbers`, "of 2 dModel numbers");
    required(rows === batch * length, "targets", `of ${rows} rows`, `of ${batch * length} rows`);
    required(vocabSize > 0, "weight", "empty", "of at least one token");
    required(
      module.areTargets(rows, vocabSize, address("targets")) !== 0,
      "targets",
      "beyond the vocabulary",
      "-1 or a token",
    );
    const [x1, x2, scale, bias, weight, targets] = ["x1", "x2", "scale", "bias", "weight", "targets"].map(
      address,
    ) as [number, number, number, number, number, number];
    module.tokenHead(
      scratch(module.tokenHeadBytes(dModel, vocabSize)),
      rows,
      dModel,
      vocabSize,
      epsilon,
      share,
      x1,
      x2,
      scale,
      bias,
      weight,
      targets,
      output([]),
      output(shapeOf("x1")),
      output(shapeOf("x1")),
      output([width]),
      output([width]),
      output([width, vocabSize]),
    );
  },
};

/** `ReformerAdam`, and tfjs' own UnsortedSegmentSum, which tfjs-backend-wasm lacks. */
import { UnsortedSegmentSum, type UnsortedSegmentSumAttrs } from "@tensorflow/tfjs-core";
import { floats, integers, required, type WasmKernel } from "@reformer-ts/internal-wasm";
import { type AdamAttributes, modelKernelNames } from "../names";
import type { ModelModule } from "./module";

const inputs = { value: floats(), gradient: floats(), first: floats(), second: floats() };

export const adam: WasmKernel<ModelModule, AdamAttributes> = {
  name: modelKernelNames.adam,
  inputs,
  run({ module, shapeOf, address, output }, { beta1, beta2, epsilon, size, keep }) {
    const shape = shapeOf("value");
    for (const name of Object.keys(inputs)) {
      const other = shapeOf(name);
      required(
        other.join() === shape.join(),
        name,
        `of shape [${other.join(", ")}]`,
        `[${shape.join(", ")}]`,
      );
    }
    const count = shape.reduce((product, axis) => product * axis, 1);
    const [value, gradient, first, second] = Object.keys(inputs).map(address) as [
      number,
      number,
      number,
      number,
    ];
    module.adam(
      count,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
      size,
      keep,
      value,
      gradient,
      first,
      second,
      output(shape),
      output(shape),
      output(shape),
    );
  },
};

/** `x [rows, ...inner]` by `segmentIds [rows]` to `[numSegments, ...inner]`; rows of a negative segment are dropped. */
export const unsortedSegmentSum: WasmKernel<ModelModule, UnsortedSegmentSumAttrs> = {
  name: UnsortedSegmentSum,
  inputs: { x: {}, segmentIds: integers("[rows]") },
  run({ module, sizes, shapeOf, isInteger, address, output }, { numSegments }) {
    const [rows, ...inner] = shapeOf("x");
    required(rows === sizes["rows"], "segmentIds", `of ${sizes["rows"]} rows`, `of ${rows} rows`);
    required(Number.isInteger(numSegments) && numSegments >= 0, "numSegments", numSegments, "0 or more");
    const width = inner.reduce((product, size) => product * size, 1);
    const integral = isInteger("x");
    const sums = output([numSegments, ...inner], integral ? "int32" : "float32");
    module.sumSegments(
      rows!,
      width,
      numSegments,
      address("x"),
      address("segmentIds"),
      sums,
      Number(integral),
    );
  },
};

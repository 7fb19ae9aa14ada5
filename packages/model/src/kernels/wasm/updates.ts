/** `ReformerAdam`. */
import { floats, required, type WasmKernel } from "@reformer-ts/internal-wasm";
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

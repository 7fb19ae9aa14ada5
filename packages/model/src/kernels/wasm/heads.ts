/** `ReformerHeads`, `ReformerMergeHeads`, and their gradients. */
import { floats, type KernelContext, required, type WasmKernel } from "@reformer-ts/internal-wasm";
import { type HeadsAttributes, kernelTile, modelKernelNames } from "../names";
import type { ModelModule } from "./module";

type Context = KernelContext<ModelModule>;

const split = "[batch, heads, length, depth]";
const projected = {
  x: floats("[batch, length, dModel]"),
  scale: floats("[dModel]"),
  bias: floats("[dModel]"),
  first: floats("[dModel, inner]"),
  second: floats("[dModel, inner]"),
  third: floats("[dModel, inner]", true),
};

export const heads: WasmKernel<ModelModule, HeadsAttributes> = {
  name: modelKernelNames.heads,
  inputs: projected,
  run(context, attributes) {
    const shape = open(context, attributes.heads);
    const { module, address, output, scratch } = context;
    const [x, scale, bias, first, second, third] = addresses(context, Object.keys(projected));
    const memory = scratch(module.headsBytes());
    const [toFirst, toSecond] = [output(shape), output(shape)];
    const toThird = output(address("third") === 0 ? [0] : shape);
    const { epsilon } = attributes;
    module.projectHeads(
      memory,
      epsilon,
      x!,
      scale!,
      bias!,
      first!,
      second!,
      third!,
      toFirst,
      toSecond,
      toThird,
    );
  },
};

export const headsGrad: WasmKernel<ModelModule, HeadsAttributes> = {
  name: modelKernelNames.headsGrad,
  inputs: { ...projected, dFirst: floats(split), dSecond: floats(split), dThird: floats(split, true) },
  run(context, attributes) {
    const shape = open(context, attributes.heads);
    const { module, sizes, shapeOf, address, output, scratch } = context;
    const [, given, , depth] = shape;
    const ofGradient = sizes["heads"];
    required(
      ofGradient === given && sizes["depth"] === depth,
      "dFirst",
      `of ${ofGradient} heads of ${sizes["depth"]}`,
      `of ${given} heads of ${depth}`,
    );
    const hasThird = address("third") !== 0;
    required(
      hasThird === (address("dThird") !== 0),
      "dThird",
      "without third, or the reverse",
      "both or none",
    );
    const [dModel, inner] = shapeOf("first") as [number, number];
    const [x, scale, bias, first, second, third] = addresses(context, Object.keys(projected));
    const [dFirst, dSecond, dThird] = addresses(context, ["dFirst", "dSecond", "dThird"]);
    module.projectHeadsGrad(
      scratch(module.headsBytes()),
      attributes.epsilon,
      x!,
      scale!,
      bias!,
      first!,
      second!,
      third!,
      dFirst!,
      dSecond!,
      dThird!,
      output(shapeOf("x")),
      output([dModel]),
      output([dModel]),
      output([dModel, inner]),
      output([dModel, inner]),
      output(hasThird ? [dModel, inner] : [0]),
    );
  },
};

const merged = { heads: floats(split), weight: floats("[inner, dModel]") };

export const mergeHeads: WasmKernel<ModelModule> = {
  name: modelKernelNames.mergeHeads,
  inputs: merged,
  run(context) {
    const { batch, length, dModel } = openMerge(context);
    const { module, address, output, scratch } = context;
    const memory = scratch(module.headsBytes());
    module.mergeHeads(memory, address("heads"), address("weight"), output([batch, length, dModel]));
  },
};

export const mergeHeadsGrad: WasmKernel<ModelModule> = {
  name: modelKernelNames.mergeHeadsGrad,
  inputs: { ...merged, dy: floats("[batch, length, dModel]") },
  run(context) {
    openMerge(context);
    const { module, shapeOf, address, output, scratch } = context;
    module.mergeHeadsGrad(
      scratch(module.headsBytes()),
      address("heads"),
      address("weight"),
      address("dy"),
      output(shapeOf("heads")),
      output(shapeOf("weight")),
    );
  },
};

function addresses({ address }: Context, names: readonly string[]): number[] {
  return names.map(address);
}

/** @returns the shape of a projection, `[batch, heads, length, depth]` */
function open({ module, sizes }: Context, count: number): [number, number, number, number] {
  const { batch, length, dModel, inner } = sizes as Record<"batch" | "length" | "dModel" | "inner", number>;
  const divides = Number.isInteger(count) && count > 0 && inner % count === 0;
  required(divides, "heads", count, `a divisor of the ${inner} columns of a weight`);
  const depth = inner / count;
  checkWidths(dModel, depth);
  module.openHeads(batch, count, length, depth, dModel);
  return [batch, count, length, depth];
}

function openMerge({ module, sizes }: Context) {
  const {
    batch,
    heads: count,
    length,
    depth,
    dModel,
    inner,
  } = sizes as Record<"batch" | "heads" | "length" | "depth" | "dModel" | "inner", number>;
  required(inner === count * depth, "weight", `of ${inner} rows`, `of ${count * depth} rows`);
  checkWidths(dModel, depth);
  module.openHeads(batch, count, length, depth, dModel);
  return { batch, length, dModel };
}

function checkWidths(dModel: number, depth: number): void {
  const fits = [dModel, depth].every((size) => size > 0 && size % kernelTile === 0);
  required(fits, "weight", `for dModel ${dModel} and depth ${depth}`, `for multiples of ${kernelTile}`);
}

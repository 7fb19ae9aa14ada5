/** What comes before attention: keys from shared queries, the hash, the sort. */
import { floats, integers, required, type WasmKernel } from "@reformer-ts/internal-wasm";
import { type BucketSortAttributes, type HashAttributes, kernelNames } from "../names";
import { mostIds } from "../../bucket-ids";
import type { LshModule } from "./module";

type Sizes<Name extends string> = Record<Name, number>;

export const hash: WasmKernel<LshModule, HashAttributes> = {
  name: kernelNames.hash,
  inputs: {
    vectors: floats("[batch, heads, length, depth]"),
    rotations: floats("[heads, depth, numHashes, rotationSize]"),
  },
  run({ module, sizes, address, output, scratch, integersAt }, { factors }) {
    const { batch, heads, length, depth, numHashes, rotationSize } = sizes as Sizes<
      "batch" | "heads" | "length" | "depth" | "numHashes" | "rotationSize"
    >;
    const areEven = factors.every((factor) => Number.isInteger(factor) && factor > 0 && factor % 2 === 0);
    required(areEven && factors.length > 0, "factors", factors.join(" · ") || "none", "even numbers above 0");
    const halves = factors.reduce((sum, factor) => sum + factor / 2, 0);
    required(halves === rotationSize, "rotations", `of ${rotationSize} directions`, `${halves} directions`);
    const memory = scratch(module.hashBytes(depth, rotationSize));
    const digits = scratch(4 * factors.length);
    const buckets = output([batch, heads, numHashes, length], "int32");
    integersAt(digits, factors.length).set(factors);
    module.hash(
      memory,
      batch * heads,
      heads,
      length,
      depth,
      numHashes,
      rotationSize,
      factors.length,
      address("vectors"),
      address("rotations"),
      digits,
      buckets,
    );
  },
};

export const bucketSort: WasmKernel<LshModule, BucketSortAttributes> = {
  name: kernelNames.bucketSort,
  inputs: { buckets: integers("[batch, heads, numHashes, length]") },
  run({ module, sizes, address, output, scratch }, { paddedLength, numBuckets = mostIds }) {
    const { batch, heads, numHashes, length } = sizes as Sizes<"batch" | "heads" | "numHashes" | "length">;
    const fits = Number.isInteger(paddedLength) && paddedLength >= length;
    required(fits, "paddedLength", paddedLength, `an integer of at least ${length}`);
    const isCount = Number.isInteger(numBuckets) && numBuckets >= 1;
    required(isCount, "numBuckets", numBuckets, "an integer of at least 1");
    const end = Math.min(numBuckets, mostIds);
    const groups = batch * heads;
    const largest = module.largestId(groups * numHashes * length, address("buckets"));
    required(largest >= 0, "buckets", "negative", "0 or more");
    required(largest < end, "buckets", `up to ${largest}`, `below ${end}`);
    const order = output([groups, numHashes * paddedLength], "int32");
    const inverse = output([groups, numHashes, length], "int32");
    const counts = scratch(4 * (largest + 2));
    module.sort(
      counts,
      groups * numHashes,
      numHashes,
      length,
      paddedLength,
      largest + 1,
      address("buckets"),
      order,
      inverse,
    );
  },
};

function rowsOf(shape: readonly number[]) {
  const depth = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return { rows: depth === 0 ? 0 : rows, depth };
}

export const normalizeKeys: WasmKernel<LshModule> = {
  name: kernelNames.normalizeKeys,
  inputs: { query: floats() },
  run({ module, shapeOf, address, output }) {
    const { rows, depth } = rowsOf(shapeOf("query"));
    module.normalizeKeys(rows, depth, address("query"), output(shapeOf("query")));
  },
};

export const normalizeKeysGrad: WasmKernel<LshModule> = {
  name: kernelNames.normalizeKeysGrad,
  inputs: { query: floats(), dKey: floats(), dQuery: floats() },
  run({ module, shapeOf, address, output }) {
    const shape = shapeOf("query");
    for (const name of ["dKey", "dQuery"]) {
      const other = shapeOf(name);
      required(
        other.join() === shape.join(),
        name,
        `of shape [${other.join(", ")}]`,
        `[${shape.join(", ")}]`,
      );
    }
    const { rows, depth } = rowsOf(shape);
    const [query, dKey, dQuery] = ["query", "dKey", "dQuery"].map(address) as [number, number, number];
    module.normalizeKeysGrad(rows, depth, query, dKey, dQuery, output(shape));
  },
};

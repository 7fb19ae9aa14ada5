/** `ReformerChunkAttention` and its gradient. */
import { floats, integers, type KernelContext, required, type WasmKernel } from "@reformer-ts/internal-wasm";
import { dropThreshold } from "../../dropout";
import { type ChunkAttentionAttributes, kernelNames } from "../names";
import type { LshModule } from "./module";

const rows = "[groups, length, depth]";
const attended = {
  query: floats(rows),
  key: floats(rows),
  value: floats(rows),
  order: integers("[groups, slots]", true),
  inverse: integers("[groups, numHashes, length]", true),
  slotBuckets: integers("[groups, slots]", true),
  keyMask: integers("[batch, length]", true),
};

export const chunkAttention: WasmKernel<LshModule, ChunkAttentionAttributes> = {
  name: kernelNames.chunkAttention,
  inputs: attended,
  run(context, attributes) {
    const { groups, length, depth } = openSlots(context, attributes);
    const { module, address, output, scratch } = context;
    module.attention(
      scratch(module.attentionBytes()),
      address("query"),
      address("key"),
      address("value"),
      output([groups, length, depth]),
      output([groups, length]),
    );
  },
};

export const chunkAttentionGrad: WasmKernel<LshModule, ChunkAttentionAttributes> = {
  name: kernelNames.chunkAttentionGrad,
  inputs: {
    ...attended,
    output: floats(rows),
    logSumExp: floats("[groups, length]"),
    dOutput: floats(rows),
  },
  run(context, attributes) {
    const { groups, length, depth } = openSlots(context, attributes);
    const { module, address, output, scratch } = context;
    const shape = [groups, length, depth];
    module.attentionGrad(
      scratch(module.attentionGradBytes()),
      address("query"),
      address("key"),
      address("value"),
      address("output"),
      address("logSumExp"),
      address("dOutput"),
      output(shape),
      output(shape),
      output(shape),
    );
  },
};

/** Checks everything that the module relies on, and tells it the sizes. */
function openSlots(
  { module, sizes, address }: KernelContext<LshModule>,
  attributes: ChunkAttentionAttributes,
) {
  const { numHashes, paddedLength, chunkLength, chunksBefore, chunksAfter } = attributes;
  const { causal, selfMask, duplicateCorrection, dropoutRate, dropoutSeed } = attributes;
  const {
    groups,
    length,
    depth,
    batch = 1,
  } = sizes as Record<"groups" | "length" | "depth", number> & {
    batch?: number;
  };
  required(
    groups * length * depth > 0,
    "query",
    "empty",
    "at least one vector, because it must not be empty",
  );
  const whole = { numHashes, paddedLength, chunkLength, chunksBefore, chunksAfter };
  for (const [field, value] of Object.entries(whole)) {
    const [least, most] = field.startsWith("chunks") ? [0, 1024] : [1, 1 << 28];
    const fits = Number.isInteger(value) && value >= least && value <= most;
    required(fits, field, value, `an integer from ${least} to ${most}`);
  }
  required(
    paddedLength >= length && paddedLength % chunkLength === 0,
    "paddedLength",
    paddedLength,
    "a multiple of chunkLength, and at least the length",
  );
  required(dropoutRate >= 0 && dropoutRate < 1, "dropoutRate", dropoutRate, "0 or more and below 1");
  const scores = chunkLength * chunkLength * (chunksBefore + 1 + chunksAfter);
  required(
    scores <= 1 << 26,
    "chunkLength",
    `${chunkLength}, with windows too wide`,
    "2^26 scores of a chunk",
  );
  const isSorted = address("order") !== 0;
  required(
    isSorted === (address("inverse") !== 0),
    "order",
    "without inverse, or the reverse",
    "both or none",
  );
  required(isSorted || numHashes === 1, "order", "absent", "present for several rounds, which need one");
  const slots = sizes["slots"] ?? numHashes * paddedLength;
  required(slots === numHashes * paddedLength, "order", `of ${slots} slots`, "numHashes · paddedLength");
  required(
    (sizes["numHashes"] ?? 1) === numHashes,
    "inverse",
    `of ${sizes["numHashes"]} rounds`,
    "numHashes",
  );
  required(groups % batch === 0, "keyMask", `of ${batch} rows`, "a row for each example");
  module.openSlots(
    groups,
    length,
    depth,
    numHashes,
    paddedLength,
    chunkLength,
    chunksBefore,
    chunksAfter,
    groups / batch,
    Number(causal),
    Number(selfMask),
    Number(duplicateCorrection),
    dropThreshold(dropoutRate),
    dropoutSeed,
    1 / (1 - dropoutRate),
    address("order"),
    address("inverse"),
    address("slotBuckets"),
    address("keyMask"),
  );
  required(
    !isSorted || module.isPermutation() !== 0,
    "order",
    "not a permutation",
    "every position once in every round, where inverse says",
  );
  return { groups, length, depth };
}

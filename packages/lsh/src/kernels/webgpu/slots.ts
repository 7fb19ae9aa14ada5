/** Where things are in chunk attention: the geometry of a call, checked, and the code that finds its way in it. */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { dropThreshold } from "../../dropout";
import type { ChunkAttentionAttributes } from "../names";
import { checkInputs, type GivenInputs, requireThat } from "./check-inputs";
import { release, runElementwise } from "./run-program";

export interface Slots extends ChunkAttentionAttributes {
  groups: number;
  length: number;
  depth: number;
  chunksPerRound: number;
  ringLength: number;
  windowChunks: number;
  /** What {@link slotsCode} reads. */
  integers: Record<string, number>;
  floats: Record<string, number>;
}

const inputs = {
  query: "[groups, length, depth]",
  key: "[groups, length, depth]",
  value: "[groups, length, depth]",
  order: "?[groups, slots] int32",
  inverse: "?[groups, numHashes, length] int32",
  slotBuckets: "?[groups, slots] int32",
  keyMask: "?[batch, length] int32",
};

/** Chunks of a window at most: integers stay far from overflowing. */
const mostWindowChunks = 1024;

/** @throws InputError when an input or attribute is not what the contract says */
export function readSlots(
  given: GivenInputs,
  attributes: ChunkAttentionAttributes,
  more: Record<string, string> = {},
): Slots {
  const { numHashes, paddedLength, chunkLength, chunksBefore, chunksAfter, dropoutRate } = attributes;
  for (const [field, value, least] of [
    ["numHashes", numHashes, 1],
    ["chunkLength", chunkLength, 1],
    ["paddedLength", paddedLength, 1],
    ["chunksBefore", chunksBefore, 0],
    ["chunksAfter", chunksAfter, 0],
  ] as const) {
    const isRight = Number.isInteger(value) && value >= least;
    requireThat(isRight, field, `${value}`, `an integer of at least ${least}`);
  }
  const windowChunks = chunksBefore + 1 + chunksAfter;
  requireThat(
    windowChunks <= mostWindowChunks,
    "chunksBefore",
    `${windowChunks - 1} with chunksAfter`,
    `less than ${mostWindowChunks}`,
  );
  const sizes = checkInputs(
    given,
    { ...inputs, ...more },
    { slots: numHashes * paddedLength, numHashes },
  ) as Record<"groups" | "length" | "depth" | "batch", number>;
  const { groups, length, depth, batch = 1 } = sizes;
  requireThat(groups % batch === 0, "keyMask", `of ${batch} examples`, `of a number that divides ${groups}`);
  const isWhole = paddedLength % chunkLength === 0 && paddedLength >= length;
  const allowed = `a multiple of chunkLength (${chunkLength}) of at least ${length}`;
  requireThat(isWhole, "paddedLength", `${paddedLength}`, allowed);
  const isSorted = given["order"] !== undefined;
  requireThat(
    isSorted === (given["inverse"] !== undefined),
    "inverse",
    "alone or absent",
    "given with order",
  );
  requireThat(isSorted || numHashes === 1, "numHashes", `${numHashes} without order`, "1");
  requireThat(isSorted || !given["slotBuckets"], "slotBuckets", "given without order", "given with order");
  requireThat(dropoutRate >= 0 && dropoutRate < 1, "dropoutRate", `${dropoutRate}`, "0 or more and below 1");
  const chunksPerRound = paddedLength / chunkLength;
  const slots = numHashes * paddedLength;
  const bySlot = isSorted ? groups * slots : 0;
  const bucketsAt = bySlot;
  const inverseAt = bucketsAt + (given["slotBuckets"] ? bySlot : 0);
  const keyMaskAt = inverseAt + (isSorted ? groups * numHashes * length : 0);
  return {
    ...attributes,
    groups,
    length,
    depth,
    chunksPerRound,
    ringLength: chunksPerRound * numHashes,
    windowChunks,
    integers: {
      heads: groups / batch,
      len: length,
      slots,
      numHashes,
      chunkLength,
      chunksBefore,
      windowChunks,
      chunksPerRound,
      ringLength: chunksPerRound * numHashes,
      threshold: dropThreshold(dropoutRate),
      dropoutSeed: attributes.dropoutSeed | 0,
      causal: Number(attributes.causal),
      selfMask: Number(attributes.selfMask),
      duplicates: Number(attributes.duplicateCorrection),
      isSorted: Number(isSorted),
      // Where the parts of `routing` begin; -1: there is none.
      bucketsAt: given["slotBuckets"] ? bucketsAt : -1,
      inverseAt,
      keyMaskAt: given["keyMask"] ? keyMaskAt : -1,
    },
    floats: { keptScale: 1 / (1 - dropoutRate) },
  };
}

/**
 * All integers that {@link slotsCode} reads, one after another in one tensor: order, slotBuckets, inverse, keyMask. So
 * one pipeline serves every call, whatever is given, within eight buffers a stage.
 */
export function joinRouting(
  backend: KernelBackend,
  given: GivenInputs,
  { integers: { duplicates, keyMaskAt } }: Slots,
): { routing: TensorInfo; dispose: () => void } {
  const { order, slotBuckets, inverse, keyMask } = given;
  // The inverse is read only to count duplicates; without them an order alone is handed over as it is.
  const readsInverse = order !== undefined && (duplicates === 1 || keyMaskAt! >= 0);
  const parts = [order, slotBuckets, readsInverse ? inverse : undefined, keyMask].filter(
    (part) => part !== undefined,
  );
  if (parts.length === 1) return { routing: parts[0]!, dispose: () => undefined };
  const routing = parts.length === 0 ? noIntegers(backend) : joinIntegers(backend, parts);
  return { routing, dispose: () => release(backend, routing) };
}

function noIntegers(backend: KernelBackend): TensorInfo {
  const shape = [1];
  const dataId = backend.write(new Int32Array(1), shape, "int32") as TensorInfo["dataId"];
  return { dataId, shape, dtype: "int32" };
}

function joinIntegers(backend: KernelBackend, parts: readonly TensorInfo[]): TensorInfo {
  const names = ["one", "two", "three", "four"].slice(0, parts.length);
  const ends = parts.map((_, i) =>
    parts.slice(0, i + 1).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  );
  const count = ends.at(-1)!;
  const pick = (i: number) => `result[i] = ${names[i]}[i${i === 0 ? "" : ` - uniforms.end${i - 1}`}]`;
  return runElementwise(backend, {
    key: `joinIntegers_${parts.length}`,
    inputs: Object.fromEntries(names.map((name, i) => [name, parts[i]!])),
    output: { shape: [count], dtype: "int32" },
    integers: Object.fromEntries(ends.map((end, i) => [`end${i}`, end])),
    count,
    code: `
fn element(i: i32) {
  ${names.map((_, i) => `if (i < uniforms.end${i}) { ${pick(i)}; return; }`).join("\n  ")}
}`,
  });
}

/** `positionAt`, `wrap`, `maskedScore` and `keptFactor`. */
export const slotsCode = `
fn positionAt(group: i32, slot: i32) -> i32 {
  var position = slot;
  if (uniforms.isSorted == 1) { position = routing[group * uniforms.slots + slot]; }
  return select(-1, position, position >= 0 && position < uniforms.len);
}
fn wrap(chunk: i32) -> i32 { return ((chunk % uniforms.ringLength) + uniforms.ringLength) % uniforms.ringLength; }
fn bucketAt(group: i32, slot: i32) -> i32 {
  if (uniforms.bucketsAt < 0) { return 0; }
  return routing[uniforms.bucketsAt + group * uniforms.slots + slot];
}
fn slotOf(group: i32, round: i32, position: i32) -> i32 {
  if (uniforms.isSorted == 0) { return position; }
  return routing[uniforms.inverseAt + (group * uniforms.numHashes + round) * uniforms.len + position];
}
// N of equation 16; see duplicate-counts.ts.
fn occurrences(group: i32, queryPosition: i32, keyPosition: i32) -> f32 {
  var count = 0;
  for (var round = 0; round < uniforms.numHashes; round++) {
    let querySlot = slotOf(group, round, queryPosition);
    let chunkOfQuery = querySlot / uniforms.chunkLength;
    for (var offset = 0; offset < uniforms.windowChunks; offset++) {
      let chunk = wrap(chunkOfQuery - uniforms.chunksBefore + offset);
      let keySlot = slotOf(group, chunk / uniforms.chunksPerRound, keyPosition);
      if (keySlot / uniforms.chunkLength == chunk && bucketAt(group, keySlot) == bucketAt(group, querySlot)) {
        count++;
      }
    }
  }
  return f32(max(count, 1));
}
fn isHidden(group: i32, position: i32) -> bool {
  if (uniforms.keyMaskAt < 0) { return false; }
  return routing[uniforms.keyMaskAt + (group / uniforms.heads) * uniforms.len + position] == 0;
}
// The score of a key that is there, by the plain product.
fn maskedScore(group: i32, querySlot: i32, queryPosition: i32, keySlot: i32, keyPosition: i32, product: f32) -> f32 {
  if (uniforms.selfMask == 1 && queryPosition == keyPosition) { return -1e5; }
  if (uniforms.causal == 1 && keyPosition > queryPosition) { return -1e9; }
  if (isHidden(group, keyPosition) || bucketAt(group, querySlot) != bucketAt(group, keySlot)) { return -1e9; }
  if (uniforms.duplicates == 0) { return product; }
  return product - log(occurrences(group, queryPosition, keyPosition));
}
fn scramble(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn keptFactor(group: i32, querySlot: i32, column: i32) -> f32 {
  if (uniforms.threshold == 0) { return 1.0; }
  let stream = scramble(
    scramble(bitcast<u32>(uniforms.dropoutSeed) ^ (u32(group) * 0x9e3779b1u)) ^ (u32(querySlot + 1) * 0x85ebca77u));
  let draw = scramble(stream + (u32(column) >> 1u) * 0x9e3779b9u);
  let half = select(draw & 0xffffu, draw >> 16u, (column & 1) == 1);
  return select(0.0, uniforms.keptScale, half >= u32(uniforms.threshold));
}`;

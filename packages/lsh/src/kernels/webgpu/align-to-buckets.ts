/**
 * Strict routing's slots, on the device: the sort by bucket, with every bucket moved back to the beginning of a chunk.
 *
 * The last token of a bucket leaves so many slots of its chunk empty; the running sum of those is how far the tokens of
 * later buckets move. It only grows, so a slot finds its token, if it has one, by bisection.
 */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { mostAlignedSlots } from "../../align-to-buckets";
import type { AlignToBucketsAttributes } from "../names";
import { scanRows, sortRows } from "./bucket-sort";
import { checkInputs, type GivenInputs, requireThat } from "./check-inputs";
import { release, runElementwise } from "./run-program";

export function alignToBuckets(
  backend: KernelBackend,
  given: GivenInputs,
  { chunkLength, paddedLength, numBuckets }: AlignToBucketsAttributes,
): TensorInfo[] {
  const { batch, heads, numHashes, length } = checkInputs(given, {
    buckets: "[batch, heads, numHashes, length] int32",
  }) as Record<"batch" | "heads" | "numHashes" | "length", number>;
  for (const [field, value] of Object.entries({ chunkLength, numBuckets })) {
    requireThat(Number.isInteger(value) && value >= 1, field, `${value}`, "an integer of at least 1");
  }
  const least = mostAlignedSlots(length, { chunkLength, numBuckets });
  requireThat(
    paddedLength >= least && paddedLength % chunkLength === 0,
    "paddedLength",
    `${paddedLength}`,
    `a multiple of ${chunkLength} of at least ${least}`,
  );
  const buckets = given["buckets"]!;
  const rows = batch * heads * numHashes;
  const sorted = sortRows(backend, buckets, { rows, length, paddedLength: length }, numBuckets);
  const integers = { len: length, padded: paddedLength, numHashes, chunkLength };

  const shifts = runElementwise(backend, {
    key: "alignmentGaps",
    inputs: { buckets, sorted },
    output: { shape: [rows, length], dtype: "int32" },
    integers,
    count: rows * length,
    code: `
fn idAt(row: i32, i: i32) -> i32 { return buckets[row * uniforms.len + sorted[row * uniforms.len + i]]; }
fn element(at: i32) {
  let row = at / uniforms.len;
  let i = at % uniforms.len;
  let id = idAt(row, i);
  var gap = 0;
  if (i + 1 == uniforms.len || idAt(row, i + 1) != id) {
    var low = 0;
    var high = i;
    while (low < high) {
      let middle = (low + high) / 2;
      if (idAt(row, middle) < id) { low = middle + 1; } else { high = middle; }
    }
    let count = i + 1 - low;
    gap = (uniforms.chunkLength - count % uniforms.chunkLength) % uniforms.chunkLength;
  }
  result[at] = gap;
}`,
  });
  scanRows(backend, shifts, { rows, width: length });

  const order = runElementwise(backend, {
    key: "alignedOrder",
    inputs: { sorted, shifts },
    output: { shape: [batch * heads, numHashes * paddedLength], dtype: "int32" },
    integers,
    count: rows * paddedLength,
    code: `
fn element(at: i32) {
  let row = at / uniforms.padded;
  let slot = at % uniforms.padded;
  let first = row * uniforms.len;
  var low = 0;
  var high = uniforms.len - 1;
  while (low < high) {
    let middle = (low + high + 1) / 2;
    if (middle + shifts[first + middle] <= slot) { low = middle; } else { high = middle - 1; }
  }
  result[at] = select(-1, sorted[first + low], low + shifts[first + low] == slot);
}`,
  });
  const inverse = runElementwise(backend, {
    key: "alignedInverse",
    inputs: { sorted, shifts },
    output: { shape: [batch * heads, numHashes, length], dtype: "int32" },
    integers,
    count: rows * length,
    code: `
fn element(at: i32) {
  let row = at / uniforms.len;
  let i = at % uniforms.len;
  let slot = (row % uniforms.numHashes) * uniforms.padded + i + shifts[at];
  result[row * uniforms.len + sorted[at]] = slot;
}`,
  });
  const slotBuckets = runElementwise(backend, {
    key: "alignedBuckets",
    inputs: { buckets, order },
    output: { shape: [batch * heads, numHashes * paddedLength], dtype: "int32" },
    integers,
    count: rows * paddedLength,
    code: `
fn element(at: i32) {
  let row = at / uniforms.padded;
  let position = order[at];
  let id = buckets[row * uniforms.len + max(position, 0)];
  result[at] = select(-1, id * uniforms.numHashes + row % uniforms.numHashes, position >= 0);
}`,
  });
  release(backend, sorted, shifts);
  return [order, inverse, slotBuckets];
}

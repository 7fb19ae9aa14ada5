/**
 * The stable sort by (bucket, position), on the device: counting, digit by digit of the bucket ids.
 *
 * A digit takes two programs. The first counts: a workgroup a row, with a counter for each digit that says where the
 * digit's next id goes; before every block of 256 positions the counters are written down. In the second, every id goes
 * to the place of its block and digit, behind its equals that come before it in the block. With up to 2,048 buckets there
 * is one digit. A last program inverts the order.
 *
 * Whatever the ids, the result is a permutation: nothing is written outside, and no id needs to be read on the host.
 */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { BucketSortAttributes } from "../names";
import { checkInputs, type GivenInputs, requireThat } from "./check-inputs";
import { defaultWorkgroupSize as block, release, runElementwise, runProgram } from "./run-program";

/** Bits of a digit at most: 2,048 counters take 8 KiB of workgroup memory. */
const digitBits = 11;

export interface RowSizes {
  /** groups · rounds */
  rows: number;
  length: number;
  /** Of the rows of the result; what lies beyond length is -1. */
  paddedLength: number;
}

export function bucketSort(
  backend: KernelBackend,
  given: GivenInputs,
  { paddedLength, numBuckets = 2 ** 31 }: BucketSortAttributes,
): TensorInfo[] {
  const { batch, heads, numHashes, length } = checkInputs(given, {
    buckets: "[batch, heads, numHashes, length] int32",
  }) as Record<"batch" | "heads" | "numHashes" | "length", number>;
  const isLong = Number.isInteger(paddedLength) && paddedLength >= length;
  requireThat(isLong, "paddedLength", `${paddedLength}`, `an integer of at least ${length}`);
  const isCount = Number.isInteger(numBuckets) && numBuckets >= 1 && numBuckets <= 2 ** 31;
  requireThat(isCount, "numBuckets", `${numBuckets}`, "an integer from 1 to 2^31");
  const groups = batch * heads;
  const rows = groups * numHashes;
  const sorted = sortRows(backend, given["buckets"]!, { rows, length, paddedLength }, numBuckets);
  const order = { ...sorted, shape: [groups, numHashes * paddedLength] };
  const inverse = runElementwise(backend, {
    key: "invertOrder",
    inputs: { order },
    output: { shape: [groups, numHashes, length], dtype: "int32" },
    integers: { len: length, padded: paddedLength, numHashes },
    count: rows * length,
    code: `
fn element(i: i32) {
  let row = i / uniforms.len;
  let offset = i % uniforms.len;
  let position = order[row * uniforms.padded + offset];
  result[row * uniforms.len + position] = (row % uniforms.numHashes) * uniforms.padded + offset;
}`,
  });
  return [order, inverse];
}

/** Positions of each row by ascending (id, position): `[rows, paddedLength]` int32. */
export function sortRows(
  backend: KernelBackend,
  ids: TensorInfo,
  { rows, length, paddedLength }: RowSizes,
  numBuckets: number,
): TensorInfo {
  const bits = Math.max(1, Math.ceil(Math.log2(numBuckets)));
  const passes = Math.ceil(bits / digitBits);
  const perPass = Math.ceil(bits / passes);
  let sorted: TensorInfo | undefined;
  for (let pass = 0; pass < passes; pass++) {
    const digit = { shift: pass * perPass, digits: 2 ** perPass };
    const sizes = { rows, length, paddedLength: pass === passes - 1 ? paddedLength : length };
    const next = sortByDigit(backend, ids, sorted, digit, sizes);
    if (sorted) release(backend, sorted);
    sorted = next;
  }
  return sorted!;
}

/** Places are in `[rows, blocks, digits]`; `sorted [rows, length]` is the order by lower digits, if there are any. */
function sortByDigit(
  backend: KernelBackend,
  buckets: TensorInfo,
  sorted: TensorInfo | undefined,
  { shift, digits }: { shift: number; digits: number },
  { rows, length, paddedLength }: RowSizes,
): TensorInfo {
  const blocks = Math.ceil(length / block);
  const inputs = { buckets, ...(sorted ? { sorted } : {}) };
  const integers = { len: length, padded: paddedLength, blocks, shift };
  const reader = `
fn positionOf(row: i32, offset: i32) -> i32 { return ${sorted ? "sorted[row * uniforms.len + offset]" : "offset"}; }
fn digitOf(row: i32, position: i32) -> i32 {
  return (buckets[row * uniforms.len + position] >> u32(uniforms.shift)) & ${digits - 1};
}`;
  const key = `${digits}_${sorted ? "next" : "first"}`;
  const places = runProgram(backend, {
    key: `placesOfDigits_${key}`,
    inputs,
    output: { shape: [rows, blocks, digits], dtype: "int32" },
    integers,
    workgroups: rows,
    code: `${reader}${placesCode(digits)}`,
  });
  const order = runProgram(backend, {
    key: `placeDigits_${key}`,
    inputs: { ...inputs, places },
    output: { shape: [rows, paddedLength], dtype: "int32" },
    integers: { ...integers, slotBlocks: Math.ceil(paddedLength / block) },
    workgroups: rows * Math.ceil(paddedLength / block),
    code: `${reader}
var<workgroup> digitsOfBlock: array<i32, ${block}>;
fn run(workgroup: i32, thread: i32) {
  let row = workgroup / uniforms.slotBlocks;
  let own = workgroup % uniforms.slotBlocks;
  let offset = own * ${block} + thread;
  let isReal = offset < uniforms.len;
  let position = positionOf(row, min(offset, uniforms.len - 1));
  let digit = digitOf(row, position);
  digitsOfBlock[thread] = digit;
  workgroupBarrier();
  if (isPast(workgroup) || offset >= uniforms.padded) { return; }
  if (!isReal) {
    result[row * uniforms.padded + offset] = -1;
    return;
  }
  var rank = 0;
  for (var before = 0; before < thread; before++) {
    if (digitsOfBlock[before] == digit) { rank++; }
  }
  result[row * uniforms.padded + places[(row * uniforms.blocks + own) * ${digits} + digit] + rank] = position;
}`,
  });
  release(backend, places);
  return order;
}

/** The counters hold counts of the whole row, then their running sum, then that plus what earlier blocks hold. */
function placesCode(digits: number): string {
  const stretch = Math.ceil(digits / block);
  return `
var<workgroup> counters: array<atomic<i32>, ${digits}>;
var<workgroup> sums: array<i32, ${block}>;
fn run(workgroup: i32, thread: i32) {
  for (var digit = thread; digit < ${digits}; digit += ${block}) { atomicStore(&counters[digit], 0); }
  workgroupBarrier();
  for (var offset = thread; offset < uniforms.len; offset += ${block}) {
    atomicAdd(&counters[digitOf(workgroup, positionOf(workgroup, offset))], 1);
  }
  workgroupBarrier();
  let start = min(thread * ${stretch}, ${digits});
  let end = min(start + ${stretch}, ${digits});
  var own = 0;
  for (var digit = start; digit < end; digit++) { own += atomicLoad(&counters[digit]); }
  sums[thread] = own;
  ${scanSums}
  var before = sums[thread] - own;
  for (var digit = start; digit < end; digit++) {
    let here = atomicLoad(&counters[digit]);
    atomicStore(&counters[digit], before);
    before += here;
  }
  for (var part = 0; part < uniforms.blocks; part++) {
    workgroupBarrier();
    if (!isPast(workgroup)) {
      for (var digit = thread; digit < ${digits}; digit += ${block}) {
        result[(workgroup * uniforms.blocks + part) * ${digits} + digit] = atomicLoad(&counters[digit]);
      }
    }
    workgroupBarrier();
    let offset = part * ${block} + thread;
    if (offset < uniforms.len) { atomicAdd(&counters[digitOf(workgroup, positionOf(workgroup, offset))], 1); }
  }
}`;
}

/** WGSL: every thread's number in `sums` becomes the sum of those up to it. */
const scanSums = `
  workgroupBarrier();
  for (var reach = 1; reach < ${block}; reach = reach * 2) {
    var more = 0;
    if (thread >= reach) { more = sums[thread - reach]; }
    workgroupBarrier();
    sums[thread] += more;
    workgroupBarrier();
  }`;

/** Every number of a row is replaced by the sum of those before it, in place: a workgroup a row. */
export function scanRows(
  backend: KernelBackend,
  tensor: TensorInfo,
  { rows, width }: { rows: number; width: number },
): void {
  runProgram(backend, {
    key: "scanRows",
    inputs: {},
    output: tensor,
    integers: { width, stretch: Math.ceil(width / block) },
    workgroups: rows,
    code: `
var<workgroup> sums: array<i32, ${block}>;
fn run(workgroup: i32, thread: i32) {
  let first = workgroup * uniforms.width;
  let start = min(thread * uniforms.stretch, uniforms.width);
  let end = min(start + uniforms.stretch, uniforms.width);
  var own = 0;
  for (var i = start; i < end; i++) { own += result[first + i]; }
  sums[thread] = own;
  ${scanSums}
  var before = sums[thread] - own;
  if (isPast(workgroup)) { return; }
  for (var i = start; i < end; i++) {
    let here = result[first + i];
    result[first + i] = before;
    before += here;
  }
}`,
  });
}

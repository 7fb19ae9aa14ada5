/**
 * tfjs' UnsortedSegmentSum, in an order of additions that is always the same: its own kernel for WebGPU adds by atomic
 * operations, in the order in which threads arrive. Rows are sorted by segment; then a workgroup sums the rows of one.
 */
import {
  checkInputs,
  type GivenInputs,
  release,
  requireThat,
  runElementwise,
  runProgram,
  sortRows,
} from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo, UnsortedSegmentSumAttrs } from "@tensorflow/tfjs-core";

/** Columns of a workgroup, each a thread's. */
const workgroupSize = 64;

/** `x [rows, ...inner]` by `segmentIds [rows]` to `[numSegments, ...inner]`; rows of no segment that there is are dropped. */
export function unsortedSegmentSum(
  backend: KernelBackend,
  given: GivenInputs,
  { numSegments }: UnsortedSegmentSumAttrs,
): TensorInfo[] {
  const { segmentIds } = given as Record<string, TensorInfo>;
  const x = given["x"]!;
  const [rows = 0, ...inner] = x.shape;
  checkInputs(given, { segmentIds: "[rows] int32" }, { rows });
  requireThat(
    Number.isInteger(numSegments) && numSegments >= 0,
    "numSegments",
    `${numSegments}`,
    "0 or more",
  );
  const isNumeric = x.dtype === "float32" || x.dtype === "int32";
  requireThat(isNumeric, "x", `of type ${x.dtype}`, "float32 or int32");
  const numbers = [numSegments, ...inner].reduce((product, size) => product * size, 1);
  requireThat(
    numbers < 2 ** 30,
    "numSegments",
    `${numSegments}`,
    "so few that sums have less than 2^30 numbers",
  );
  const dtype = x.dtype as "float32" | "int32";
  const output = { shape: [numSegments, ...inner], dtype };
  if (rows === 0) return [zeros(backend, output)];
  const segments = runElementwise(backend, {
    key: "segmentsThatAre",
    inputs: { segmentIds: segmentIds! },
    output: { shape: [1, rows], dtype: "int32" },
    integers: { numSegments },
    count: rows,
    code: `
fn element(i: i32) {
  let id = segmentIds[i];
  result[i] = select(uniforms.numSegments, id, id >= 0 && id < uniforms.numSegments);
}`,
  });
  const order = sortRows(backend, segments, { rows: 1, length: rows, paddedLength: rows }, numSegments + 1);
  const width = inner.reduce((product, size) => product * size, 1);
  const tiles = Math.ceil(width / workgroupSize);
  const sums = runProgram(backend, {
    key: `segmentSum_${dtype}`,
    inputs: { x, segments, order },
    output,
    integers: { rows, width, tiles },
    workgroups: numSegments * tiles,
    workgroupSize,
    code: `
// The first place in the order whose segment is at least this one.
fn firstOf(segment: i32) -> i32 {
  var low = 0;
  var high = uniforms.rows;
  while (low < high) {
    let middle = (low + high) / 2;
    if (segments[order[middle]] < segment) { low = middle + 1; } else { high = middle; }
  }
  return low;
}
fn run(workgroup: i32, thread: i32) {
  let segment = workgroup / uniforms.tiles;
  let column = (workgroup % uniforms.tiles) * ${workgroupSize} + thread;
  if (column >= uniforms.width || isPast(workgroup)) { return; }
  let end = firstOf(segment + 1);
  var sum = ${dtype === "float32" ? "0.0" : "0"};
  for (var i = firstOf(segment); i < end; i++) { sum += x[order[i] * uniforms.width + column]; }
  result[segment * uniforms.width + column] = sum;
}`,
  });
  release(backend, segments, order);
  return [sums];
}

function zeros(backend: KernelBackend, output: { shape: number[]; dtype: "float32" | "int32" }): TensorInfo {
  const count = output.shape.reduce((product, size) => product * size, 1);
  const code = "fn element(i: i32) { result[i] = 0; }";
  return runElementwise(backend, { key: "zeros", inputs: {}, output, count, code });
}

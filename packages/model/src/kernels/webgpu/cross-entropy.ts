/** Cross entropy of a piece of logits, `[rows, vocabSize]`, and its gradient in their place. */
import { runElementwise, runProgram } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";

interface Sizes {
  /** Where the piece's targets begin. */
  firstRow: number;
  rows: number;
  vocabSize: number;
}

interface Compared {
  logits: TensorInfo;
  /** From {@link softmaxSums}. */
  sums: TensorInfo;
  /** Of all rows, int32. */
  targets: TensorInfo;
}

const workgroupSize = 64;

/** `[rows, 2]`: a row's largest logit, and the sum of exponentials of what the others are short of it. */
export function softmaxSums(
  backend: KernelBackend,
  logits: TensorInfo,
  { rows, vocabSize }: Sizes,
): TensorInfo {
  return runProgram(backend, {
    key: "softmaxSums",
    inputs: { logits },
    output: { shape: [rows, 2], dtype: "float32" },
    integers: { vocabSize },
    workgroups: rows,
    workgroupSize,
    code: `
var<workgroup> numbers: array<f32, ${workgroupSize}>;
fn run(workgroup: i32, thread: i32) {
  let first = workgroup * uniforms.vocabSize;
  var largest = -3e38;
  for (var i = thread; i < uniforms.vocabSize; i += ${workgroupSize}) { largest = max(largest, logits[first + i]); }
  numbers[thread] = largest;
  workgroupBarrier();
  for (var i = 0; i < ${workgroupSize}; i++) { largest = max(largest, numbers[i]); }
  workgroupBarrier();
  var sum = 0.0;
  for (var i = thread; i < uniforms.vocabSize; i += ${workgroupSize}) { sum += exp(logits[first + i] - largest); }
  numbers[thread] = sum;
  workgroupBarrier();
  if (thread > 0 || isPast(workgroup)) { return; }
  sum = 0.0;
  for (var i = 0; i < ${workgroupSize}; i++) { sum += numbers[i]; }
  result[2 * workgroup] = largest;
  result[2 * workgroup + 1] = sum;
}`,
  });
}

/** `[rows]`: nats, 0 where nothing is asked. */
export function compareRows(
  backend: KernelBackend,
  { logits, sums, targets }: Compared,
  { firstRow, rows, vocabSize }: Sizes,
): TensorInfo {
  return runElementwise(backend, {
    key: "natsOfRows",
    inputs: { logits, sums, targets },
    output: { shape: [rows, 1], dtype: "float32" },
    integers: { vocabSize, firstRow },
    count: rows,
    code: `
fn element(i: i32) {
  let wanted = targets[uniforms.firstRow + i];
  var nats = 0.0;
  if (wanted >= 0 && wanted < uniforms.vocabSize) {
    nats = sums[2 * i] - logits[i * uniforms.vocabSize + wanted] + log(sums[2 * i + 1]);
  }
  result[i] = nats;
}`,
  });
}

/** `(softmax - target) * share` in place of the logits, 0 in rows where nothing is asked. */
export function toGradient(
  backend: KernelBackend,
  { logits, sums, targets }: Compared,
  { firstRow, rows, vocabSize }: Sizes,
  share: number,
): TensorInfo {
  return runElementwise(backend, {
    key: "dLogits",
    inputs: { sums, targets },
    output: logits,
    integers: { vocabSize, firstRow },
    floats: { share },
    count: rows * vocabSize,
    code: `
fn element(i: i32) {
  let row = i / uniforms.vocabSize;
  let wanted = targets[uniforms.firstRow + row];
  let hit = select(0.0, 1.0, wanted == i % uniforms.vocabSize);
  let probability = exp(result[i] - sums[2 * row]) / sums[2 * row + 1];
  result[i] = select(0.0, (probability - hit) * uniforms.share, wanted >= 0 && wanted < uniforms.vocabSize);
}`,
  });
}

/** Keys from shared queries, and the gradient through both of their uses: a workgroup a row, one pass over it. */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { checkSameShape, type GivenInputs } from "./check-inputs";
import { runProgram, sumAcross } from "./run-program";

const workgroupSize = 64;

export function normalizeKeys(backend: KernelBackend, given: GivenInputs): TensorInfo[] {
  checkSameShape(given, ["query"]);
  const body = `
  for (var d = thread; d < depth; d += ${workgroupSize}) {
    let q = query[row + d];
    if (!isPast(workgroup)) { result[row + d] = q * r * inverseRoot; }
  }`;
  return [runRows(backend, "normalizeKeys", given, ["query"], body)];
}

export function normalizeKeysGrad(backend: KernelBackend, given: GivenInputs): TensorInfo[] {
  const names = ["query", "dKey", "dQuery"];
  checkSameShape(given, names);
  const body = `
  var agreement = 0.0;
  for (var d = thread; d < depth; d += ${workgroupSize}) { agreement += query[row + d] * dKey[row + d]; }
  let along = sumAcross(agreement) / f32(depth) * r * r;
  for (var d = thread; d < depth; d += ${workgroupSize}) {
    let pulled = (dKey[row + d] - query[row + d] * along) * r * inverseRoot;
    if (!isPast(workgroup)) { result[row + d] = dQuery[row + d] + pulled; }
  }`;
  return [runRows(backend, "normalizeKeysGrad", given, names, body)];
}

function runRows(
  backend: KernelBackend,
  key: string,
  given: GivenInputs,
  names: readonly string[],
  body: string,
): TensorInfo {
  const { shape } = given["query"]!;
  const depth = shape.at(-1) ?? 1;
  const size = shape.reduce((product, axis) => product * axis, 1);
  return runProgram(backend, {
    key,
    inputs: Object.fromEntries(names.map((name) => [name, given[name]!])),
    output: { shape, dtype: "float32" },
    integers: { depth },
    workgroups: size / depth,
    workgroupSize,
    code: `${sumAcross(workgroupSize)}
fn run(workgroup: i32, thread: i32) {
  let depth = uniforms.depth;
  let row = workgroup * depth;
  var squares = 0.0;
  for (var d = thread; d < depth; d += ${workgroupSize}) { let q = query[row + d]; squares += q * q; }
  let r = inverseSqrt(sumAcross(squares) / f32(depth) + 1e-6);
  let inverseRoot = inverseSqrt(f32(depth));
  ${body}
}`,
  });
}

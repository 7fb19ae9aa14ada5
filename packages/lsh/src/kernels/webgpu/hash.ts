/**
 * The hash in one program: a thread keeps one vector and meets every direction of one round, tile by tile in workgroup
 * memory, with the largest and the smallest projection so far. The rotated vectors exist nowhere.
 */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { checkInputs, type GivenInputs, requireThat } from "./check-inputs";
import { defaultWorkgroupSize, runProgram } from "./run-program";
import type { HashAttributes } from "../names";

/** Floats of rotations in workgroup memory: 8 KiB. */
const tileSize = 2048;

export function hash(backend: KernelBackend, given: GivenInputs, { factors }: HashAttributes): TensorInfo[] {
  const { batch, heads, length, depth, numHashes, rotationSize } = checkInputs(given, {
    vectors: "[batch, heads, length, depth]",
    rotations: "[heads, depth, numHashes, rotationSize]",
  }) as Record<"batch" | "heads" | "length" | "depth" | "numHashes" | "rotationSize", number>;
  const isEven = factors.length > 0 && factors.every((factor) => factor > 0 && factor % 2 === 0);
  requireThat(isEven, "factors", `[${factors.join(", ")}]`, "even numbers, one at least");
  const directions = factors.reduce((sum, factor) => sum + factor / 2, 0);
  requireThat(
    directions === rotationSize,
    "factors",
    `[${factors.join(", ")}]`,
    `of sum ${2 * rotationSize}`,
  );
  requireThat(depth <= tileSize, "depth", `${depth}`, `${tileSize} at most`);
  const blocks = Math.ceil(length / defaultWorkgroupSize);
  return [
    runProgram(backend, {
      key: `hash_${depth}_${factors.join("_")}`,
      inputs: { vectors: given["vectors"]!, rotations: given["rotations"]! },
      output: { shape: [batch, heads, numHashes, length], dtype: "int32" },
      integers: { heads, len: length, numHashes, blocks },
      workgroups: batch * heads * numHashes * blocks,
      code: code(depth, factors),
    }),
  ];
}

function code(depth: number, factors: readonly number[]): string {
  const rotationSize = factors.reduce((sum, factor) => sum + factor / 2, 0);
  const perTile = Math.max(1, Math.min(Math.floor(tileSize / depth), rotationSize));
  let start = 0;
  let stride = 1;
  const steps = factors.map((factor) => {
    const step = `bucket += ${stride} * nearest(head, round, ${start}, ${factor / 2});`;
    start += factor / 2;
    stride *= factor;
    return step;
  });
  return `
const DEPTH = ${depth};
const SIZE = ${rotationSize};
const TILE = ${perTile};
var<workgroup> tile: array<f32, ${perTile * depth}>;
var<private> vector: array<f32, DEPTH>;

fn nearest(head: i32, round: i32, first: i32, count: i32) -> i32 {
  var highest = -1e38;
  var lowest = 1e38;
  var atHighest = 0;
  var atLowest = 0;
  for (var begin = 0; begin < count; begin += TILE) {
    let some = min(TILE, count - begin);
    workgroupBarrier();
    for (var i = i32(localIndex); i < some * DEPTH; i += ${defaultWorkgroupSize}) {
      let d = i / some;
      let direction = i % some;
      tile[direction * DEPTH + d] =
        rotations[((head * DEPTH + d) * uniforms.numHashes + round) * SIZE + first + begin + direction];
    }
    workgroupBarrier();
    for (var direction = 0; direction < some; direction++) {
      var sum = 0.0;
      for (var d = 0; d < DEPTH; d++) { sum += vector[d] * tile[direction * DEPTH + d]; }
      if (sum > highest) { highest = sum; atHighest = begin + direction; }
      if (sum < lowest) { lowest = sum; atLowest = begin + direction; }
    }
  }
  return select(atHighest, count + atLowest, -lowest > highest);
}

fn run(workgroup: i32, thread: i32) {
  let row = workgroup / uniforms.blocks;
  let position = (workgroup % uniforms.blocks) * ${defaultWorkgroupSize} + thread;
  let round = row % uniforms.numHashes;
  let group = row / uniforms.numHashes;
  let head = group % uniforms.heads;
  let isReal = position < uniforms.len && !isPast(workgroup);
  if (isReal) {
    for (var d = 0; d < DEPTH; d++) { vector[d] = vectors[(group * uniforms.len + position) * DEPTH + d]; }
  }
  var bucket = 0;
  ${steps.join("\n  ")}
  if (isReal) { result[row * uniforms.len + position] = bucket; }
}`;
}

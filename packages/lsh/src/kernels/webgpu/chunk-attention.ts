/**
 * Chunk attention forward. A program writes one tensor, so the log-normaliser comes first, of all rounds at once; then
 * every round adds its share of the output, already divided. With one round that is two dispatches, with R it is 2 + R.
 * Nothing exists by slot but one number; outputs of rounds never exist side by side.
 */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { ChunkAttentionAttributes } from "../names";
import type { GivenInputs } from "./check-inputs";
import { release, runElementwise } from "./run-program";
import { readSlots, joinRouting, type Slots } from "./slots";
import { runTiles, type TileProgram } from "./tiles";

/** Four threads hold a largest score and a sum for their columns of a row, and meet at its end. */
const normalizer = (bySlot: boolean): TileProgram => ({
  name: `chunkNormalizer${bySlot ? "BySlot" : ""}`,
  rows: "queries",
  first: ["query", "key"],
  declarations: `
var<workgroup> largests: array<f32, 256>;
var<workgroup> totals: array<f32, 256>;`,
  begin: "var largest = -3e9; var total = 0.0;",
  weigh: `
        if (score > largest) { total = total * exp(largest - score) + 1.0; largest = score; }
        else { total += exp(score - largest); }
        weight = kept;`,
  end: `
  largests[thread] = largest;
  totals[thread] = total;
  workgroupBarrier();
  if (lane != 0 || position < 0) { return; }
  for (var j = 1; j < 4; j++) { largest = max(largest, largests[thread + j]); }
  total = 0.0;
  for (var j = 0; j < 4; j++) { total += totals[thread + j] * exp(largests[thread + j] - largest); }
  // A row of equal constants is stored as constant times count: see log-sum-exp.ts.
  let written = select(largest + log(total), largest * total, largest < -5e4);
  result[${bySlot ? "group * uniforms.slots + slot" : "group * uniforms.len + position"}] = written;`,
});

/** How a log-normaliser is read: see log-sum-exp.ts. */
export const readNormalizer = `
fn weightOf(score: f32, normalizer: f32) -> f32 {
  if (normalizer >= -5e4) { return exp(score - normalizer); }
  let base = select(-1e5, -1e9, normalizer < -5e8);
  return exp(score - base) * (base / normalizer);
}`;

const output: TileProgram = {
  name: "chunkOutput",
  rows: "queries",
  first: ["query", "key"],
  declarations: readNormalizer,
  begin: `
  var normalizer = 0.0;
  if (position >= 0) { normalizer = logSumExp[group * uniforms.len + position]; }`,
  weigh: "weight = weightOf(score, normalizer) * kept;",
  gathered: "value",
};

export function chunkAttention(
  backend: KernelBackend,
  given: GivenInputs,
  attributes: ChunkAttentionAttributes,
): TensorInfo[] {
  const slots = readSlots(given, attributes);
  const { groups, length, depth, numHashes, chunksPerRound, ringLength } = slots;
  const { routing, dispose } = joinRouting(backend, given, slots);
  const { query, key, value } = given as Record<"query" | "key" | "value", TensorInfo>;
  const isOneRound = numHashes === 1;
  const sums = runTiles(backend, normalizer(!isOneRound), {
    slots,
    inputs: { query, key, routing },
    output: { shape: isOneRound ? [groups, length] : [groups, slots.integers["slots"]!], dtype: "float32" },
    firstChunk: 0,
    chunkCount: ringLength,
  });
  const logSumExp = isOneRound ? sums : mergeNormalizers(backend, sums, given["inverse"]!, slots);
  if (!isOneRound) release(backend, sums);
  const shape = [groups, length, depth];
  let attended: TensorInfo | undefined;
  for (let round = 0; round < numHashes; round++) {
    attended = runTiles(backend, output, {
      slots,
      inputs: { query, key, value, logSumExp, routing },
      output: attended ?? { shape, dtype: "float32" },
      firstChunk: round * chunksPerRound,
      chunkCount: chunksPerRound,
      adds: round > 0,
    });
  }
  dispose();
  return [attended!, logSumExp];
}

/** `[groups, slots]` to `[groups, length]`: the constants of masked rows add up, everything else by its exponential. */
function mergeNormalizers(
  backend: KernelBackend,
  sums: TensorInfo,
  inverse: TensorInfo,
  { groups, length, integers }: Slots,
): TensorInfo {
  return runElementwise(backend, {
    key: "mergeNormalizers",
    inputs: { sums, inverse },
    output: { shape: [groups, length], dtype: "float32" },
    integers: { len: length, numHashes: integers["numHashes"]!, slots: integers["slots"]! },
    count: groups * length,
    code: `
fn at(group: i32, round: i32, position: i32) -> f32 {
  let slot = inverse[(group * uniforms.numHashes + round) * uniforms.len + position];
  return sums[group * uniforms.slots + clamp(slot, 0, uniforms.slots - 1)];
}
fn element(i: i32) {
  let group = i / uniforms.len;
  let position = i % uniforms.len;
  var largest = -3e38;
  for (var round = 0; round < uniforms.numHashes; round++) {
    let one = at(group, round, position);
    // The level of a constant, whatever its count.
    largest = max(largest, select(select(-1e5, -1e9, one < -5e8), one, one >= -5e4));
  }
  var total = 0.0;
  for (var round = 0; round < uniforms.numHashes; round++) {
    let one = at(group, round, position);
    if (one >= -5e4) { total += exp(one - largest); }
    else if (largest < -5e4 && (one < -5e8) == (largest < -5e8)) { total += one; }
  }
  result[i] = select(largest + log(total), total, largest < -5e4);
}`,
  });
}

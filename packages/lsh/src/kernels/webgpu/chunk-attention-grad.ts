/**
 * The backward pass of chunk attention. Scores are computed anew in each of three programs a round, because a program
 * writes one tensor: queries gather dQuery over their window; keys gather dKey and dValue over the queries that see them.
 */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { ChunkAttentionAttributes } from "../names";
import type { GivenInputs } from "./check-inputs";
import { readNormalizer } from "./chunk-attention";
import { release, runElementwise } from "./run-program";
import { readSlots, joinRouting, type Slots } from "./slots";
import { runTiles, type TileProgram } from "./tiles";

/** Of the query's pair `[logSumExp, dOutput · output]`. */
const scalarOf = (which: 0 | 1) => `scalars[(group * uniforms.len + queryPosition) * 2 + ${which}]`;
const weightNow = `let normalizer = ${scalarOf(0)};`;
/** In a row of constants nothing depends on queries and keys. */
const dScore = `
        ${weightNow}
        if (normalizer >= -5e4) { weight = weightOf(score, normalizer) * (kept * dWeight - ${scalarOf(1)}); }`;

/** Queries and keys gather gradients of scores alike; they differ in who the rows are, and in what weighs a pair. */
const gatherScores = (
  name: string,
  rows: TileProgram["rows"],
  [own, other]: [string, string],
  second: [string, string],
): TileProgram => ({
  name,
  rows,
  first: [own, other],
  second,
  declarations: readNormalizer,
  weigh: dScore,
  gathered: other,
});

const dQueryProgram = gatherScores("chunkDQuery", "queries", ["query", "key"], ["dOutput", "value"]);
const dKeyProgram = gatherScores("chunkDKey", "keys", ["key", "query"], ["value", "dOutput"]);

const dValueProgram: TileProgram = {
  name: "chunkDValue",
  rows: "keys",
  first: ["key", "query"],
  declarations: readNormalizer,
  weigh: `
        ${weightNow}
        weight = weightOf(score, normalizer) * kept;`,
  gathered: "dOutput",
};

export function chunkAttentionGrad(
  backend: KernelBackend,
  given: GivenInputs,
  attributes: ChunkAttentionAttributes,
): TensorInfo[] {
  const slots = readSlots(given, attributes, {
    output: "[groups, length, depth]",
    logSumExp: "[groups, length]",
    dOutput: "[groups, length, depth]",
  });
  const { query, key, value, dOutput } = given as Record<string, TensorInfo>;
  const { routing, dispose } = joinRouting(backend, given, slots);
  const scalars = pairScalars(backend, given as Record<string, TensorInfo>, slots);
  const all = { query: query!, key: key!, value: value!, dOutput: dOutput!, scalars, routing };
  const { value: _, ...withoutValue } = all;
  const gradients = [
    overRounds(backend, dQueryProgram, all, slots),
    overRounds(backend, dKeyProgram, all, slots),
    overRounds(backend, dValueProgram, withoutValue, slots),
  ];
  release(backend, scalars);
  dispose();
  return gradients;
}

function overRounds(
  backend: KernelBackend,
  program: TileProgram,
  inputs: Record<string, TensorInfo>,
  slots: Slots,
): TensorInfo {
  const { groups, length, depth, numHashes, chunksPerRound } = slots;
  let sum: TensorInfo | undefined;
  for (let round = 0; round < numHashes; round++) {
    sum = runTiles(backend, program, {
      slots,
      inputs,
      output: sum ?? { shape: [groups, length, depth], dtype: "float32" },
      firstChunk: round * chunksPerRound,
      chunkCount: chunksPerRound,
      adds: round > 0,
    });
  }
  return sum!;
}

/** `[groups, length, 2]`: the log-normaliser, and `dOutput · output`. */
function pairScalars(
  backend: KernelBackend,
  { output, logSumExp, dOutput }: Record<string, TensorInfo>,
  { groups, length, depth }: Slots,
): TensorInfo {
  return runElementwise(backend, {
    key: "pairScalars",
    inputs: { attended: output!, logSumExp: logSumExp!, dOutput: dOutput! },
    output: { shape: [groups, length, 2], dtype: "float32" },
    integers: { depth },
    count: groups * length,
    code: `
fn element(i: i32) {
  var alignment = 0.0;
  for (var d = 0; d < uniforms.depth; d++) {
    alignment += attended[i * uniforms.depth + d] * dOutput[i * uniforms.depth + d];
  }
  result[2 * i] = logSumExp[i];
  result[2 * i + 1] = alignment;
}`,
  });
}

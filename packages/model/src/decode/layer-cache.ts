/**
 * What a layer remembers of one sequence while it is written, and how its newest token attends to that.
 *
 * LSH layers remember all keys and values, and where each token hashed; local layers only the chunks still in reach.
 */
import { InputError } from "@reformer-ts/internal-checks";
import type { AttentionKind, ReformerConfig } from "../config";
import { paddedLength } from "../pass";
import { rotateVector } from "../positions/rotary";
import { mix, weigh, type MemoryOfLayer, type OneQuery } from "./attend-one";
import { history, type History } from "./history";
import { sortedRound, visibleInBuckets, visiblePositions, type SortedRound } from "./sorted-window";

export interface LayerCache {
  /** Bytes of keys and values, and of where tokens hashed. */
  readonly bytes: number;
  /** Of a prompt, how many of its last tokens {@link begin} needs. */
  readonly reach: number;
  /** Remembers a prompt that was read in one pass. Only an empty cache. */
  begin(prompt: PromptOfLayer): void;
  /**
   * Remembers a token and attends from it, writing `[heads * depth]` numbers to `output`.
   *
   * @param projections one vector `[heads * depth]` per projection of the layer
   * @param buckets `[heads, numHashes]` of the token, for LSH layers
   */
  attend(
    projections: readonly Float32Array[],
    buckets: Int32Array | undefined,
    output: Float32Array,
    memory?: MemoryOfLayer | null,
  ): void;
  /** What each head's newest token attends to. */
  attended(memory?: MemoryOfLayer | null): AttendedPositions[];
  /** A copy that goes its own way: one text so far, two ways on. */
  fork(): LayerCache;
}

export interface PromptOfLayer {
  /** Tokens of the prompt. */
  length: number;
  /** Projections of its last tokens, at least `min(length, reach)` of them: `[heads, count, depth]` each. */
  projections: readonly Float32Array[];
  count: number;
  /** `[heads, numHashes, length]` of all of them, for LSH layers. */
  buckets?: Int32Array;
}

/** Weights of the positions, as often as they are seen, and behind them those of the memory. */
export interface AttendedPositions {
  positions: readonly number[];
  weights: Float64Array;
}

interface Remembered {
  /** By position, `[heads, 2, depth]`: key and value of each head. */
  keyValues: History;
  /** By head and round; of LSH layers. */
  rounds: SortedRound[][];
  /** Of the newest token: its query, `[heads * depth]`, and the same turned by its position. */
  newest: { plain: Float32Array; turned: Float32Array };
}

/** @throws InputError when the model is not causal or looks at later chunks: such a model cannot write */
export function layerCache(config: ReformerConfig, kind: AttentionKind, numBuckets: number): LayerCache {
  checkWrites(config);
  const { numHeads, dHead, numHashes, localChunksBefore, localChunkLength } = config;
  const width = numHeads * dHead;
  const reach = kind === "local" ? (localChunksBefore! + 1) * localChunkLength! : Infinity;
  const rounds = Array.from({ length: kind === "lsh" ? numHeads : 0 }, () =>
    Array.from({ length: numHashes }, () => sortedRound(numBuckets)),
  );
  const none = new Float32Array(width);
  return continued(config, kind, reach, {
    keyValues: history(2 * width, reach),
    rounds,
    newest: { plain: none, turned: none },
  });
}

function checkWrites(config: ReformerConfig): void {
  if (!config.causal)
    throw new InputError({ field: "config.causal", given: "false", allowed: "true to generate" });
  for (const key of ["chunksAfter", "localChunksAfter"] as const) {
    if (config[key]! > 0)
      throw new InputError({ field: `config.${key}`, given: `${config[key]}`, allowed: "0 to generate" });
  }
}

/** Takes `remembered`. */
function continued(
  config: ReformerConfig,
  kind: AttentionKind,
  reach: number,
  { keyValues, rounds, newest }: Remembered,
): LayerCache {
  const { dHead, numHeads, numHashes, positions } = config;
  const width = numHeads * dHead;
  const shared = kind === "lsh" || (kind === "local" && config.localSharedQueryKey);
  const visible = visibleFrom(config, kind, rounds);
  // Rotary positions turn queries and keys, others are in the embedding already.
  const turned = (vector: Float32Array) =>
    positions === "rotary" ? rotateVector(vector, dHead, keyValues.length) : vector;

  const remember = (projections: readonly Float32Array[], buckets?: Int32Array) => {
    const [query, key, value] = [projections[0]!, projections.at(-2)!, projections.at(-1)!];
    newest = { plain: query, turned: turned(query) };
    const scaled = shared ? normalizedKey(newest.turned, dHead) : scaledKey(turned(key), dHead);
    const kept = keyValues.append();
    for (let start = 0; start < width; start += dHead) {
      kept.set(scaled.subarray(start, start + dHead), 2 * start);
      kept.set(value.subarray(start, start + dHead), 2 * start + dHead);
    }
    if (buckets) hashedTo((head, round) => buckets[head * numHashes + round]!);
  };
  const hashedTo = (bucketOf: (head: number, round: number) => number) =>
    rounds.forEach((ofHead, head) => ofHead.forEach((round, r) => round.append(bucketOf(head, r))));
  const queryOf = (head: number, memory: MemoryOfLayer | null): OneQuery => ({
    query: newest.turned,
    headOffset: head * dHead,
    depth: dHead,
    keyValues,
    self: shared ? keyValues.length - 1 : -1,
    memory: memory && { query: newest.plain, keyValues: memory },
  });

  return {
    reach,
    get bytes() {
      return keyValues.bytes + numHashes * rounds.length * keyValues.length * 4;
    },
    begin({ length, projections, count, buckets }) {
      const kept = Math.min(length, reach);
      keyValues.skip(length - kept);
      for (let i = count - kept; i < count; i++)
        remember(projections.map((ofPrompt) => tokenOf(ofPrompt, { width, dHead, count }, i)));
      if (!buckets) return;
      for (let position = 0; position < length; position++)
        hashedTo((head, round) => buckets[(head * numHashes + round) * length + position]!);
    },
    attend(projections, buckets, output, memory = null) {
      remember(projections, buckets);
      for (let head = 0; head < numHeads; head++) {
        const query = queryOf(head, memory);
        const seen = visible(head, keyValues.length);
        mix(query, seen, weigh(query, seen), output);
      }
    },
    attended: (memory = null) =>
      Array.from({ length: numHeads }, (_, head) => {
        const seen = visible(head, keyValues.length);
        return { positions: seen, weights: weigh(queryOf(head, memory), seen) };
      }),
    fork: () =>
      continued(config, kind, reach, {
        keyValues: keyValues.fork(),
        rounds: rounds.map((ofHead) => ofHead.map((round) => round.fork())),
        newest,
      }),
  };
}

/** The positions that a head's newest token sees, of a sequence of `length` tokens. */
function visibleFrom(config: ReformerConfig, kind: AttentionKind, rounds: SortedRound[][]) {
  const { chunkLength, chunksBefore, fullAttentionThreshold } = config;
  const all = (first: number, length: number) => Array.from({ length: length - first }, (_, i) => first + i);
  const byHash = (head: number, length: number) => {
    if (config.routing === "strict") return visibleInBuckets(rounds[head]!, chunkLength, chunksBefore);
    if (length <= fullAttentionThreshold) return all(0, length);
    const numChunks = paddedLength(config, length) / chunkLength;
    if (numChunks <= 1) return all(0, length);
    return visiblePositions(rounds[head]!, length, { ...config, numChunks });
  };
  return (head: number, length: number): number[] => {
    switch (kind) {
      case "full":
        return all(0, length);
      case "local": {
        const chunk = Math.floor((length - 1) / config.localChunkLength!);
        // Chunks before the first are those at the sequence's end, which causality hides.
        return all(Math.max(0, (chunk - config.localChunksBefore!) * config.localChunkLength!), length);
      }
      case "lsh": {
        const seen = byHash(head, length);
        // Equation 16 takes log N off the score of a key that occurs N times: together they weigh as much as one.
        return config.duplicateCorrection ? [...new Set(seen)] : seen;
      }
    }
  };
}

/** One token's vectors of all heads, side by side, from `[heads, count, depth]`. */
function tokenOf(
  values: Float32Array,
  { width, dHead, count }: { width: number; dHead: number; count: number },
  token: number,
): Float32Array {
  const vector = new Float32Array(width);
  for (let head = 0, from = token * dHead; head * dHead < width; head++, from += count * dHead)
    vector.set(values.subarray(from, from + dHead), head * dHead);
  return vector;
}

const scaledKey = (key: Float32Array, depth: number) => key.map((x) => x / Math.sqrt(depth));

/** Each head's part of `queryKey` at unit root mean square, over sqrt(depth). */
function normalizedKey(queryKey: Float32Array, depth: number): Float32Array {
  const key = new Float32Array(queryKey.length);
  for (let start = 0; start < key.length; start += depth) {
    let squares = 0;
    for (let d = start; d < start + depth; d++) squares += queryKey[d]! ** 2;
    const scale = 1 / Math.sqrt((squares / depth + 1e-6) * depth);
    for (let d = start; d < start + depth; d++) key[d] = queryKey[d]! * scale;
  }
  return key;
}

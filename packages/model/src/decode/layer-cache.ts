/**
 * What a layer remembers of one sequence while it is written, and how its newest token attends to that.
 *
 * LSH layers remember all keys and values, and where each token hashed; local layers only the chunks still in reach.
 */
import { InputError } from "@reformer-ts/internal-checks";
import type { AttentionKind, ReformerConfig } from "../config";
import { paddedLength } from "../pass";
import { mix, weigh, type MemoryOfLayer, type OneQuery } from "./attend-one";
import { rememberedVectors, sharesKeys, type KeyValues, type PartOfHeads } from "./key-values";
import { sortedRound, visibleInBuckets, visiblePositions, type SortedRound } from "./sorted-window";

export interface LayerCache {
  /** Bytes of keys and values, and of where tokens hashed. */
  readonly bytes: number;
  /** How many of the newest tokens it remembers. */
  readonly reach: number;
  /** Makes room for a prompt. Only an empty cache. */
  begin(length: number): void;
  /** Remembers a part of that prompt. */
  write(part: PartOfPrompt): void;
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
  /** The same from the token remembered last. */
  attendFromNewest(output: Float32Array, memory?: MemoryOfLayer | null): void;
  /** What each head's newest token attends to. */
  attended(memory?: MemoryOfLayer | null): AttendedPositions[];
  /** A copy that goes its own way: one text so far, two ways on. */
  fork(): LayerCache;
}

/** A part of a prompt, of some heads; of an LSH layer each head's come in order. */
export interface PartOfPrompt extends PartOfHeads {
  /** `[heads, numHashes, count]`, for LSH layers */
  buckets?: Int32Array | undefined;
}

/** Weights of the positions, as often as they are seen, and behind them those of the memory. */
export interface AttendedPositions {
  positions: readonly number[];
  weights: Float64Array;
}

interface Remembered {
  keyValues: KeyValues;
  /** By head and round; of LSH layers. */
  rounds: SortedRound[][];
}

/** @throws InputError when the model is not causal or looks at later chunks: such a model cannot write */
export function layerCache(config: ReformerConfig, kind: AttentionKind, numBuckets: number): LayerCache {
  checkWrites(config);
  const { numHeads, numHashes, localChunksBefore, localChunkLength } = config;
  const reach = kind === "local" ? (localChunksBefore! + 1) * localChunkLength! : Infinity;
  const rounds = Array.from({ length: kind === "lsh" ? numHeads : 0 }, () =>
    Array.from({ length: numHashes }, () => sortedRound(numBuckets)),
  );
  return continued(config, kind, reach, { keyValues: rememberedVectors(config, kind, reach), rounds });
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
  { keyValues, rounds }: Remembered,
): LayerCache {
  const { dHead, numHeads, numHashes } = config;
  const { vectors, newest } = keyValues;
  const self = sharesKeys(config, kind);
  const visible = visibleFrom(config, kind, rounds);

  /** @param buckets `[heads, numHashes, count]` of some positions in order, of heads from `firstHead` on */
  const hashed = (buckets: Int32Array, count: number, firstHead: number) => {
    for (let row = 0; row * count < buckets.length; row++) {
      const round = rounds[firstHead + Math.floor(row / numHashes)]![row % numHashes]!;
      for (let i = 0; i < count; i++) round.append(buckets[row * count + i]!);
    }
  };
  const queryOf = (head: number, memory: MemoryOfLayer | null): OneQuery => ({
    query: newest.turned,
    headOffset: head * dHead,
    depth: dHead,
    keyValues: vectors,
    self: self ? vectors.length - 1 : -1,
    memory: memory && { query: newest.plain, keyValues: memory },
  });
  const attendFromNewest = (output: Float32Array, memory: MemoryOfLayer | null = null) => {
    for (let head = 0; head < numHeads; head++) {
      const query = queryOf(head, memory);
      const seen = visible(head, vectors.length);
      mix(query, seen, weigh(query, seen), output);
    }
  };

  return {
    reach,
    get bytes() {
      return vectors.bytes + numHashes * rounds.length * vectors.length * 4;
    },
    begin: keyValues.begin,
    write(part) {
      keyValues.write(part);
      if (part.buckets) hashed(part.buckets, part.count, part.firstHead);
    },
    attend(projections, buckets, output, memory) {
      keyValues.append(projections);
      if (buckets) hashed(buckets, 1, 0);
      attendFromNewest(output, memory);
    },
    attendFromNewest,
    attended: (memory = null) =>
      Array.from({ length: numHeads }, (_, head) => {
        const seen = visible(head, vectors.length);
        return { positions: seen, weights: weigh(queryOf(head, memory), seen) };
      }),
    fork: () =>
      continued(config, kind, reach, {
        keyValues: keyValues.fork(),
        rounds: rounds.map((ofHead) => ofHead.map((round) => round.fork())),
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
  const nearby = (length: number) => {
    const { localChunkLength, localChunksBefore, ring, routing } = config;
    const [size, before] = [localChunkLength!, localChunksBefore!];
    const chunk = Math.floor((length - 1) / size);
    // Chunks before the first are those at the sequence's end, which causality hides.
    if (!ring || routing === "strict" || chunk >= before)
      return all(Math.max(0, chunk - before) * size, length);
    const padded = paddedLength(config, length);
    if (padded <= size) return all(0, length);
    // A window longer than the ring meets a chunk again.
    const numChunks = padded / size;
    return Array.from({ length: before + 1 }, (_, back) => {
      const seen = (chunk - back + numChunks * before) % numChunks;
      return all(seen * size, Math.max(seen * size, Math.min((seen + 1) * size, length)));
    }).flat();
  };
  return (head: number, length: number): number[] => {
    switch (kind) {
      case "full":
        return all(0, length);
      case "local":
        return nearby(length);
      case "lsh": {
        const seen = byHash(head, length);
        // Equation 16 takes log N off the score of a key that occurs N times: together they weigh as much as one.
        return config.duplicateCorrection ? [...new Set(seen)] : seen;
      }
    }
  };
}

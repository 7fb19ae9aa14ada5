/**
 * What a layer remembers of one sequence while it is written, and how its newest token attends to that.
 *
 * LSH layers remember all keys and values, and where each token hashed; local layers only the chunks still in reach.
 */
import { InputError } from "@reformer-ts/internal-checks";
import type { AttentionKind, ReformerConfig } from "../config";
import { rotateVector } from "../positions/rotary";
import { attendOne, type MemoryOfLayer } from "./attend-one";
import { history, type History } from "./history";
import { sortedRound, visibleInBuckets, visiblePositions, type SortedRound } from "./sorted-window";

export interface LayerCache {
  /**
   * Remembers a token without attending: for a prompt that was read in one pass.
   *
   * @param projections one vector `[heads * depth]` per projection of the layer
   * @param buckets `[heads, numHashes]` of the token, for LSH layers
   */
  remember(projections: readonly Float32Array[], buckets?: Int32Array): void;
  /**
   * Remembers a token and attends from it, writing `[heads * depth]` numbers to `output`.
   */
  attend(
    projections: readonly Float32Array[],
    buckets: Int32Array | undefined,
    output: Float32Array,
    memory?: MemoryOfLayer | null,
  ): void;
  /** A copy that goes its own way: one text so far, two ways on. */
  fork(): LayerCache;
}

/** @throws InputError when the model is not causal or looks at later chunks: such a model cannot write */
export function layerCache(config: ReformerConfig, kind: AttentionKind, numBuckets: number): LayerCache {
  if (!config.causal)
    throw new InputError({ field: "config.causal", given: "false", allowed: "true to generate" });
  for (const key of ["chunksAfter", "localChunksAfter"] as const) {
    if (config[key]! > 0)
      throw new InputError({ field: `config.${key}`, given: `${config[key]}`, allowed: "0 to generate" });
  }
  const width = config.numHeads * config.dHead;
  if (kind === "lsh") {
    const rounds = Array.from({ length: config.numHeads }, () =>
      Array.from({ length: config.numHashes }, () => sortedRound(numBuckets)),
    );
    return lshCache(config, { keys: history(width), values: history(width) }, rounds);
  }
  const reach = kind === "local" ? (config.localChunksBefore! + 1) * config.localChunkLength! : Infinity;
  return plainCache(config, kind, { keys: history(width, reach), values: history(width, reach) });
}

interface Histories {
  keys: History;
  values: History;
}

const forked = ({ keys, values }: Histories): Histories => ({ keys: keys.fork(), values: values.fork() });

/** @param rounds by head and round */
function lshCache(config: ReformerConfig, histories: Histories, rounds: SortedRound[][]): LayerCache {
  const { dHead, numHeads, numHashes, chunkLength, chunksBefore } = config;
  const { keys, values } = histories;
  const turned = turnedBy(config);
  const remember = ([queryKey, value]: readonly Float32Array[], buckets?: Int32Array) => {
    keys.append(normalizedKey(turned(queryKey!, keys.length), dHead));
    values.append(value!);
    rounds.forEach((ofHead, head) => {
      ofHead.forEach((round, r) => round.append(buckets![head * numHashes + r]!));
    });
  };
  const visible = (ofHead: SortedRound[], length: number) => {
    if (config.routing === "strict") return visibleInBuckets(ofHead, chunkLength, chunksBefore);
    if (length <= Math.max(chunkLength, config.fullAttentionThreshold))
      return Array.from({ length }, (_, position) => position);
    return visiblePositions(ofHead, length, config);
  };
  return {
    remember,
    fork: () =>
      lshCache(
        config,
        forked(histories),
        rounds.map((ofHead) => ofHead.map((round) => round.fork())),
      ),
    attend(projections, buckets, output, ofLayer) {
      remember(projections, buckets);
      const length = keys.length;
      const turnedQuery = turned(projections[0]!, length - 1);
      const memory = ofLayer ? { query: projections[0]!, keyValues: ofLayer } : null;
      for (let head = 0; head < numHeads; head++) {
        const shown = visible(rounds[head]!, length);
        // Equation 16 takes log N off the score of a key that occurs N times: together they weigh as much as one.
        const seen = config.duplicateCorrection ? [...new Set(shown)] : shown;
        const offset = head * dHead;
        const query = { query: turnedQuery, queryOffset: offset, depth: dHead, headOffset: offset, memory };
        attendOne({ ...query, keys, values, self: length - 1 }, seen, output, offset);
      }
    },
  };
}

function plainCache(config: ReformerConfig, kind: AttentionKind, histories: Histories): LayerCache {
  const { numHeads, dHead } = config;
  const { keys, values } = histories;
  const chunkLength = config.localChunkLength!;
  const chunksBefore = config.localChunksBefore!;
  const shared = kind === "local" && config.localSharedQueryKey;
  const scale = 1 / Math.sqrt(dHead);
  const turned = turnedBy(config);
  const remember = (projections: readonly Float32Array[]) => {
    const [key, value] = projections.slice(-2);
    const place = turned(key!, keys.length);
    keys.append(shared ? normalizedKey(place, dHead) : place.map((x) => x * scale));
    values.append(value!);
  };
  return {
    remember,
    fork: () => plainCache(config, kind, forked(histories)),
    attend(projections, _buckets, output, ofLayer) {
      remember(projections);
      const last = keys.length - 1;
      const turnedQuery = turned(projections[0]!, last);
      const memory = ofLayer ? { query: projections[0]!, keyValues: ofLayer } : null;
      // Chunks before the first are those at the sequence's end, which causality hides.
      const first =
        kind === "local" ? Math.max(0, (Math.floor(last / chunkLength) - chunksBefore) * chunkLength) : 0;
      const seen = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      for (let head = 0; head < numHeads; head++) {
        const offset = head * dHead;
        const query = { query: turnedQuery, queryOffset: offset, depth: dHead, headOffset: offset, memory };
        attendOne({ ...query, keys, values, self: shared ? last : -1 }, seen, output, offset);
      }
    },
  };
}

/** What a position does to queries and keys: rotary positions turn them, others are in the embedding already. */
function turnedBy({ positions, dHead }: ReformerConfig) {
  return (vector: Float32Array, position: number) =>
    positions === "rotary" ? rotateVector(vector, dHead, position) : vector;
}

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

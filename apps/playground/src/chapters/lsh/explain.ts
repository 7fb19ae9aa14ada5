/** What a query and a key have to do with each other, in numbers. */
import { type Picture, projectionsOf } from "./picture";
import { roundsSeen, slotsOf } from "./windows";

export interface QueryFacts {
  query: number;
  name: string;
  bucket: number;
  slot: number;
  chunk: number;
  /** `[xR ; -xR]`: the bucket is the place of the largest. */
  projections: number[];
  /** Distinct keys that the windows of all rounds hold. */
  keysSeen: number;
  /** The share of full attention's weight that they carry. */
  share: number;
}

export function explainQuery(picture: Picture, round: number, query: number): QueryFacts {
  const { request, result, names } = picture;
  const { length, chunkLength } = request;
  const slot = slotsOf(picture, round)[query]!;
  let keysSeen = 0;
  let share = 0;
  for (let key = 0; key < length; key++) {
    if (!(result.lshWeights[query * length + key]! > 0)) continue;
    keysSeen++;
    share += result.fullWeights[query * length + key]!;
  }
  return {
    query,
    name: names[query]!,
    bucket: result.buckets[round * length + query]!,
    slot,
    chunk: Math.floor(slot / chunkLength),
    projections: projectionsOf(picture, round, query),
    keysSeen,
    share,
  };
}

export interface PairFacts {
  query: number;
  key: number;
  queryName: string;
  keyName: string;
  score: number;
  /** The logarithm of the sum that full attention divides by; absent where the weight is nothing. */
  logSumExp?: number;
  fullWeight: number;
  lshWeight: number;
  /** Counted from 1. */
  rounds: number[];
  /** Why the score does not count. */
  masked?: "itself" | "later";
}

export function explainPair(picture: Picture, query: number, key: number): PairFacts {
  const { request, result, names } = picture;
  const cell = query * request.length + key;
  const score = result.scores[cell]!;
  const fullWeight = result.fullWeights[cell]!;
  const masked = query === key ? "itself" : request.causal && key > query ? "later" : undefined;
  return {
    query,
    key,
    queryName: names[query]!,
    keyName: names[key]!,
    score,
    logSumExp: masked === undefined && fullWeight > 0 ? score - Math.log(fullWeight) : undefined,
    fullWeight,
    lshWeight: result.lshWeights[cell]!,
    rounds: roundsSeen(picture, query, key).map((round) => round + 1),
    masked,
  };
}

/** Dot products of one query: what it costs, against all keys. */
export function costPerQuery({ numHashes, chunkLength, chunksBefore }: Picture["request"]): number {
  return numHashes * chunkLength * (chunksBefore + 1);
}

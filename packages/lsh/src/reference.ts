/**
 * The slow, obviously right version: loops over plain numbers in float64, no tensors, no tricks. Every fast version is
 * tested against it, and it can be read beside section 2 of the paper.
 *
 * For each query it lists what the query sees, in all rounds, and takes one softmax over that list.
 */
import { dropoutRow, keepWeight } from "./dropout";

export interface ReferenceSizes {
  batch: number;
  heads: number;
  length: number;
  depth: number;
}

export interface ReferenceOptions {
  chunkLength: number;
  chunksBefore: number;
  chunksAfter: number;
  causal: boolean;
  /** Slots in a round, a multiple of chunkLength. */
  paddedLength: number;
  /** A query's own key scores -1e5. */
  selfMask: boolean;
  /** `[batch, length]`, 0 for keys that nobody may attend to. */
  keyMask?: ArrayLike<number>;
  dropout?: { rate: number; seed: number };
  /** `[batch, heads, numHashes, length]`; absent: one round in order of position. */
  buckets?: ArrayLike<number>;
  numHashes?: number;
  duplicateCorrection?: boolean;
  acrossBuckets?: boolean;
}

/** `[batch, heads, length, depth]` each, flat; keys are normalised and scaled. */
export interface ReferenceInputs {
  query: ArrayLike<number>;
  key: ArrayLike<number>;
  value: ArrayLike<number>;
}

/** One key that a query sees; the same key may be seen several times. */
interface Sight {
  position: number;
  score: number;
  /** The score is a mask's constant: nothing flows back through it. */
  constant: boolean;
  /** 0 when dropped, 1 / (1 - rate) when kept. */
  kept: number;
  /** It lies in a bucket that the query may look into. */
  reachable: boolean;
}

/**
 * Attention over listed keys, slow and plain, in float64: what faster code is held against.
 *
 * @returns output `[batch, heads, length, depth]` and logSumExp `[batch, heads, length]`, flat
 */
export function referenceAttention(
  sizes: ReferenceSizes,
  inputs: ReferenceInputs,
  options: ReferenceOptions,
) {
  const { length, depth } = sizes;
  const output = new Float64Array(inputs.query.length);
  const logSumExp = new Float64Array(inputs.query.length / depth);
  forEachQuery(sizes, inputs, options, (group, position, sights) => {
    const { weights, largest, sum } = softmax(sights);
    const row = group * length + position;
    sights.forEach((sight, n) => {
      for (let d = 0; d < depth; d++) {
        output[row * depth + d]! +=
          weights[n]! * sight.kept * inputs.value[(group * length + sight.position) * depth + d]!;
      }
    });
    // A row of equal constants is stored as constant times count: see log-sum-exp.ts.
    logSumExp[row] = largest < -5e4 ? largest * sum : largest + Math.log(sum);
  });
  return { output, logSumExp };
}

/**
 * The backward pass of {@link referenceAttention}, as plain.
 *
 * @returns dQuery, dKey, dValue `[batch, heads, length, depth]`, flat
 */
export function referenceAttentionGrad(
  sizes: ReferenceSizes,
  inputs: ReferenceInputs,
  dOutput: ArrayLike<number>,
  options: ReferenceOptions,
) {
  const { length, depth } = sizes;
  const [dQuery, dKey, dValue] = [0, 1, 2].map(() => new Float64Array(inputs.query.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  forEachQuery(sizes, inputs, options, (group, position, sights) => {
    const { weights } = softmax(sights);
    const query = (group * length + position) * depth;
    // How the loss changes with each weight, and on average: d weights / d scores is diag(weights) - weights weightsᵀ.
    const dWeights = sights.map(({ position: j, kept }) => {
      const value = (group * length + j) * depth;
      return kept * sumOver(depth, (d) => dOutput[query + d]! * inputs.value[value + d]!);
    });
    const mean = sumOver(sights.length, (n) => weights[n]! * dWeights[n]!);
    sights.forEach((sight, n) => {
      const key = (group * length + sight.position) * depth;
      const dScore = sight.constant ? 0 : weights[n]! * (dWeights[n]! - mean);
      for (let d = 0; d < depth; d++) {
        dValue[key + d]! += weights[n]! * sight.kept * dOutput[query + d]!;
        dQuery[query + d]! += dScore * inputs.key[key + d]!;
        dKey[key + d]! += dScore * inputs.query[query + d]!;
      }
    });
  });
  return { dQuery, dKey, dValue };
}

function softmax(sights: Sight[]) {
  const largest = Math.max(...sights.map(({ score }) => score));
  const powers = sights.map(({ score }) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return { weights: powers.map((power) => power / sum), largest, sum };
}

/** Calls back with everything that each query sees over all rounds. */
function forEachQuery(
  { batch, heads, length, depth }: ReferenceSizes,
  { query, key }: ReferenceInputs,
  options: ReferenceOptions,
  visit: (group: number, position: number, sights: Sight[]) => void,
): void {
  const { chunkLength, chunksBefore, chunksAfter, causal, selfMask, keyMask, dropout } = options;
  const { duplicateCorrection = false, acrossBuckets = true } = options;
  for (let group = 0; group < batch * heads; group++) {
    const slots = sortedSlots(group, length, options);
    const chunks = slots.length / chunkLength;
    for (let i = 0; i < length; i++) {
      const sights: Sight[] = [];
      slots.forEach((own, slot) => {
        if (own.position !== i) return;
        const ownChunk = Math.floor(slot / chunkLength);
        const stream = dropout && dropoutRow(dropout.seed, group, slot);
        for (let column = 0; column < (chunksBefore + 1 + chunksAfter) * chunkLength; column++) {
          const offset = Math.floor(column / chunkLength) - chunksBefore;
          const chunk = (((ownChunk + offset) % chunks) + chunks) % chunks;
          const { position: j, bucket } = slots[chunk * chunkLength + (column % chunkLength)]!;
          if (j < 0) continue;
          const reachable = acrossBuckets || bucket === own.bucket;
          const forbidden =
            (causal && j > i) || keyMask?.[Math.floor(group / heads) * length + j] === 0 || !reachable;
          const isSelf = selfMask && j === i;
          const [q, k] = [(group * length + i) * depth, (group * length + j) * depth];
          const score = sumOver(depth, (d) => query[q + d]! * key[k + d]!);
          sights.push({
            position: j,
            score: isSelf ? -1e5 : forbidden ? -1e9 : score,
            constant: isSelf || forbidden,
            reachable,
            kept:
              stream === undefined
                ? 1
                : keepWeight(stream, column, dropout!.rate)
                  ? 1 / (1 - dropout!.rate)
                  : 0,
          });
        }
      });
      visit(group, i, duplicateCorrection ? countedOnce(sights) : sights);
    }
  }
}

/** Equation 16: a key that occurs N times has log N taken off its score. */
function countedOnce(sights: Sight[]): Sight[] {
  const times = new Map<number, number>();
  for (const { position, reachable } of sights) {
    if (reachable) times.set(position, (times.get(position) ?? 0) + 1);
  }
  return sights.map((sight) =>
    sight.constant ? sight : { ...sight, score: sight.score - Math.log(times.get(sight.position)!) },
  );
}

/** The sequence sorted by (bucket, position) in every round, rounds end to end, each filled up with empty slots. */
function sortedSlots(
  group: number,
  length: number,
  { buckets, numHashes = 1, paddedLength }: ReferenceOptions,
) {
  return Array.from({ length: numHashes }, (_, round) => {
    const bucketOf = (position: number) => buckets?.[(group * numHashes + round) * length + position] ?? 0;
    const sorted = Array.from({ length }, (__, position) => position).toSorted(
      (a, b) => bucketOf(a) - bucketOf(b) || a - b,
    );
    return Array.from({ length: paddedLength }, (__, offset) =>
      offset < length
        ? { position: sorted[offset]!, bucket: `${round}/${bucketOf(sorted[offset]!)}` }
        : { position: -1, bucket: "empty" },
    );
  }).flat();
}

function sumOver(count: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += term(index);
  return sum;
}

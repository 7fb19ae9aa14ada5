/**
 * The two numbers per query that come with its output's gradient. They are small enough to be read once, so that each
 * segment's are laid out on the host, and queries with nothing but constants for scores cost only the segments they are in.
 */
import * as tf from "@tensorflow/tfjs-core";
import { readLogSumExp } from "./log-sum-exp";
import type { SegmentRows } from "./segment";
import type { Segment, SlotLayout } from "./slot-layout";

/** `[groups · length]` each. */
export interface Scalars {
  logSumExp: ArrayLike<number>;
  /** `dOutput · output` */
  alignment: ArrayLike<number>;
}

export interface CotangentColumns {
  /** `[blocks, chunkLength, 1]` */
  base: tf.Tensor;
  alignment: tf.Tensor;
  /** Present when some query saw no allowed key; see {@link readLogSumExp}. */
  constants?: { share: tf.Tensor; varies: tf.Tensor };
}

/** Subtracted from all scores of an empty slot: none keeps a weight. */
const emptyQuery = 1e30;

/** Call inside a tidy. */
export function cotangentColumns(
  { chunkLength, length }: SlotLayout,
  { firstGroup, chunkCount }: Segment,
  { queryPositions }: SegmentRows,
  scalars: Scalars,
): CotangentColumns {
  const size = queryPositions.length;
  const [base, share, varies, alignment] = [0, 1, 1, 0].map((value) =>
    new Float32Array(size).fill(value),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  let hasConstants = false;
  for (let i = 0; i < size; i++) {
    const position = queryPositions[i]!;
    if (position < 0) {
      base[i] = emptyQuery;
      continue;
    }
    const row = (firstGroup + Math.floor(i / (chunkCount * chunkLength))) * length + position;
    const read = readLogSumExp(scalars.logSumExp[row]!);
    base[i] = read.base;
    alignment[i] = scalars.alignment[row]!;
    if (read.varies) continue;
    hasConstants = true;
    share[i] = read.share;
    varies[i] = 0;
  }
  const column = (values: Float32Array) => tf.tensor3d(values, [size / chunkLength, chunkLength, 1]);
  return {
    base: column(base),
    alignment: column(alignment),
    constants: hasConstants ? { share: column(share), varies: column(varies) } : undefined,
  };
}

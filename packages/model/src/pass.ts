/**
 * What is the same for all layers of one pass through the model. Layers are closures over it, made anew for each pass:
 * they hold no tensors of their own, so that costs nothing, and no layer has state that a pass could forget to reset.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "./config";

export interface Pass {
  /** Whether dropout applies. */
  readonly training: boolean;
  /** Whether attention takes its heads one after another, where it can: less memory, a little slower. */
  readonly headByHead?: boolean;
  /** `[batch, length]` int32, 1 where the token is real; absent when all are. */
  readonly keyMask?: Tensor;
  /** Rotations of the LSH layers, from the input up, each `[heads, depth, numHashes, rotationSize]`; drawn when absent. */
  readonly rotations?: readonly Tensor[];
}

/** The dropout rates of a pass. */
export function dropoutRates(
  { hiddenDropout, lshDropout, localDropout }: ReformerConfig,
  { training }: Pass,
) {
  return training
    ? { hiddenDropout, lshDropout, localDropout }
    : { hiddenDropout: 0, lshDropout: 0, localDropout: 0 };
}

/**
 * Positions that chunked layers work on: layers of different chunk lengths pad to a common multiple of them, as
 * transformers does, because the ring of chunks closes at the padded end.
 */
export function paddedLength(
  {
    layers,
    chunkLength,
    localChunkLength,
  }: Pick<ReformerConfig, "layers" | "chunkLength" | "localChunkLength">,
  length: number,
): number {
  const lengths = new Set<number>();
  for (const kind of layers)
    if (kind !== "full") lengths.add(kind === "lsh" ? chunkLength : localChunkLength!);
  if (lengths.size === 0 || length <= Math.min(...lengths)) return length;
  const multiple = [...lengths].reduce((a, b) => (a * b) / greatestCommonDivisor(a, b));
  return Math.ceil(length / multiple) * multiple;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

import { drawRotations, torchRotations } from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";

/**
 * The rotations that the full pass of an LSH layer draws, `[heads, depth, numHashes, rotationSize]`; the caller owns them.
 *
 * @param seed of the half residual that attention is
 * @returns null for layers that do not hash
 */
export function layerRotations(config: ReformerConfig, layer: number, seed: number): Tensor | null {
  const { numHeads, dHead, numHashes, torchHashSeed } = config;
  if (config.layers[layer] !== "lsh") return null;
  // A resolved configuration has numbers of buckets, never 'auto'.
  const numBuckets = config.numBuckets as number | number[];
  const sizes = { heads: numHeads, depth: dHead, numHashes, numBuckets };
  return torchHashSeed === null
    ? drawRotations({ ...sizes, seed: deriveSeed(seed, "rotations") })
    : torchRotations({ ...sizes, seed: torchHashSeed });
}

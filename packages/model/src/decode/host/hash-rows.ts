/** `argmax([xR ; -xR])` per factor, for a few vectors on the host: the same buckets that `hashVectors` gives. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Products } from "./products";

/** From one token's `[heads * depth]` to its buckets, `[heads, numHashes]`. */
export type HashRow = (vector: Float32Array) => Int32Array;

/**
 * @param rotations `[heads, depth, numHashes, rotationSize]`
 * @param factors of the number of buckets
 */
export async function hashRow(
  products: Products,
  rotations: Tensor,
  factors: readonly number[],
): Promise<HashRow> {
  const [heads, depth, numHashes, size] = rotations.shape as [number, number, number, number];
  const values = (await rotations.data()) as Float32Array;
  const ofHead = depth * numHashes * size;
  const rotate = Array.from({ length: heads }, (_, head) =>
    products.dense(values.subarray(head * ofHead, (head + 1) * ofHead), {
      inputs: depth,
      outputs: numHashes * size,
    }),
  );
  return (vector) => {
    const buckets = new Int32Array(heads * numHashes);
    for (let head = 0; head < heads; head++) {
      const rotated = rotate[head]!.apply(vector.subarray(head * depth, (head + 1) * depth), 1);
      for (let round = 0; round < numHashes; round++)
        buckets[head * numHashes + round] = bucketOf(rotated, round * size, factors);
    }
    return buckets;
  };
}

/** Every factor's nearest direction, put together: b0 + f0 (b1 + f1 (b2 …)). */
function bucketOf(rotated: Float32Array, from: number, factors: readonly number[]): number {
  let bucket = 0;
  let stride = 1;
  let start = from;
  for (const factor of factors) {
    const half = factor / 2;
    let nearest = 0;
    for (let i = 1; i < half; i++) {
      if (Math.abs(rotated[start + i]!) > Math.abs(rotated[start + nearest]!)) nearest = i;
    }
    bucket += stride * (rotated[start + nearest]! < 0 ? nearest + half : nearest);
    start += half;
    stride *= factor;
  }
  return bucket;
}

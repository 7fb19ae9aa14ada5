/** What a layer projects of a prompt is read from the backend, and left in the caches of its sequences. */
import { slice, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import type { LayerCache } from "./layer-cache";

/** Of some positions of some heads of all sequences, on the backend. */
export interface Projected {
  start: number;
  firstHead: number;
  /** `[batch, heads, count, depth]` each */
  projections: readonly Tensor4D[];
  /** `[batch, heads, numHashes, count]` int32, of LSH layers */
  buckets: Tensor4D | undefined;
}

/** The same on the host. */
export interface ReadProjected {
  start: number;
  count: number;
  firstHead: number;
  projections: Float32Array[];
  buckets: Int32Array | undefined;
}

/**
 * The newest of its positions. Leaves the tensors to the caller.
 *
 * @param most how many of them are wanted
 */
export async function readProjected(
  { start, firstHead, projections, buckets }: Projected,
  most = Infinity,
): Promise<ReadProjected> {
  const end = start + projections[0]!.shape[2];
  const count = Math.min(end - start, most);
  const [ids, ...values] = await Promise.all([
    buckets?.data(),
    ...projections.map((projection) => readNewest(projection, count)),
  ]);
  return {
    start: end - count,
    count,
    firstHead,
    projections: values as Float32Array[],
    buckets: ids as Int32Array | undefined,
  };
}

/** @param caches of the layer, by sequence */
export function fillCaches(
  caches: readonly LayerCache[],
  { projections, buckets, ...place }: ReadProjected,
): void {
  for (const [sequence, cache] of caches.entries()) {
    cache.write({
      ...place,
      projections: projections.map((all) => part(all, sequence, caches.length)),
      buckets: buckets && part(buckets, sequence, caches.length),
    });
  }
}

/** The last `count` positions of `[batch, heads, length, depth]`. */
async function readNewest(x: Tensor4D, count: number): Promise<Float32Array> {
  if (count === x.shape[2]) return (await x.data()) as Float32Array;
  const rows: Tensor = slice(x, [0, 0, x.shape[2] - count, 0], [-1, -1, count, -1]);
  const values = (await rows.data()) as Float32Array;
  rows.dispose();
  return values;
}

/** One of `parts` equal parts: a view. */
function part<Values extends Float32Array | Int32Array>(
  values: Values,
  index: number,
  parts: number,
): Values {
  const size = values.length / parts;
  return values.subarray(index * size, (index + 1) * size) as Values;
}

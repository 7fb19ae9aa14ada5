/** What the page must say, from the oracle of packages/lsh: plain loops in float64, no tensors. */
import "@tensorflow/tfjs-backend-cpu";
import { drawRotations, referenceHash, referenceKeys, referenceLshAttention } from "@reformer-ts/lsh";
import { attendRequest } from "../src/chapters/lsh/request";
import { fields, settle } from "../src/chapters/lsh/settings";
import { readState } from "../src/state/fields";

/** @param query the settings in a link */
export function expectedNumbers(query: string) {
  const settings = settle(readState(fields, query));
  const request = attendRequest(settings);
  const { vectors, length, depth, numBuckets, numHashes, chunkLength, chunksBefore, causal, seed } = request;
  const rotations = drawRotations({ heads: 1, depth, numHashes, numBuckets, seed });
  const sizes = { batch: 1, heads: 1, length, depth };
  const buckets = referenceHash(sizes, vectors, rotations.dataSync(), { numHashes, factors: [numBuckets] });
  rotations.dispose();
  const { key } = referenceKeys(depth, vectors);

  const width = Math.max(length, depth);
  const wide = new Float64Array(length * width);
  const oneHot = new Float64Array(length * width);
  for (let i = 0; i < length; i++) {
    wide.set(vectors.subarray(i * depth, (i + 1) * depth), i * width);
    oneHot[i * width + i] = 1;
  }
  const inputs = { queryKey: wide, value: oneHot };
  const { acrossBuckets, duplicateCorrection } = request;
  const shared = { chunksAfter: 0, causal, acrossBuckets, duplicateCorrection, numHashes };
  const paddedLength = Math.ceil(length / chunkLength) * chunkLength;
  const wideSizes = { ...sizes, depth: width };
  const lsh = referenceLshAttention(wideSizes, inputs, {
    ...shared,
    buckets,
    chunkLength,
    chunksBefore,
    paddedLength,
  });
  const whole = { chunkLength: length, chunksBefore: 0, paddedLength: length, numHashes: 1 };
  const full = referenceLshAttention(wideSizes, inputs, { ...shared, ...whole });

  const first = causal ? 1 : 0;
  let share = 0;
  for (let i = first; i < length; i++) {
    for (let j = 0; j < length; j++) {
      if (lsh.output[i * width + j]! > 0) share += full.output[i * width + j]! / (length - first);
    }
  }
  const pair = { i: settings.query - 1, j: settings.key - 1 };
  const score = Array.from(
    { length: depth },
    (_, d) => vectors[pair.i * depth + d]! * key[pair.j * depth + d]!,
  );
  return {
    share,
    buckets,
    length,
    score: score.reduce((sum, product) => sum + product, 0),
    fullWeight: full.output[pair.i * width + pair.j]!,
    lshWeight: lsh.output[pair.i * width + pair.j]!,
  };
}

/** The composed path, forward and backward, against the oracle, over random shapes and all options. */
import "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  fullAttentionForward,
  fullAttentionGrad,
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
  referenceLocalAttention,
  referenceLshAttention,
} from "../src/index";
import {
  chunkedCase,
  chunkedOptions,
  drawHeads,
  gradientTolerance,
  lshCase,
  lshOptions,
  outputTolerance,
} from "./cases";

test("LSH attention", () => {
  fc.assert(
    fc.property(lshCase, (testCase) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, referenceWith, isFull } = lshOptions(testCase);
        const [queryKey, value, dOutput] = [2, 3, 4].map((n) => drawHeads(sizes, seed + n)) as tf.Tensor4D[];
        const result = lshAttentionForward(queryKey!, value!, options);
        const expected = referenceLshAttention(
          sizes,
          { queryKey: queryKey!.dataSync(), value: value!.dataSync() },
          referenceWith(result.buckets),
        );
        expect(result.buckets === null).toBe(isFull);
        expect(result.output.dataSync()).toBeAllClose(expected.output, outputTolerance);
        expect(result.logSumExp.dataSync()).toBeAllClose(expected.logSumExp, outputTolerance);

        const { dQueryKey, dValue } = lshAttentionGrad(
          dOutput!,
          { queryKey: queryKey!, value: value!, ...result },
          options,
        );
        const gradients = expected.grad(dOutput!.dataSync());
        expect(dQueryKey.dataSync()).toBeAllClose(gradients.dQueryKey, gradientTolerance);
        expect(dValue.dataSync()).toBeAllClose(gradients.dValue, gradientTolerance);
      }),
    ),
  );
});

test("local attention", () => {
  fc.assert(
    fc.property(chunkedCase, (testCase) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, reference } = chunkedOptions(testCase);
        const [query, key, value, dOutput] = [2, 3, 4, 5].map((n) =>
          drawHeads(sizes, seed + n),
        ) as tf.Tensor4D[];
        const result = localAttentionForward(query!, key!, value!, options);
        const expected = referenceLocalAttention(
          sizes,
          { query: query!.dataSync(), key: key!.dataSync(), value: value!.dataSync() },
          reference,
        );
        expect(result.output.dataSync()).toBeAllClose(expected.output, outputTolerance);
        expect(result.logSumExp.dataSync()).toBeAllClose(expected.logSumExp, outputTolerance);

        const saved = { query: query!, key: key!, value: value!, ...result };
        const { dQuery, dKey, dValue } = localAttentionGrad(dOutput!, saved, options);
        const gradients = expected.grad(dOutput!.dataSync());
        expect(dQuery.dataSync()).toBeAllClose(gradients.dQuery, gradientTolerance);
        expect(dKey.dataSync()).toBeAllClose(gradients.dKey, gradientTolerance);
        expect(dValue.dataSync()).toBeAllClose(gradients.dValue, gradientTolerance);
      }),
    ),
  );
});

test("full attention", () => {
  fc.assert(
    fc.property(chunkedCase, (testCase) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, reference } = wholeSequence(testCase);
        const [query, key, value, dOutput] = [2, 3, 4, 5].map((n) =>
          drawHeads(sizes, seed + n),
        ) as tf.Tensor4D[];
        const result = fullAttentionForward(query!, key!, value!, options);
        const expected = referenceLocalAttention(
          sizes,
          { query: query!.dataSync(), key: key!.dataSync(), value: value!.dataSync() },
          reference,
        );
        expect(result.output.dataSync()).toBeAllClose(expected.output, outputTolerance);

        const saved = { query: query!, key: key!, value: value!, ...result };
        const { dQuery, dKey, dValue } = fullAttentionGrad(dOutput!, saved, options);
        const gradients = expected.grad(dOutput!.dataSync());
        expect(dQuery.dataSync()).toBeAllClose(gradients.dQuery, gradientTolerance);
        expect(dKey.dataSync()).toBeAllClose(gradients.dKey, gradientTolerance);
        expect(dValue.dataSync()).toBeAllClose(gradients.dValue, gradientTolerance);
      }),
    ),
  );
});

test("full attention over shared query-keys", () => {
  fc.assert(
    fc.property(chunkedCase, (testCase) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, reference } = wholeSequence(testCase);
        const shared = { ...options, sharedQueryKey: true };
        const [queryKey, value, dOutput] = [2, 3, 4].map((n) => drawHeads(sizes, seed + n)) as tf.Tensor4D[];
        const result = fullAttentionForward(queryKey!, queryKey!, value!, shared);
        const expected = referenceLshAttention(
          sizes,
          { queryKey: queryKey!.dataSync(), value: value!.dataSync() },
          reference,
        );
        expect(result.output.dataSync()).toBeAllClose(expected.output, outputTolerance);

        const saved = { query: queryKey!, key: queryKey!, value: value!, ...result };
        const { dQuery, dKey, dValue } = fullAttentionGrad(dOutput!, saved, shared);
        const gradients = expected.grad(dOutput!.dataSync());
        expect(dQuery.dataSync()).toBeAllClose(gradients.dQueryKey, gradientTolerance);
        expect(dKey).toBeAllClose(tf.zerosLike(dKey), { absolute: 0 });
        expect(dValue.dataSync()).toBeAllClose(gradients.dValue, gradientTolerance);
      }),
    ),
  );
});

function wholeSequence(testCase: Parameters<typeof chunkedOptions>[0]) {
  const { options, reference } = chunkedOptions({ ...testCase, chunkLength: 1000, extraChunks: 0 });
  const { causal, keyMask, dropout } = options;
  return { options: { causal, keyMask, dropout }, reference };
}

/** The composed path, forward and backward, against the oracle, over random shapes and all options. */
import "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
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
  runs,
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
    runs,
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
    runs,
  );
});

test("full attention, with separate and with shared queries and keys", () => {
  fc.assert(
    fc.property(chunkedCase, fc.boolean(), (testCase, sharedQueryKey) =>
      tf.tidy(() => {
        const { sizes, seed } = testCase;
        const { options, reference } = chunkedOptions({ ...testCase, chunkLength: 1000, extraChunks: 0 });
        const full = {
          causal: options.causal,
          keyMask: options.keyMask,
          dropout: options.dropout,
          sharedQueryKey,
        };
        const [query, key, value, dOutput] = [2, 3, 4, 5].map((n) =>
          drawHeads(sizes, seed + n),
        ) as tf.Tensor4D[];
        const [q, k, v] = [query!, key!, value!].map((tensor) => tensor.dataSync()) as Float32Array[];
        const result = fullAttentionForward(query!, key!, value!, full);
        const saved = { query: query!, key: key!, value: value!, ...result };
        const { dQuery, dKey, dValue } = fullAttentionGrad(dOutput!, saved, full);
        if (sharedQueryKey) {
          const expected = referenceLshAttention(sizes, { queryKey: q!, value: v! }, reference);
          const gradients = expected.grad(dOutput!.dataSync());
          expect(result.output.dataSync()).toBeAllClose(expected.output, outputTolerance);
          expect(dQuery.dataSync()).toBeAllClose(gradients.dQueryKey, gradientTolerance);
          expect(dKey.dataSync()).toBeAllClose(new Float32Array(dKey.size), { absolute: 0 });
          expect(dValue.dataSync()).toBeAllClose(gradients.dValue, gradientTolerance);
        } else {
          const expected = referenceLocalAttention(sizes, { query: q!, key: k!, value: v! }, reference);
          const gradients = expected.grad(dOutput!.dataSync());
          expect(result.output.dataSync()).toBeAllClose(expected.output, outputTolerance);
          expect(dQuery.dataSync()).toBeAllClose(gradients.dQuery, gradientTolerance);
          expect(dKey.dataSync()).toBeAllClose(gradients.dKey, gradientTolerance);
          expect(dValue.dataSync()).toBeAllClose(gradients.dValue, gradientTolerance);
        }
      }),
    ),
    runs,
  );
});

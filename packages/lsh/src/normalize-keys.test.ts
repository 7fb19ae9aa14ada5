import { expectNoLeak } from "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { drawHeads } from "../test/cases";
import { normalizeKeys, normalizeKeysGrad, referenceKeys } from "./index";

const query = drawHeads({ batch: 1, heads: 2, length: 5, depth: 6 }, 1);
const dKey = drawHeads({ batch: 1, heads: 2, length: 5, depth: 6 }, 2);

test("keys have length 1, whatever the query's, and equal the reference", () => {
  const keys = normalizeKeys(tf.mul(query, 100));
  expect(tf.norm(keys, "euclidean", -1)).toBeAllClose(tf.ones([1, 2, 5]), { absolute: 1e-6 });
  expect(normalizeKeys(query).dataSync()).toBeAllClose(referenceKeys(6, query.dataSync()).key);
  expectNoLeak(() => normalizeKeys(query));
});

test("a zero query has a zero key", () => {
  expect(normalizeKeys(tf.zeros([1, 3]))).toBeAllClose(tf.zeros([1, 3]));
});

test("the gradient equals the reference", () => {
  expect(normalizeKeysGrad(query, dKey).dataSync()).toBeAllClose(
    referenceKeys(6, query.dataSync()).grad(dKey.dataSync()),
  );
  expectNoLeak(() => normalizeKeysGrad(query, dKey));
});

/**
 * Full attention with shared queries and keys in which a token sees its own key like any other. Nobody attends best to what it looks
 * for then: the own key is the closest there is. Nothing but a measure here, beside the mask that models have.
 */
import { fullAttentionForward, fullAttentionGrad, normalizeKeys, normalizeKeysGrad } from "@reformer-ts/lsh";
import type { Reformer } from "@reformer-ts/model";
import * as tf from "@tensorflow/tfjs-core";
import { attention } from "../../packages/model/src/attention";
import type { AttentionMechanism } from "../../packages/model/src/attention-mechanism";

/** The model with this attention in all of its layers, which are to be LSH layers. */
export function seeingItself(model: Reformer): Reformer {
  const { config, parameters } = model;
  return {
    ...model,
    blocks: (pass) =>
      model.blocks(pass).map(({ g }, i) => ({
        f: attention(config, parameters, `layers.${i}.attention`, mechanism, pass),
        g,
      })),
  };
}

const mechanism: AttentionMechanism = {
  projections: ["queryKey", "value"],
  biases: [],
  attend(projections) {
    const [query, value] = projections as [tf.Tensor4D, tf.Tensor4D];
    const key = keyOf(query);
    const { output, logSumExp } = fullAttentionForward(query, key, value);
    key.dispose();
    const dispose = () => tf.dispose([output, logSumExp, ...projections]);
    return { attended: { output, logSumExp, projections, buckets: null, dispose }, saved: [] };
  },
  pull: (dOutput, { projections, output, logSumExp }) =>
    tf.tidy(() => {
      const [query, value] = projections as [tf.Tensor4D, tf.Tensor4D];
      const saved = { query, key: keyOf(query), value, output, logSumExp };
      const { dQuery, dKey, dValue } = fullAttentionGrad(dOutput, saved);
      return [tf.add(dQuery, normalizeKeysGrad(query, tf.mul(dKey, rootOfDepth(query)))), dValue];
    }),
};

/** Full attention divides keys by the root of their depth, which normalised ones are already. */
const keyOf = (query: tf.Tensor4D) => tf.tidy(() => tf.mul(normalizeKeys(query), rootOfDepth(query)));
const rootOfDepth = (query: tf.Tensor4D) => Math.sqrt(query.shape[3]);

/**
 * Dropout and hashing are repeated exactly in the backward pass (§3): layers rebuilt from their outputs see the inputs
 * that they saw in the forward pass, and give the gradients of layers that kept everything.
 *
 * Errors measured on WebAssembly and TensorFlow, as a share of the largest input, with a fifth of everything dropped:
 * 8e-7 through 2 layers of LSH attention, 4e-6 through 6, 9e-6 through 12. They are rounding, and grow with depth.
 */
import * as tf from "@tensorflow/tfjs-core";
import { backward, forward, type Residual, type ReversibleBlock } from "@reformer-ts/reversible";
import { Random } from "@reformer-ts/internal-random";
import { expect, it } from "vitest";
import {
  createReformer,
  initializeParameters,
  lossAndGradients,
  resolveConfig,
  type AttentionKind,
  type Reformer,
} from "../src/index";

const length = 64;
const tokens = Int32Array.from(
  Random.fromSeed(5).normals(2 * length),
  (x) => Math.floor(Math.abs(x) * 5) % 11,
);

function build(layers: AttentionKind[]): Reformer {
  const config = resolveConfig({
    vocabSize: 11,
    dModel: 32,
    dFF: 48,
    numHeads: 2,
    dHead: 16,
    layers,
    maxLength: length,
    chunkLength: 8,
    numHashes: 2,
    numBuckets: [4, 2],
    hiddenDropout: 0.2,
    lshDropout: 0.2,
    localDropout: 0.2,
    initializerRange: 0.1,
  });
  return createReformer(config, initializeParameters(config, 1));
}

/** The residual, reporting every input: `forward`'s copies are kept in order, `forwardAndGrad` compares in reverse. */
function watched(residual: Residual, seen: tf.Tensor[], errors: number[]): Residual {
  return {
    ...residual,
    forward(x, seed) {
      seen.push(x.clone());
      return residual.forward(x, seed);
    },
    forwardAndGrad(x, ...rest) {
      const original = seen.pop()!;
      errors.push(relativeError(x, original));
      original.dispose();
      return residual.forwardAndGrad(x, ...rest);
    },
  };
}

/** Largest difference as a share of the largest number. */
function relativeError(actual: tf.Tensor, expected: tf.Tensor): number {
  return tf.tidy(() => {
    const error = tf.max(tf.abs(tf.sub(actual, expected)));
    return tf.div(error, tf.max(tf.abs(expected))).dataSync()[0]!;
  });
}

/** How far rebuilt inputs are from the original ones, over all halves of all layers, the last layer's first. */
function reconstructionErrors(model: Reformer, replaySeed: number): number[] {
  const errors: number[] = [];
  const seen: tf.Tensor[] = [];
  tf.tidy(() => {
    const pass = { training: true };
    const blocks: ReversibleBlock[] = model
      .blocks(pass)
      .map(({ f, g }) => ({ f: watched(f, seen, errors), g: watched(g, seen, errors) }));
    const x = model.embedding(pass).forward(tf.tensor2d(tokens, [2, length], "int32"), 3);
    const { x1, x2, trace } = forward(blocks, { x1: x, x2: x.clone() }, { seed: 3 });
    const gradients = { d1: tf.onesLike(x1), d2: tf.onesLike(x2) };
    backward(blocks, { x1, x2 }, gradients, { ...trace, seed: replaySeed }, () => {});
  });
  return errors;
}

it.each<[number, AttentionKind[]]>([
  [2, ["lsh"]],
  [6, ["lsh"]],
  [12, ["lsh", "local", "full"]],
])("%i layers of %j rebuild their inputs under dropout to 1e-5", (depth, kinds) => {
  const model = build(Array.from({ length: depth }, (_, i) => kinds[i % kinds.length]!));
  const errors = reconstructionErrors(model, 3);
  expect(errors).toHaveLength(2 * depth);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

it("does not rebuild them when other masks are drawn, so the measure can tell", () => {
  expect(Math.max(...reconstructionErrors(build(["lsh", "lsh"]), 4))).toBeGreaterThan(1e-2);
});

it.each<[string, AttentionKind[]]>([
  ["LSH", ["lsh", "lsh", "lsh"]],
  ["local", ["local", "local"]],
  ["mixed", ["lsh", "local", "full", "lsh"]],
])("gradients of rebuilt layers are those of kept layers: %s", (_name, layers) => {
  const model = build(layers);
  const gradientsWith = (keepLayers: number) => {
    const gradients = new Map<string, tf.Tensor>();
    const batch = { inputs: tokens, targets: tokens, batch: 2, length };
    lossAndGradients(model, batch, { seed: 8, keepLayers, sink: (name, dy) => gradients.set(name, dy) });
    return gradients;
  };
  tf.tidy(() => {
    const kept = gradientsWith(layers.length);
    for (const [name, gradient] of gradientsWith(0)) {
      const error = tf.div(tf.norm(tf.sub(gradient, kept.get(name)!)), tf.norm(kept.get(name)!));
      expect.soft(error.dataSync()[0]!, name).toBeLessThan(1e-5);
    }
  });
});

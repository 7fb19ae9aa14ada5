/** Options of the model, each against its definition written out in plain operations. */
import "@reformer-ts/internal-testkit";
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import { attentionMechanism } from "../src/attention-mechanism";
import { withMemoryKeys } from "../src/memory-keys";
import { rotate } from "../src/positions/rotary";
import { turnedByHand } from "./turned-by-hand";
import {
  createParameters,
  createReformer,
  encode,
  initializeParameters,
  lossAndGradients,
  parameterShapes,
  resolveConfig,
  type ReformerOptions,
} from "../src/index";

const normal = <T extends tf.Tensor>(shape: number[], seed: number) =>
  tf.tensor(Random.fromSeed(seed).normals(shape.reduce((a, b) => a * b, 1)), shape) as T;

const small: ReformerOptions = {
  vocabSize: 11,
  dModel: 12,
  dFF: 10,
  numHeads: 2,
  dHead: 6,
  layers: ["local", "lsh", "local", "lsh"],
  maxLength: 32,
  chunkLength: 8,
  initializerRange: 0.3,
};

function build(options: ReformerOptions) {
  const config = resolveConfig({ ...small, ...options });
  return createReformer(config, initializeParameters(config, 4));
}

const ids = Int32Array.from({ length: 24 }, (_, i) => (i * 5) % 11);
const tokens = tf.tensor2d(ids, [1, 24], "int32");

describe("rotary positions", () => {
  it("make a score depend on the distance alone", () => {
    const [query, key] = [1, 2].map((seed) =>
      tf.tile(normal<tf.Tensor4D>([1, 2, 1, 6], seed), [1, 1, 40, 1]),
    );
    const scores = tf.matMul(rotate(query!), rotate(key!), false, true);
    const shifted = tf.slice(scores, [0, 0, 7, 7], [1, 2, 33, 33]);
    expect(shifted).toBeAllClose(tf.slice(scores, [0, 0, 0, 0], [1, 2, 33, 33]), { absolute: 2e-5 });
    expect(tf.slice(scores, [0, 0, 0, 0], [1, 2, 1, 33])).not.toBeAllClose(
      tf.slice(scores, [0, 0, 1, 0], [1, 2, 1, 33]),
    );
  });

  it("are undone by turning back, and turn each token by its own angles", () => {
    const x = normal<tf.Tensor4D>([1, 2, 40, 6], 3);
    const turned = rotate(x);
    expect(rotate(turned, -1)).toBeAllClose(x);
    const token = (of: tf.Tensor) => tf.slice(of, [0, 0, 33, 0], [1, 2, 1, 6]).dataSync() as Float32Array;
    expect(turnedByHand(token(x), 6, 33)).toBeAllClose(token(turned));
  });

  it("leave the buckets of what is hashed alone", () => {
    const bucketsOf = (positions: "rotary" | "none") => {
      const config = resolveConfig({ ...small, layers: ["lsh"], positions, numBuckets: 4 });
      const mechanism = attentionMechanism(config, 0, { training: false });
      const projections = [normal<tf.Tensor4D>([1, 2, 24, 6], 1), normal<tf.Tensor4D>([1, 2, 24, 6], 2)];
      return mechanism.attend(projections, 7).saved[0]!;
    };
    expect(bucketsOf("rotary")).toBeAllClose(bucketsOf("none"), { absolute: 0, relative: 0 });
  });
});

describe("memory keys", () => {
  const [q, k, v] = [1, 2, 3].map((seed) => normal<tf.Tensor4D>([2, 2, 24, 6], seed)) as [
    tf.Tensor4D,
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const parameters = createParameters({
    "a.memoryKeys": normal([2, 3, 6], 4),
    "a.memoryValues": normal([2, 3, 6], 5),
  });
  const withMemory = (options: ReformerOptions) => {
    const config = resolveConfig({ ...small, ...options, numMemoryKeys: 3 });
    return withMemoryKeys(config, parameters, "a", attentionMechanism(config, 0, { training: false }));
  };
  /** Softmax over the keys of the sequence and of the memory side by side. */
  const byHand = (keys: tf.Tensor, masked: (own: tf.Tensor) => tf.Tensor) => {
    const all = (name: string) => tf.tile(tf.expandDims(parameters.get(name), 0), [2, 1, 1, 1]);
    const own = masked(tf.matMul(q, keys, false, true));
    const remembered = tf.div(tf.matMul(q, all("a.memoryKeys"), false, true), Math.sqrt(6));
    return tf.matMul(tf.softmax(tf.concat([own, remembered], 3)), tf.concat([v, all("a.memoryValues")], 2));
  };
  const later = tf.sub(1, tf.linalg.bandPart(tf.ones([24, 24]), -1, 0));
  const causal = (scores: tf.Tensor) => tf.sub(scores, tf.mul(later, 1e9));

  it("join the softmax of full attention", () => {
    const { attended } = withMemory({ layers: ["full"] }).attend([q.clone(), k.clone(), v.clone()], 0);
    expect(attended.output).toBeAllClose(byHand(tf.div(k, Math.sqrt(6)), causal));
  });

  it.each([
    ["one chunk", { chunkLength: 24 }],
    ["hashed, with windows that cover everything", { chunkLength: 8, chunksBefore: 2 }],
  ])("join the softmax of LSH attention: %s", (_name, options) => {
    const { attended } = withMemory({ layers: ["lsh"], numBuckets: 4, ...options }).attend(
      [q.clone(), v.clone()],
      0,
    );
    const unit = tf.div(q, tf.mul(tf.sqrt(tf.add(tf.mean(tf.square(q), -1, true), 1e-6)), Math.sqrt(6)));
    // A token that sees the memory never needs to look at itself.
    const masked = (scores: tf.Tensor) => tf.sub(causal(scores), tf.mul(tf.eye(24), 1e5));
    expect(attended.output).toBeAllClose(byHand(unit, masked));
  });
});

describe("tying", () => {
  it("of embeddings predicts by the rows of the table", () => {
    tf.tidy(() => {
      const model = build({ tieEmbeddings: true });
      expect(model.parameters.names()).not.toContain("head.weight");
      const untied = build({});
      const table = model.parameters.get("embedding.tokens") as tf.Tensor2D;
      for (const name of model.parameters.names())
        untied.parameters.set(name, model.parameters.get(name).clone());
      untied.parameters.set(
        "head.weight",
        tf.div(tf.concat([tf.transpose(table), tf.transpose(table)], 0), 2 * Math.sqrt(12)),
      );
      const row = (x: tf.Tensor) => tf.reshape(x, [24, 12]) as tf.Tensor2D;
      const logits = (of: typeof model) => {
        const { x1, x2 } = encode(of, tokens);
        return of.head.logits(row(x1), row(x2));
      };
      expect(logits(model)).toBeAllClose(logits(untied));
    });
  });

  it("of layers is one set of weights for each kind, with norms of their own", () => {
    tf.tidy(() => {
      const model = build({ tieLayers: true });
      const names = model.parameters.names();
      expect(names.filter((name) => name.endsWith("attention.output"))).toEqual([
        "layers.0.attention.output",
        "layers.1.attention.output",
      ]);
      expect(names.filter((name) => name.endsWith("expand.weight"))).toEqual([
        "layers.0.feedForward.expand.weight",
      ]);
      expect(names.filter((name) => name.endsWith("feedForward.norm.scale"))).toHaveLength(4);
      const untied = build({});
      for (const name of untied.parameters.names()) {
        untied.parameters.set(name, model.parameters.get(name).clone());
      }
      expect(encode(model, tokens, { seed: 1 }).x1).toBeAllClose(encode(untied, tokens, { seed: 1 }).x1);
    });
  });

  it("hands every gradient over once, and leaks nothing", () => {
    const model = build({
      tieLayers: true,
      tieEmbeddings: true,
      embeddingDims: 5,
      numMemoryKeys: 2,
      positions: "rotary",
    });
    const batch = { inputs: ids, targets: ids, batch: 1, length: 24 };
    const run = () => {
      const given: string[] = [];
      const sink = (name: string, gradient: tf.Tensor) => {
        expect(gradient.shape).toEqual(model.parameters.get(name).shape);
        given.push(name);
        gradient.dispose();
      };
      lossAndGradients(model, batch, { seed: 1, sink }).dispose();
      return given.toSorted();
    };
    expect(run()).toEqual(Object.keys(parameterShapes(model.config)).toSorted());
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("full attention below a threshold", () => {
  it("is the attention of one chunk, up to the threshold and not beyond", () => {
    tf.tidy(() => {
      const streamOf = (options: ReformerOptions) =>
        encode(build({ layers: ["lsh"], numBuckets: 4, ...options }), tokens).x1;
      const full = streamOf({ chunkLength: 24 });
      expect(streamOf({ fullAttentionThreshold: 24 })).toBeAllClose(full);
      expect(streamOf({ fullAttentionThreshold: 23 })).not.toBeAllClose(full);
    });
  });
});

it.each<[string, ReformerOptions]>([
  [
    "config.dHead is 5 with rotary positions, but must be even, because coordinates are turned in pairs.",
    { positions: "rotary", dHead: 5 },
  ],
  ["config.numBuckets is [4096,4096], but must be 8388608 buckets at most.", { numBuckets: [4096, 4096] }],
  [
    "config.tieEmbeddings is true with a class head, but must be false, unless tokens are predicted.",
    { tieEmbeddings: true, head: "class" },
  ],
  [
    "config.fullAttentionThreshold is 64 with strict routing, but must be 0, because a token must not depend on how many follow it.",
    { routing: "strict", fullAttentionThreshold: 64 },
  ],
])("%s", (message, options) => {
  expect(() => resolveConfig(options)).toThrow(message);
});

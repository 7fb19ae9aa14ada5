import * as tf from "@tensorflow/tfjs-core";
import { Random } from "@reformer-ts/internal-random";
import { describe, expect, it } from "vitest";
import {
  activations,
  continueWith,
  createDecoder,
  createReformer,
  generate,
  generateBatch,
  initializeParameters,
  inspectAttention,
  resolveConfig,
  type Reformer,
  type ReformerOptions,
} from "../src/index";
import { fullPass } from "./full-pass";

const small: ReformerOptions = {
  vocabSize: 13,
  dModel: 16,
  dFF: 24,
  numHeads: 2,
  dHead: 8,
  layers: ["local", "full", "local"],
  maxLength: 64,
  chunkLength: 8,
  initializerRange: 0.2,
};

function build(options: ReformerOptions): Reformer {
  const config = resolveConfig(options);
  return createReformer(config, initializeParameters(config, 2));
}

const tokens = (count: number, seed = 4) => {
  const random = Random.fromSeed(seed);
  return Int32Array.from({ length: count }, () => random.integer(13));
};

const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

describe("createDecoder", () => {
  it.each([1, 7, 8, 9, 30])(
    "writes what the full pass predicts, from a prompt of %i",
    async (promptLength) => {
      const model = build(small);
      const sequence = tokens(promptLength + 20);
      const decoder = createDecoder(model);
      let [logits] = await decoder.read([sequence.slice(0, promptLength)]);
      for (let length = promptLength; length <= sequence.length; length++) {
        expect(largestDifference(logits!, await fullPass(model, sequence.slice(0, length)))).toBeLessThan(
          1e-5,
        );
        if (length < sequence.length) [logits] = await decoder.append([sequence[length]!]);
      }
      decoder.dispose();
    },
  );

  it.each([
    [1, 1],
    [3, 1],
    [2, 2],
  ])(
    "attends by hash to what the full pass of a single LSH layer finds (%i rounds, %i before)",
    async (numHashes, chunksBefore) => {
      const model = build({ ...small, layers: ["lsh"], numHashes, chunksBefore, numBuckets: [4, 2] });
      const sequence = tokens(50);
      const decoder = createDecoder(model);
      let [logits] = await decoder.read([sequence.slice(0, 5)]);
      for (let length = 5; length <= sequence.length; length++) {
        // One layer: nothing of a token but its key and value reaches later ones, so routing cannot differ.
        expect(largestDifference(logits!, await fullPass(model, sequence.slice(0, length)))).toBeLessThan(
          1e-5,
        );
        if (length < sequence.length) [logits] = await decoder.append([sequence[length]!]);
      }
      decoder.dispose();
    },
  );

  it.each([1, 9, 25])(
    "writes exactly what a deep model with strict routing predicts, from a prompt of %i",
    async (from) => {
      const options = {
        ...small,
        layers: ["lsh", "local", "lsh", "lsh"] as const,
        routing: "strict" as const,
      };
      const model = build({ ...options, layers: [...options.layers], numHashes: 2, numBuckets: 4 });
      const sequence = tokens(60);
      const decoder = createDecoder(model);
      let [logits] = await decoder.read([sequence.slice(0, from)]);
      for (let length = from; length < sequence.length; length++) {
        expect(largestDifference(logits!, await fullPass(model, sequence.slice(0, length)))).toBeLessThan(
          1e-5,
        );
        [logits] = await decoder.append([sequence[length]!]);
      }
      decoder.dispose();
    },
  );

  it.each<[string, ReformerOptions]>([
    ["shared queries and keys", { ...small, layers: ["local", "local"], localSharedQueryKey: true }],
    ["biases", { ...small, layers: ["local"], localBias: true }],
    ["torch's rotations", { ...small, layers: ["lsh"], numBuckets: 8, torchHashSeed: 3 }],
    ["rotary positions", { ...small, layers: ["local", "full"], positions: "rotary" }],
    ["rotary positions and hashes", { ...small, layers: ["lsh"], positions: "rotary", numBuckets: [4, 2] }],
    ["memory keys", { ...small, layers: ["local", "full"], numMemoryKeys: 3 }],
    ["memory keys and hashes", { ...small, layers: ["lsh"], numBuckets: 4, numMemoryKeys: 3 }],
    ["memory keys and rotary positions", { ...small, positions: "rotary", numMemoryKeys: 2 }],
    [
      "keys counted once",
      { ...small, layers: ["lsh"], numBuckets: 4, numHashes: 3, duplicateCorrection: true },
    ],
    [
      "keys of the same bucket alone",
      { ...small, layers: ["lsh"], numBuckets: 4, numHashes: 3, chunksBefore: 2, acrossBuckets: false },
    ],
    ["chunks that form no ring", { ...small, layers: ["lsh"], numBuckets: 4, numHashes: 3, ring: false }],
    [
      "strict routing, rotary positions and memory keys",
      {
        ...small,
        layers: ["lsh", "lsh"],
        routing: "strict",
        positions: "rotary",
        numBuckets: 4,
        numMemoryKeys: 2,
      },
    ],
    [
      "full attention below a threshold",
      { ...small, layers: ["lsh"], numBuckets: 4, fullAttentionThreshold: 20 },
    ],
    ...activations.map((activation): [string, ReformerOptions] => [
      activation,
      { ...small, layers: ["local"], activation },
    ]),
    ["a bias of the head", { ...small, layers: ["local"], headBias: true }],
    ["a tied table", { ...small, layers: ["local"], tieEmbeddings: true }],
    ["learned positions", { ...small, layers: ["local"], positions: "learned" }],
    ["sinusoidal positions", { ...small, layers: ["local"], positions: "sinusoidal" }],
    [
      "layers of different chunks, padded to a common multiple",
      {
        ...small,
        layers: ["local", "lsh"],
        numBuckets: 4,
        numHashes: 2,
        chunkLength: 4,
        localChunkLength: 6,
      },
    ],
    ["a factored, tied embedding", { ...small, layers: ["local"], embeddingDims: 6, tieEmbeddings: true }],
    ["tied layers", { ...small, tieLayers: true }],
    ["fixed-base positions", { ...small, layers: ["local"], positions: "fixedBase" }],
  ])("writes what the full pass predicts with %s", async (_name, options) => {
    const model = build(options);
    for (const name of model.parameters.names().filter((word) => word.endsWith("Bias"))) {
      model.parameters.set(name, tf.randomNormal(model.parameters.get(name).shape, 0, 0.3, "float32", 1));
    }
    const sequence = tokens(30);
    const decoder = createDecoder(model);
    let [logits] = await decoder.read([sequence.slice(0, 12)]);
    for (let length = 12; length < sequence.length; length++) {
      expect(largestDifference(logits!, await fullPass(model, sequence.slice(0, length)))).toBeLessThan(1e-5);
      [logits] = await decoder.append([sequence[length]!]);
    }
    decoder.dispose();
  });

  it("writes several sequences as it writes each alone", async () => {
    const model = build({ ...small, layers: ["local", "lsh"], numBuckets: 4 });
    const prompts = [tokens(20, 1), tokens(20, 2)];
    const together = createDecoder(model);
    await together.read(prompts);
    const both = await together.append([3, 5]);
    together.dispose();
    for (const [i, prompt] of prompts.entries()) {
      const alone = createDecoder(model);
      await alone.read([prompt]);
      const [logits] = await alone.append([[3, 5][i]!]);
      expect(largestDifference(both[i]!, logits!)).toBeLessThan(1e-5);
      alone.dispose();
    }
  });
});

describe("what a decoder tells", () => {
  const kinds: [string, ReformerOptions][] = [
    ["hashed, in two rounds", { ...small, layers: ["lsh"], numBuckets: 4, numHashes: 2 }],
    ["hashed strictly", { ...small, layers: ["local", "lsh"], numBuckets: 4, routing: "strict" }],
    ["local and full, with memory keys", { ...small, layers: ["local", "full"], numMemoryKeys: 2 }],
  ];

  it.each(kinds)("what the newest token attends to, as the full pass has it: %s", async (_name, options) => {
    const model = build(options);
    const sequence = tokens(40);
    const layer = model.config.layers.length - 1;
    const decoder = createDecoder(model);
    for (const [from, to] of [
      [0, 40],
      [0, 33],
      [33, 40],
    ] as const) {
      if (from === 0) await decoder.read([sequence.slice(0, to)]);
      else for (const token of sequence.slice(from, to)) await decoder.append([token]);
      const ids = tf.tensor2d(sequence.slice(0, to), [1, to], "int32");
      const { rows } = inspectAttention(model, ids, { layer, queries: [to - 1] });
      ids.dispose();
      const told = decoder.attended(layer);
      expect(told.map(({ batch, head, query }) => ({ batch, head, query }))).toEqual(
        rows.map(({ batch, head, query }) => ({ batch, head, query })),
      );
      for (const [i, { keys, memory }] of told.entries()) {
        expect(keys.map(({ position }) => position)).toEqual(rows[i]!.keys.map(({ position }) => position));
        keys.forEach(({ weight }, k) => expect(weight).toBeCloseTo(rows[i]!.keys[k]!.weight, 5));
        memory.forEach((weight, k) => expect(weight).toBeCloseTo(rows[i]!.memory[k]!, 5));
      }
    }
    decoder.dispose();
  });

  it("lengths, bytes and progress", async () => {
    const decoder = createDecoder(build({ ...small, layers: ["local", "lsh"], numBuckets: 4 }));
    const shares: number[] = [];
    await decoder.read([tokens(10), tokens(7)], { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares).toEqual(expect.arrayContaining([0.25, 0.5, 0.75, 1]));
    await decoder.append([1, 2]);
    expect(decoder.lengths).toEqual([11, 8]);
    const { caches, weights } = decoder.bytes;
    expect(caches).toBeGreaterThan(2 * 2 * 16 * 18);
    expect(weights).toBeGreaterThan(0);
    decoder.dispose();
    expect(decoder.lengths).toEqual([]);
  });

  it.each<[string, (decoder: ReturnType<typeof createDecoder>) => Promise<unknown>, string]>([
    ["an empty prompt", (d) => d.read([new Int32Array()]), "prompt is empty, but must be at least one token"],
    ["an unknown token", (d) => d.read([tokens(3), Int32Array.of(13)]), "prompts[1][0] is 13"],
    ["a long prompt", (d) => d.read([tokens(65)]), "prompt is 65 tokens, but must be at most maxLength = 64"],
    ["too few tokens", (d) => d.read([tokens(3)]).then(() => d.append([])), "tokens is 0 long"],
    ["no prompts", (d) => d.read([]), "prompts is empty, but must be at least one prompt."],
    [
      "a token before a prompt",
      (d) => d.append([1]),
      "append is called before read, but must be called after it.",
    ],
    [
      "segments of nothing",
      (d) => d.read([tokens(3)], { segmentLength: 0 }),
      "segmentLength is 0, but must be an integer of at least 1.",
    ],
    ["half a token", (d) => d.read([tokens(3)]).then(() => d.append([1.5])), "tokens[0] is 1.5"],
    ["no number", (d) => d.read([tokens(3)]).then(() => d.append([Number.NaN])), "tokens[0] is NaN"],
    [
      "a sequence that there is not",
      (d) => d.read([tokens(3)]).then(() => d.select([0, 1])),
      "sequences[1] is 1",
    ],
    ["a layer that there is not", (d) => d.read([tokens(3)]).then(() => d.attended(9)), "layer[0] is 9"],
    ["a full table", (d) => d.read([tokens(64)]).then(() => d.append([1])), "sequence is 65 tokens"],
  ])("refuses %s", async (_name, ask, words) => {
    await expect(ask(createDecoder(build(small)))).rejects.toThrow(words);
  });

  it("refuses what answers with something else than tokens", async () => {
    const decoder = createDecoder(build({ ...small, head: "class" }));
    await expect(decoder.read([tokens(3)])).rejects.toThrow("config.head is class");
  });
});

describe("several sequences", () => {
  const model = () => build({ ...small, layers: ["local", "lsh"], numBuckets: 4, numHashes: 2 });

  it("of different lengths are written as each alone, from streams of their own", async () => {
    const prompts = [tokens(20, 1), tokens(9, 2), tokens(30, 3)];
    const options = { maxTokens: 12, seed: 5, temperature: 0.9, topP: 0.9 };
    const written: number[][] = [];
    for await (const row of generateBatch(model(), prompts, options)) written.push(row);
    expect(written).toHaveLength(12);
    const alone: number[] = [];
    for await (const token of generate(model(), prompts[0]!, options)) alone.push(token);
    expect(written.map(([first]) => first)).toEqual(alone);
    const greedy: number[][] = [];
    for await (const row of generateBatch(model(), prompts, { maxTokens: 12, temperature: 0 }))
      greedy.push(row);
    for (const [i, prompt] of prompts.entries()) {
      const likeliest: number[] = [];
      for await (const token of generate(model(), prompt, { maxTokens: 12, temperature: 0 }))
        likeliest.push(token);
      expect(greedy.map((row) => row[i])).toEqual(likeliest);
    }
  });

  it("go on from one beginning in several ways", async () => {
    // Longer than a page of the cache, so that full pages are shared.
    const long = build({ ...small, layers: ["local", "lsh"], numBuckets: 4, maxLength: 1024 });
    const shared = createDecoder(long);
    const start = tokens(600);
    await shared.read([start]);
    shared.select([0, 0]);
    const both = [
      [1, 2],
      [3, 4],
    ];
    for (const row of both) await shared.append(row);
    for (const way of [0, 1]) {
      const alone = createDecoder(long);
      await alone.read([start]);
      for (const row of both) await alone.append([row[way]!]);
      expect(largestDifference(shared.logits[way]!, alone.logits[0]!)).toBeLessThan(1e-6);
      alone.dispose();
    }
    shared.dispose();
  });

  it("can be continued again, with other options", async () => {
    const decoder = createDecoder(model());
    await decoder.read([tokens(10)]);
    const written: number[] = [];
    for (const seed of [1, 2]) {
      for await (const [token] of continueWith(decoder, { maxTokens: 3, seed })) written.push(token!);
    }
    expect(written).toHaveLength(6);
    expect(decoder.lengths).toEqual([16]);
    decoder.dispose();
  });
});

describe("generate", () => {
  const collect = async (model: Reformer, options: Parameters<typeof generate>[2]) => {
    const written: number[] = [];
    for await (const token of generate(model, tokens(10), options)) written.push(token);
    return written;
  };

  it("is decided by its seed, and leaks nothing", async () => {
    const model = build({ ...small, layers: ["local", "lsh"] });
    const before = tf.memory().numTensors;
    const once = await collect(model, { maxTokens: 24, seed: 7, temperature: 0.8, topK: 5 });
    expect(once).toHaveLength(24);
    expect(await collect(model, { maxTokens: 24, seed: 7, temperature: 0.8, topK: 5 })).toEqual(once);
    expect(await collect(model, { maxTokens: 24, seed: 8, temperature: 0.8, topK: 5 })).not.toEqual(once);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("takes the likeliest token at temperature 0", async () => {
    const model = build(small);
    const [first] = await collect(model, { maxTokens: 1, temperature: 0 });
    const logits = await fullPass(model, tokens(10));
    expect(first).toBe(logits.indexOf(Math.max(...logits)));
  });

  it.each<[string, Partial<Parameters<typeof generate>[2]>]>([
    ["maxTokens is -1, but must be an integer of at least 0.", { maxTokens: -1 }],
    ["maxTokens is NaN", { maxTokens: Number.NaN }],
    ["temperature is -1, but must be 0 or more.", { temperature: -1 }],
    ["temperature is NaN", { temperature: Number.NaN }],
    ["topK is 1.5, but must be an integer of at least 0.", { topK: 1.5 }],
    ["topP is 1.1, but must be from 0 to 1.", { topP: 1.1 }],
    ["topP is NaN", { topP: Number.NaN }],
  ])("refuses: %s", async (message, options) => {
    await expect(collect(build(small), { maxTokens: 2, ...options })).rejects.toThrow(message);
  });

  it("refuses to outgrow the position table", async () => {
    await expect(collect(build(small), { maxTokens: 55 })).rejects.toThrow(
      "prompt and continuation is 65 tokens, but must be at most maxLength = 64, the size of the position table.",
    );
  });
});

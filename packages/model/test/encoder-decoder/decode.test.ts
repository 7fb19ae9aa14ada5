/** Writing with remembered keys is the full pass; a search finds what trying everything finds. */
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import {
  createPairDecoder,
  evaluatePairs,
  translate,
  type EncoderDecoder,
  type EncoderDecoderOptions,
  type PairBatch,
} from "../../src/index";
import { search } from "../../src/encoder-decoder/search";
import { borrowed, build, randomPairs, small, vocabSize } from "./pairs";

/** Nats of a target by the full pass. */
function natsOf(model: EncoderDecoder, pairs: PairBatch, targets: Int32Array): number {
  const { nats } = evaluatePairs(model, { ...pairs, targets });
  const value = nats.dataSync()[0]!;
  nats.dispose();
  return value;
}

const natsOfToken = (logits: Float32Array, token: number) =>
  Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - logits[token]!), 0));

describe("createPairDecoder", () => {
  it.each<[string, EncoderDecoderOptions]>([
    ["full attention", small],
    ["local attention", { ...small, decoderLayers: ["local", "local"], localSharedQueryKey: true }],
    ["LSH attention, routed strictly", { ...small, decoderLayers: ["lsh", "lsh"], routing: "strict" }],
    ["mixed kinds on either side", { ...small, encoderLayers: ["lsh", "local"], positions: "axial" }],
    ["options of the layers", { ...small, ...borrowed }],
  ])("predicts what the full pass predicts: %s", async (_name, options) => {
    const model = build({ ...options, numBuckets: 4 });
    const pairs = randomPairs(13, 20);
    const decoder = createPairDecoder(model, pairs);
    for (let position = 0; position < 20; position++) {
      const logits = await decoder.append([pairs.inputs[position]!, pairs.inputs[20 + position]!]);
      logits.forEach((row, sequence) => {
        const targets = new Int32Array(40)
          .fill(-1)
          .fill(7, sequence * 20 + position, sequence * 20 + position + 1);
        expect(natsOfToken(row, 7)).toBeCloseTo(natsOf(model, pairs, targets), 4);
      });
    }
    decoder.dispose();
  });

  it.each<[string, EncoderDecoderOptions]>([
    ["full", small],
    ["local and LSH", { ...small, decoderLayers: ["local", "lsh"], routing: "strict", numBuckets: 4 }],
  ])("goes on from chosen sequences in several ways: %s", async (_name, options) => {
    const model = build(options);
    const pairs = randomPairs(13, 6);
    const [first, second] = [pairs.inputs.subarray(0, 6), pairs.inputs.subarray(6)];
    const together = createPairDecoder(model, pairs);
    for (let i = 0; i < 3; i++) await together.append([first[i]!, second[i]!]);
    together.select([1, 0, 1]);
    const ways = [4, first[3]!, 9];
    await together.append(ways);
    const logits = await together.append([5, first[4]!, 6]);
    together.dispose();
    const alone = createPairDecoder(model, pairs);
    for (let i = 0; i < 3; i++) await alone.append([first[i]!, second[i]!]);
    await alone.append([first[3]!, 9]);
    const expected = await alone.append([first[4]!, 6]);
    alone.dispose();
    expect(natsOfToken(logits[1]!, 3)).toBeCloseTo(natsOfToken(expected[0]!, 3), 4);
    expect(natsOfToken(logits[2]!, 3)).toBeCloseTo(natsOfToken(expected[1]!, 3), 4);
    expect(natsOfToken(logits[0]!, 3)).not.toBeCloseTo(natsOfToken(logits[2]!, 3), 4);
  });
});

describe("translate", () => {
  const sources = [Int32Array.of(3, 4, 5, 1), Int32Array.of(2, 1), Int32Array.of(5, 5, 2, 3, 4, 1)];
  const few: EncoderDecoderOptions = { ...small, vocabSize: 6, initializerRange: 0.6 };

  /** Every sequence of up to `longest` tokens and its end, by its score. */
  function everySequence(model: EncoderDecoder, source: Int32Array, longest: number, lengthPenalty: number) {
    const found: { tokens: number[]; score: number }[] = [];
    const visit = (tokens: number[]) => {
      const target = [...tokens, 1];
      const length = target.length;
      const batch = {
        source,
        sourceLength: source.length,
        inputs: Int32Array.from([0, ...tokens]),
        targets: Int32Array.from(target),
        batch: 1,
        length,
      };
      const score = -natsOf(model, batch, batch.targets) / ((5 + length) / 6) ** lengthPenalty;
      found.push({ tokens, score });
      if (length < longest) for (const token of [0, 2, 3, 4, 5]) visit([...tokens, token]);
    };
    visit([]);
    return found.toSorted((a, b) => b.score - a.score);
  }

  it.each([0, 0.6, 2])(
    "finds with a wide beam what trying everything finds (length penalty %d)",
    async (lengthPenalty) => {
      const model = build(few, 3);
      const found = await translate(model, sources, { maxTokens: 4, beamSize: 125, lengthPenalty });
      for (const [i, source] of sources.entries()) {
        const [best] = everySequence(model, source, 4, lengthPenalty);
        expect([...found[i]!]).toEqual(best!.tokens);
      }
    },
  );

  it("writes for several sources what it writes for each, and leaves no tensor behind", async () => {
    const model = build(few, 4);
    const before = tf.memory().numTensors;
    for (const beamSize of [1, 3]) {
      const together = await translate(model, sources, { maxTokens: 12, beamSize });
      for (const [i, source] of sources.entries()) {
        const [alone] = await translate(model, [source], { maxTokens: 12, beamSize });
        expect([...together[i]!]).toEqual([...alone!]);
      }
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it("takes the likeliest token each time when nothing is compared", async () => {
    const model = build(few, 4);
    const [written] = await translate(model, [sources[0]!], { maxTokens: 5 });
    const decoder = createPairDecoder(model, { source: sources[0]!, batch: 1, sourceLength: 4 });
    const expected: number[] = [];
    for (let last = 0; expected.length < 5;) {
      const [logits] = await decoder.append([last]);
      last = logits!.indexOf(Math.max(...logits!));
      if (last === 1) break;
      expected.push(last);
    }
    decoder.dispose();
    expect([...written!]).toEqual(expected);
  });

  it("draws tokens as often as their probabilities at a temperature say, the same for the same seed", async () => {
    const model = build(few, 4);
    const source = sources[0]!;
    const decoder = createPairDecoder(model, { source, batch: 1, sourceLength: 4 });
    const [logits] = await decoder.append([0]);
    decoder.dispose();
    const weights = Array.from(logits!, (logit) => Math.exp(logit / 2));
    const total = weights.reduce((a, b) => a + b);
    const [many, endToken] = [600, 1];
    const copies = Array<Int32Array>(many).fill(source);
    const draw = (seed: number) => translate(model, copies, { maxTokens: 1, temperature: 2, seed });
    const drawn = (await draw(7)).map(([token = endToken]) => token);
    for (const [token, weight] of weights.entries()) {
      const share = weight / total;
      const deviation = Math.sqrt((share * (1 - share)) / many);
      const seen = drawn.filter((other) => other === token).length / many;
      expect(Math.abs(seen - share)).toBeLessThan(4 * deviation);
    }
    expect((await draw(7)).map(([token = endToken]) => token)).toEqual(drawn);
    expect((await draw(8)).map(([token = endToken]) => token)).not.toEqual(drawn);
  });

  it("draws for a source the same whatever follows it", async () => {
    const model = build(few, 4);
    const options = { maxTokens: 12, temperature: 1.5, seed: 3 };
    const [first, second] = await translate(model, sources, options);
    const [alone, beside] = await translate(model, sources.slice(0, 2), options);
    expect([[...alone!], [...beside!]]).toEqual([[...first!], [...second!]]);
  });

  it("takes the likeliest of a vocabulary of any size", async () => {
    const logits = new Float32Array(300_000);
    logits[299_999] = 1;
    const writer = { append: async () => [logits], select() {} };
    const [written] = await search(writer, 1, {
      startToken: 0,
      endToken: 1,
      maxTokens: 2,
      beamSize: 1,
      lengthPenalty: 0,
      temperature: 0,
      seed: 0,
    });
    expect([...written!]).toEqual([299_999, 299_999]);
  });

  it("refuses tokens and sequences that there are not, and a longer target than its positions", async () => {
    const model = build();
    const decoder = createPairDecoder(model, { source: sources[0]!, batch: 1, sourceLength: 4 });
    await expect(decoder.append([vocabSize])).rejects.toThrow("tokens[0] is 11");
    await expect(decoder.append([1, 2])).rejects.toThrow("tokens is 2 long");
    expect(() => decoder.select([1])).toThrow("sequences[0] is 1");
    for (let i = 0; i < 64; i++) await decoder.append([1]);
    await expect(decoder.append([1])).rejects.toThrow("sequence is 65 tokens");
    decoder.dispose();
  });

  it("refuses what cannot be", async () => {
    const model = build();
    const ask = (options: object) => translate(model, sources, { maxTokens: 4, ...options });
    await expect(ask({ beamSize: 0 })).rejects.toThrow(
      "beamSize is 0, but must be an integer of at least 1.",
    );
    await expect(ask({ lengthPenalty: -1 })).rejects.toThrow("lengthPenalty is -1, but must be 0 or more.");
    for (const wrong of [{ temperature: -1 }, { temperature: NaN }, { temperature: 1, beamSize: 2 }])
      await expect(ask(wrong)).rejects.toThrow(
        `temperature is ${wrong.temperature}, but must be 0, or more with a beamSize of 1.`,
      );
    await expect(ask({ maxTokens: 65 })).rejects.toThrow("maxTokens is 65 tokens");
    await expect(translate(model, [Int32Array.of(vocabSize)], { maxTokens: 4 })).rejects.toThrow(
      "source[0] is 11, but must be a token from 0 to 10.",
    );
    await expect(translate(model, [new Int32Array(0)], { maxTokens: 4 })).rejects.toThrow("source is empty");
  });
});

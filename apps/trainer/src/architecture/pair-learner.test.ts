import { batches, pairExamples, reserveTokens, byteTokenizer } from "@reformer-ts/data";
import { adam, initializeEncoderDecoder, resolveEncoderDecoder } from "@reformer-ts/model";
import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { learnerOf } from "./learner-of";
import { trimmed } from "./pair-learner";

const pairs = [
  { source: "abc", target: "x" },
  { source: "d", target: "yz" },
];
const tokenizer = reserveTokens(byteTokenizer());
const batch = (length = 12) =>
  batches(pairExamples(pairs, { tokenizer, sourceLength: length, targetLength: length }), {
    batch: 2,
  }).next();
const config = resolveEncoderDecoder({
  vocabSize: 258,
  dModel: 16,
  dFF: 16,
  numHeads: 2,
  dHead: 8,
  encoderLayers: ["full"],
  decoderLayers: ["full"],
  positions: "learned",
  maxLength: 12,
});

describe("trimmed", () => {
  it("leaves out the columns in which there is nothing but padding", () => {
    const { source, sourceLength, inputs, targets, length } = trimmed(batch(), 0);
    // Two letters and the end; three letters and the end. A byte is two more than itself.
    expect([length, sourceLength]).toEqual([3, 4]);
    expect([...source]).toEqual([99, 100, 101, 1, 102, 1, 0, 0]);
    expect([...inputs]).toEqual([0, 122, 0, 0, 123, 124]);
    expect([...targets]).toEqual([122, 1, -1, 123, 124, 1]);
  });

  it("keeps a column of what is empty", () => {
    const nothing = { inputs: new Int32Array(4), targets: new Int32Array(4).fill(-1), counted: 0 };
    const empty = trimmed({ ...nothing, shape: [2, 2], source: new Int32Array(4), sourceShape: [2, 2] }, 0);
    expect([empty.length, empty.sourceLength]).toEqual([1, 1]);
  });
});

describe("a learner of pairs", () => {
  it("has the same loss however much padding there is", () => {
    const parameters = initializeEncoderDecoder(config, 1);
    const learner = learnerOf(config, parameters);
    const lossOf = (length: number) => {
      const { nats, count } = learner.evaluate(batch(length));
      const [value] = nats.dataSync();
      nats.dispose();
      return [value, count];
    };
    expect(lossOf(12)).toEqual(lossOf(5));
    expect(lossOf(5)[1]).toBe(5);
    parameters.dispose();
  });

  it("moves as far for two batches as for one of both", () => {
    const losses = [[pairs], pairs.map((pair) => [pair])].map((parts) => {
      const parameters = initializeEncoderDecoder(config, 1);
      const learner = learnerOf(config, parameters);
      const optimizer = adam(parameters);
      const lengths = { sourceLength: 12, targetLength: 12 };
      const taken = parts.map((part) =>
        batches(pairExamples(part, { tokenizer, ...lengths }), { batch: part.length }).next(),
      );
      const found = [1, 2, 3].map((step) => {
        const options = {
          seed: step,
          learningRate: 0.01,
          clipNorm: null,
          plan: null,
          exchange: null,
          count: 5,
        };
        const { loss } = learner.step(optimizer, taken, options);
        const value = loss.dataSync()[0]!;
        loss.dispose();
        return value;
      });
      optimizer.dispose();
      parameters.dispose();
      return found;
    });
    for (const [i, loss] of losses[0]!.entries()) expect(losses[1]![i]).toBeCloseTo(loss, 5);
  });
});

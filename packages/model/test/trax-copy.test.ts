/** Models that Trax trained to copy go on copying here: `0 w 0` is continued with `w`. */
import { tensor2d } from "@tensorflow/tfjs-core";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createReformer, encode, generate, type Reformer } from "../src/index";
import { modelFromTrax } from "../src/io/from-trax";
import { readTraxFile } from "../src/io/trax-file";
import { parametersFromState } from "../src/io/state";
import { reshape, slice, tidy, type Tensor2D } from "@tensorflow/tfjs-core";

describe("with local attention, trained by Trax' authors", async () => {
  const where = "reformerlm_copy.pkl.gz";
  const file = new Uint8Array(readFileSync(`${import.meta.dirname}/samples/${where}`));
  const weights = await readTraxFile(file, { where, beside: () => Promise.resolve(null) });
  const { config, state } = modelFromTrax(weights, { chunkLength: 64 }, where);
  const open = () => createReformer(config, parametersFromState(config, state, where));

  it("gives the logits that Trax gives", async () => {
    const model = open();
    // Trax' ShiftRight puts a 0 in front and drops the last; then the word goes on, and zeros fill the chunk.
    const tokens = [0, 0, 3, 7, 5, 3, 2, 4, 0, 3, 7, 5, 3, 2, 4].concat(Array(49).fill(0));
    const logits = await logitsAt(model, tokens, 8);
    model.parameters.dispose();
    const expected = [-2.2105, -1.0916, -1.9254, 14.1869, -2.6196];
    expected.forEach((value, i) => expect(logits[i]).toBeCloseTo(value, 3));
  });

  it("copies", async () => {
    const model = open();
    const copied = await greedy(model, [0, 0, 3, 7, 5, 3, 2, 4, 0], 6);
    model.parameters.dispose();
    expect(copied).toEqual([3, 7, 5, 3, 2, 4]);
  });
});

async function greedy(model: Reformer, prompt: number[], maxTokens: number): Promise<number[]> {
  const tokens: number[] = [];
  for await (const token of generate(model, Int32Array.from(prompt), { maxTokens, temperature: 0 }))
    tokens.push(token);
  return tokens;
}

async function logitsAt(model: Reformer, tokens: number[], position: number): Promise<Float32Array> {
  const logits = tidy(() => {
    const { x1, x2 } = encode(model, tensor2d(tokens, [1, tokens.length], "int32"));
    const row = (x: typeof x1) => reshape(slice(x, [0, position], [-1, 1]), [1, -1]) as Tensor2D;
    return model.head.logits(row(x1), row(x2));
  });
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  return values;
}

/** Models that Trax trained to copy go on copying here: `0 w 0` is continued with `w`. */
import { reshape, slice, tensor2d, tidy, type Tensor2D } from "@tensorflow/tfjs-core";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createDecoder, createReformer, encode, loadTransformers, type Reformer } from "../src/index";
import { modelFromTrax } from "../src/io/from-trax";
import { readTraxFile } from "../src/io/trax-file";
import { parametersFromState } from "../src/io/state";

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
    const [copied] = await greedy(model, [[0, 0, 3, 7, 5, 3, 2, 4, 0]], 6);
    model.parameters.dispose();
    expect(copied).toEqual([3, 7, 5, 3, 2, 4]);
  });
});

interface Copies {
  words: number[][];
  /** Of Trax: what its decoding with a cache, and by full passes over a padded window, made of each word. */
  decoded: Record<"predict" | "eval", number[][]>;
  right: Record<"predict" | "eval", number>;
}

/** Trained by Trax with tools/golden/train_copy.py, in the shape of Trax' own decoding test. */
const lsh = `${import.meta.dirname}/trax-lsh-copy`;

describe.skipIf(!existsSync(lsh))("with LSH attention, trained by Trax", () => {
  it("copies at least as many of the same 100 words", async () => {
    const read = (name: string) => new Uint8Array(readFileSync(`${lsh}/${name}`));
    const { words, right } = JSON.parse(new TextDecoder().decode(read("copies.json"))) as Copies;
    const { config, state } = await loadTransformers({
      where: lsh,
      read: (name) => Promise.resolve(existsSync(`${lsh}/${name}`) ? read(name) : null),
    });
    const model = createReformer(config, parametersFromState(config, state, lsh));
    let copied = 0;
    for (const size of new Set(words.map((word) => word.length))) {
      const group = words.filter((word) => word.length === size);
      const answers = await greedy(
        model,
        group.map((word) => [0, 0, ...word, 0]),
        size,
      );
      copied += group.filter((word, i) => word.join() === answers[i]!.join()).length;
    }
    model.parameters.dispose();
    expect(copied).toBeGreaterThanOrEqual(right.predict);
  });
});

/** The likeliest continuations of prompts of one length. */
async function greedy(model: Reformer, prompts: number[][], maxTokens: number): Promise<number[][]> {
  const decoder = createDecoder(model);
  const answers: number[][] = prompts.map(() => []);
  let logits = await decoder.read(prompts.map((prompt) => Int32Array.from(prompt)));
  for (let i = 0; i < maxTokens; i++) {
    const tokens = logits.map((row) => row.indexOf(Math.max(...row)));
    tokens.forEach((token, row) => answers[row]!.push(token));
    logits = await decoder.append(tokens);
  }
  decoder.dispose();
  return answers;
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

/**
 * The duplication task of the paper (section 5, table 2): sequences `0 w 0 w` of which the second half is asked for, so that every
 * answer stands half a sequence back. Nothing is read: sequence n follows from the seed.
 */
import { copyTask, type Example, type Examples, ignored, numberTokenizer } from "@reformer-ts/data";
import { encode, type Reformer } from "@reformer-ts/model";
import { deriveSeed } from "@reformer-ts/internal-random";
import { argMax, reshape, type Tensor, type Tensor2D, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { createHash } from "node:crypto";
import type { RunConfig } from "../config/schema";
import { nextTurn } from "../stop";
import { writeOn } from "../write-on";
import type { Remark, Task } from "./task";

/** Sequences that are measured on, whatever a run's seed. */
const heldOutSequences = 64;
const heldOutSeed = deriveSeed(0, "duplication", "held out");

export function openDuplicationTask({ numSymbols }: RunConfig["data"], length: number): Task {
  const tokenizer = numberTokenizer(numSymbols + 1);
  const sequences = (seed: number, count = Infinity): Examples => ({
    ...copyTask({ length, numSymbols, seed }),
    count,
  });
  const heldOut = sequences(heldOutSeed, heldOutSequences);
  /** All that comes before the second w. */
  const question = (index: number) =>
    heldOut.example(index % heldOutSequences).inputs.slice(0, length / 2 + 2);
  return {
    unit: "token",
    unitsPerToken: 1,
    vocabSize: tokenizer.vocabSize,
    tokenizer,
    fingerprint: {
      bytes: 0,
      sha256: createHash("sha256").update(`duplication of ${numSymbols} symbols`).digest("hex"),
    },
    description: `sequences 0 w 0 w of ${numSymbols} symbols, ${heldOutSequences} of them held out`,
    heldOutTokens: heldOutSequences * length,
    training: (options) => copyTask({ ...options, numSymbols }),
    heldOut: ({ length: given, limit = Infinity }) => ({
      ...copyTask({ length: given, numSymbols, seed: heldOutSeed }),
      count: Math.min(heldOutSequences, Math.ceil(limit / given)),
    }),
    passage: question,
    async sample(model: Reformer, { maxTokens, seed, interrupted }) {
      const prompt = question(0);
      const most = Math.min(maxTokens, length - prompt.length);
      let made = "";
      for await (const piece of writeOn(model, tokenizer, prompt, {
        maxTokens: most,
        temperature: 0,
        seed,
      })) {
        made += piece;
        if (interrupted()) break;
      }
      const wanted = tokenizer.decode(prompt.slice(2, 2 + most));
      return { text: `wanted: ${wanted}\nmade:   ${made.trimEnd()}` };
    },
    remarks: async (model: Reformer) => [await accuracyOn(model, heldOut)],
    close: () => {},
  };
}

/** Share of the second halves that the model has right, each symbol foretold from the right ones before it. */
async function accuracyOn(model: Reformer, examples: Examples): Promise<Remark> {
  let [right, asked] = [0, 0];
  for (let i = 0; i < examples.count; i++) {
    const example = examples.example(i);
    const answers = answersOf(model, example);
    example.targets.forEach((target, position) => {
      if (target === ignored) return;
      asked++;
      if (answers[position] === target) right++;
    });
    await nextTurn();
  }
  const value = right / asked;
  return {
    name: "accuracy",
    label: "right symbols of the second half",
    value,
    text: `${(100 * value).toFixed(1)}%`,
  };
}

function answersOf(model: Reformer, { inputs }: Example): ArrayLike<number> {
  return tidy(() => {
    const { x1, x2 } = encode(model, tensor2d(inputs, [1, inputs.length], "int32"));
    const rows = (x: Tensor) => reshape(x, [inputs.length, -1]) as Tensor2D;
    return argMax(model.head.logits(rows(x1), rows(x2)), 1).dataSync();
  });
}

/** What is learned from, and what is held out of it: a function of the seed and an example's number. */
import {
  type Example,
  type Examples,
  copyTask,
  randomWindows,
  splitTail,
  type TokenSource,
  tokensOf,
} from "@reformer-ts/data";
import { deriveSeed } from "@reformer-ts/internal-random";
import { numSymbols, type TrainSettings } from "./settings";

export interface Lessons {
  train: Examples;
  heldOut: Examples;
}

/** @throws InputError when the text is too short for windows of this length */
export function lessonsFor({ task, length, seed }: TrainSettings, text?: TokenSource): Lessons {
  if (task === "copy") {
    const words = (name: string) => copyTask({ length, numSymbols, seed: deriveSeed(seed, name) });
    return { train: words("train"), heldOut: words("heldOut") };
  }
  const split = splitTail(text ?? tokensOf(new Uint8Array()), { heldOut: 0.1 });
  const windows = (name: "train" | "heldOut") =>
    randomWindows(split[name], { length, seed: deriveSeed(seed, name) });
  return { train: windows("train"), heldOut: windows("heldOut") };
}

/** Examples `first … first + count - 1`, side by side. */
export function batchOf(examples: Examples, first: number, count: number) {
  const taken = Array.from({ length: count }, (_, i) => examples.example(first + i));
  const join = (part: (example: Example) => Int32Array) =>
    Int32Array.from(taken.flatMap((example) => [...part(example)]));
  return {
    inputs: join(({ inputs }) => inputs),
    targets: join(({ targets }) => targets),
    batch: count,
    length: examples.length,
  };
}

/** What all tasks share whose data are one long sequence: windows to train on, windows to measure with, a passage to go on from. */
import {
  randomWindows,
  sequentialWindows,
  sliceOf,
  type Tokenizer,
  type TokenSource,
} from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import type { Reformer } from "@reformer-ts/model";
import { writeOn } from "../write-on";
import type { Fingerprint } from "./fingerprint";
import type { Measured, Remark, SampleFile, Task } from "./task";

/** Tokens of a sample's prompt, at most. */
const promptTokens = 256;

export interface WindowFacts extends Pick<Measured, "unit" | "unitsPerToken" | "close"> {
  train: TokenSource;
  heldOut: TokenSource;
  tokenizer: Tokenizer;
  fingerprint: Fingerprint;
  description: string;
  /** Where else than at any token a passage may begin and end. */
  cut?: (tokens: Int32Array, at: number) => Int32Array;
  /** A sample as a file of the data's own kind. */
  sampleFile?: (tokens: readonly number[]) => SampleFile;
  remarks?: () => Remark[];
}

export function windowTask(facts: WindowFacts): Task {
  const { train, heldOut, tokenizer, cut = (tokens) => tokens, sampleFile, remarks } = facts;
  const passage = (at: number, length: number) => {
    requireInside(at, heldOut);
    return cut(heldOut.read(at, Math.min(length, heldOut.length - at)), at);
  };
  return {
    ...measuredWindows({ ...facts, source: heldOut }),
    vocabSize: tokenizer.vocabSize,
    tokenizer,
    fingerprint: facts.fingerprint,
    description: facts.description,
    heldOutTokens: heldOut.length,
    training(options) {
      requireWindows(train, options.length);
      return randomWindows(train, options);
    },
    passage,
    async sample(model: Reformer, { maxTokens, length, seed, interrupted }) {
      const prompt = passage(0, Math.min(promptTokens, length));
      const options = { maxTokens: Math.min(maxTokens, model.config.maxLength - 1), temperature: 0.8, seed };
      const written: number[] = [];
      const onToken = (token: number) => void written.push(token);
      let text = "";
      for await (const piece of writeOn(model, tokenizer, prompt, { ...options, onToken })) {
        text += piece;
        if (interrupted()) break;
      }
      return { text, ...(sampleFile === undefined ? {} : { file: sampleFile([...prompt, ...written]) }) };
    },
    ...(remarks === undefined ? {} : { remarks: async () => remarks() }),
  };
}

/** A sequence of which every token is foretold once. */
export function measuredWindows({
  source,
  unit,
  unitsPerToken,
  close,
}: Pick<Measured, "unit" | "unitsPerToken" | "close"> & { source: TokenSource }): Measured {
  return {
    unit,
    unitsPerToken,
    heldOut({ length, stride, limit = Infinity }) {
      const part = sliceOf(source, 0, Math.min(limit, source.length));
      return sequentialWindows(part, { length, stride: stride ?? length });
    },
    close,
  };
}

function requireWindows(train: TokenSource, length: number): void {
  if (train.length > length) return;
  throw new InputError({
    field: "corpus",
    given: `${train.length} tokens long without what is held out`,
    allowed: `longer than a window of length = ${length}`,
  });
}

function requireInside(at: number, heldOut: TokenSource): void {
  if (at < heldOut.length) return;
  throw new InputError({
    field: "--passage",
    given: `${at}`,
    allowed: `less than ${heldOut.length}, the tokens held out`,
  });
}

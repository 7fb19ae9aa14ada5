/**
 * Tokens of anything, in an .npy file: one long sequence `[length]`, or examples `[rows, length]` of which each begins anew. Read
 * where they lie, so they may be far larger than memory.
 */
import {
  concatenate,
  numberTokenizer,
  records,
  shuffled,
  sliceOf,
  type Split,
  type TokenSource,
} from "@reformer-ts/data";
import { type NpySource, openNpySource } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import type { Reformer } from "@reformer-ts/model";
import type { RunConfig } from "../config/schema";
import { writeOn } from "../write-on";
import { fingerprint } from "./fingerprint";
import { requireOnePart, splitSource } from "./held-out-part";
import type { Measured, Task } from "./task";
import { measuredWindows, windowTask } from "./windows";

interface OpenTokens {
  source: NpySource;
  vocabSize: number;
  /** Tokens of a row; null for one long sequence. */
  rowLength: number | null;
}

/** @throws InputError when the file is missing or no array of tokens, or is too short to hold something out */
export function openTokenTask(data: RunConfig["data"]): Task {
  const opened = [openTokens(data.corpus)];
  const close = () => opened.forEach(({ source }) => source.close());
  try {
    if (data.heldOutCorpus !== null) opened.push(openTokens(data.heldOutCorpus));
    const [main, other] = opened as [OpenTokens, OpenTokens?];
    const vocabSize = Math.max(...opened.map((array) => array.vocabSize));
    if (other !== undefined) requireSameRows(main, other, data.heldOutCorpus!);
    const split = splitOf(main, other, data);
    const { train, heldOut } = split;
    const facts = {
      ...split,
      tokenizer: numberTokenizer(vocabSize),
      unit: "token" as const,
      unitsPerToken: 1,
      fingerprint: fingerprint(concatenate(opened.map(({ source }) => source))),
      description: `${integer(train.length + heldOut.length)} tokens of ${integer(vocabSize)} kinds${main.rowLength === null ? "" : ` in rows of ${integer(main.rowLength)}`}, ${integer(heldOut.length)} of them held out`,
      close,
    };
    return main.rowLength === null ? windowTask(facts) : rowTask(facts, main.rowLength);
  } catch (error) {
    close();
    throw error;
  }
}

/** @throws InputError when the file is missing or no array of tokens */
export function measuredTokens(path: string): Measured {
  const { source, rowLength } = openTokens(path);
  const measured = { source, unit: "token" as const, unitsPerToken: 1, close: () => source.close() };
  return rowLength === null ? measuredWindows(measured) : { ...measured, heldOut: rowsOf(source, rowLength) };
}

/** As many as the file's type or its largest token asks for. */
export function tokenKinds({ corpus, heldOutCorpus }: RunConfig["data"]): number {
  const sizes = [corpus, heldOutCorpus].map((path) => {
    if (path === null) return 0;
    const { source, vocabSize } = openTokens(path);
    source.close();
    return vocabSize;
  });
  return Math.max(...sizes);
}

/** Tokens of a row, where the array has rows. */
export function tokenRowLength({ corpus }: RunConfig["data"]): number | null {
  const source = openNpySource(corpus);
  source.close();
  return rowLengthOf(source, corpus);
}

function openTokens(path: string): OpenTokens {
  if (!/\.npy(\.\w+)?$/i.test(path)) {
    throw new InputError({ field: "corpus", given: path, allowed: "an .npy file of whole numbers" });
  }
  const source = openNpySource(path);
  try {
    if (source.length === 0)
      throw new InputError({ field: path, given: "empty", allowed: "an array of tokens" });
    return { source, vocabSize: kindsIn(source), rowLength: rowLengthOf(source, path) };
  } catch (error) {
    source.close();
    throw error;
  }
}

function rowLengthOf({ shape }: NpySource, path: string): number | null {
  if (shape.length === 1) return null;
  if (shape.length === 2) return shape[1]!;
  throw new InputError({
    field: path,
    given: `an array of shape [${shape.join(", ")}]`,
    allowed: "of one axis, or of two: [rows, length]",
  });
}

/** Bytes need no look; of other numbers all are looked at. */
function kindsIn(source: NpySource): number {
  if (source.bytesPerToken === 1) return 256;
  const step = 2 ** 20;
  let largest = 0;
  for (let start = 0; start < source.length; start += step) {
    const tokens = source.read(start, Math.min(step, source.length - start));
    largest = tokens.reduce((most, token) => Math.max(most, token), largest);
  }
  return largest + 1;
}

function requireSameRows(main: OpenTokens, other: OpenTokens, path: string): void {
  if (main.rowLength === other.rowLength) return;
  const said = ({ rowLength }: OpenTokens) => (rowLength === null ? "one axis" : `rows of ${rowLength}`);
  throw new InputError({
    field: path,
    given: `an array with ${said(other)}`,
    allowed: `one with ${said(main)}`,
  });
}

function splitOf(main: OpenTokens, other: OpenTokens | undefined, data: RunConfig["data"]): Split {
  const { source, rowLength } = main;
  if (other !== undefined) {
    requireOnePart(data);
    return { train: source, heldOut: other.source };
  }
  if (rowLength === null) return splitSource(source, data);
  requireOnePart(data);
  const rows = source.length / rowLength;
  const held = Math.min(rows - 1, Math.max(1, Math.round(rows * data.heldOut)));
  if (held < 1) throw new InputError({ field: data.corpus, given: "one row", allowed: "two rows or more" });
  const at = (rows - held) * rowLength;
  return { train: sliceOf(source, 0, at), heldOut: sliceOf(source, at, source.length) };
}

/** Every row is an example. */
function rowTask(facts: Parameters<typeof windowTask>[0], length: number): Task {
  const { train, heldOut, tokenizer } = facts;
  const rows = records(heldOut, { length });
  const passage = (at: number, most: number) =>
    rows
      .example(Math.min(rows.count - 1, Math.floor(at / length)))
      .inputs.slice(0, Math.min(most, length / 2));
  return {
    ...windowTask(facts),
    heldOut: rowsOf(heldOut, length),
    training: ({ seed }) => shuffled(records(train, { length }), { seed }),
    passage,
    async sample(model: Reformer, { maxTokens, length: longest, seed, interrupted }) {
      const options = { maxTokens: Math.min(maxTokens, length / 2), temperature: 0.8, seed };
      let text = "";
      for await (const piece of writeOn(model, tokenizer, passage(0, longest), options)) {
        text += piece;
        if (interrupted()) break;
      }
      return { text };
    },
  };
}

function rowsOf(source: TokenSource, length: number): Measured["heldOut"] {
  return ({ length: given, limit = Infinity }) => {
    if (given !== length) {
      throw new InputError({ field: "length", given: String(given), allowed: `${length}, one row` });
    }
    const all = records(source, { length });
    return { ...all, count: Math.min(all.count, Math.ceil(limit / length)) };
  };
}

const integer = (value: number) => value.toLocaleString("en");

/** Text: windows over one long sequence, measured in bits per byte whatever the vocabulary. */
import type { Tokenizer } from "@reformer-ts/data";
import type { RunConfig } from "../config/schema";
import { bytesPerToken, openCorpus, openText } from "../corpus";
import type { Measured, Task } from "./task";
import { textTokenizer } from "./text-tokenizer";
import { measuredWindows, windowTask } from "./windows";

/** @throws InputError when the text is missing, not UTF-8, or too short to hold something out */
export function openTextTask(data: RunConfig["data"], given?: Tokenizer): Task {
  const corpus = openCorpus(data, given ?? textTokenizer(data));
  const { bytes, heldOut, tokenizer } = corpus;
  const isBytes = tokenizer.toJSON().type === "bytes";
  return windowTask({
    ...corpus,
    unit: "byte",
    unitsPerToken: corpus.bytesPerToken,
    description: `${integer(bytes)} bytes, ${isBytes ? "" : `${integer(tokenizer.vocabSize)} different tokens, `}${integer(heldOut.length)} tokens held out`,
    ...(isBytes ? { cut: wholeWords } : {}),
  });
}

/** @throws InputError when the file is missing or not UTF-8 */
export function measuredText(path: string, _: RunConfig["data"], tokenizer: Tokenizer): Measured {
  const { tokens: source, close } = openText(path, tokenizer);
  return measuredWindows({ source, unit: "byte", unitsPerToken: bytesPerToken(source, tokenizer), close });
}

/** Of bytes, whole words from about there. */
function wholeWords(tokens: Int32Array, at: number): Int32Array {
  const start = at === 0 ? 0 : tokens.findIndex(isSpace) + 1;
  const end = tokens.findLastIndex(isSpace);
  return end > start ? tokens.slice(start, end) : tokens;
}

/** A line feed or a blank. */
const isSpace = (token: number) => token === 10 || token === 32;

const integer = (value: number) => value.toLocaleString("en");

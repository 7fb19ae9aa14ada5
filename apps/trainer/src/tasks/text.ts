/** Text: windows over one long sequence, measured in bits per byte whatever the vocabulary. */
import { randomWindows, sequentialWindows, sliceOf, type Tokenizer } from "@reformer-ts/data";
import type { RunConfig } from "../config/schema";
import { openCorpus, passageOf, requireWindows } from "../corpus";
import { writeOn } from "../write-on";
import type { Task } from "./task";

/** Tokens of a sample's prompt, at most. */
const promptTokens = 256;

/** @throws InputError when the text is missing, not UTF-8, or too short to hold something out */
export function openText(data: RunConfig["data"], tokenizer?: Tokenizer): Task {
  const corpus = openCorpus(data, tokenizer);
  const { heldOut, bytes, sha256 } = corpus;
  return {
    unit: "byte",
    unitsPerToken: corpus.bytesPerToken,
    vocabSize: corpus.tokenizer.vocabSize,
    tokenizer: corpus.tokenizer,
    fingerprint: { bytes, sha256 },
    description: `${bytes.toLocaleString("en")} bytes, ${heldOut.length.toLocaleString("en")} tokens held out`,
    heldOutTokens: heldOut.length,
    training(options) {
      requireWindows(corpus, options.length);
      return randomWindows(corpus.train, options);
    },
    heldOut({ length, stride, limit = Infinity }) {
      const part = sliceOf(heldOut, 0, Math.min(limit, heldOut.length));
      return sequentialWindows(part, { length, stride: stride ?? length });
    },
    async sample(model, { maxTokens, length, seed, interrupted }) {
      const prompt = passageOf(corpus, 0, Math.min(promptTokens, length));
      const options = { maxTokens: Math.min(maxTokens, model.config.maxLength - 1), temperature: 0.8, seed };
      let text = "";
      for await (const piece of writeOn(model, corpus.tokenizer, prompt, options)) {
        text += piece;
        if (interrupted()) break;
      }
      return { text };
    },
    close: corpus.close,
  };
}

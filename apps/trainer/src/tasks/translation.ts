/** Translation: pairs of sentences, of which the first is read and the second foretold, in bits per token of the second. */
import {
  alignedPairs,
  type Examples,
  type Pair,
  pairExamples,
  reserveTokens,
  shuffled,
  tabSeparatedPairs,
  type Tokenizer,
} from "@reformer-ts/data";
import { readText } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import type { EncoderDecoder } from "@reformer-ts/model";
import { createHash } from "node:crypto";
import type { RunConfig } from "../config/schema";
import { chooseTokenizer, tokensChosen } from "../choose-tokenizer";
import { translateTexts } from "../translate-texts";
import type { Task } from "./task";

/** Held-out sentences that a sample translates. */
const sampleSentences = 4;

/** Padding and the end of a sentence. */
const reserved = 2;

/** @throws InputError when there are no pairs, the two texts do not belong together, or too few to hold one out */
export function openTranslation(data: RunConfig["data"], known?: Tokenizer): Task {
  const { train, heldOut } = readPairs(data);
  const tokenizer =
    known ??
    reserveTokens(
      chooseTokenizer(data.tokenizer, () => linesOf(train).join("\n")),
      { count: reserved },
    );
  const examplesOf = remembered((pairs: readonly Pair[], length: number) =>
    pairExamples(pairs, { tokenizer, sourceLength: length, targetLength: length }),
  );
  return {
    unit: "token",
    unitsPerToken: 1,
    vocabSize: tokenizer.vocabSize,
    tokenizer,
    fingerprint: fingerprint([...train, ...heldOut]),
    description: `${count(train.length)} pairs to learn from, ${count(heldOut.length)} held out`,
    heldOutTokens: heldOut.reduce((sum, { target }) => sum + tokenizer.encode(target).length + 1, 0),
    training: ({ length, seed }) => shuffled(examplesOf(train, length), { seed }),
    heldOut: ({ length, limit = Infinity }) => firstOf(examplesOf(heldOut, length), limit),
    async sample(model, { length, maxTokens }) {
      const fitting = heldOut.filter(({ source }) => tokenizer.encode(source).length < length);
      const stride = Math.max(1, Math.floor(fitting.length / sampleSentences));
      const chosen = fitting.filter((_, i) => i % stride === 0).slice(0, sampleSentences);
      const sources = chosen.map(({ source }) => source);
      const options = { maxTokens: Math.min(maxTokens, length), sourceTokens: length };
      const written = await translateTexts(model as EncoderDecoder, tokenizer, sources, options);
      const lines = chosen.map(({ source, target }, i) => `${source} → ${written[i]} (meant: ${target})`);
      return { text: lines.join("\n") };
    },
    close() {},
  };
}

/** Distinct tokens of the vocabulary, padding and end included. */
export function translationTokens({ tokenizer }: RunConfig["data"]): number {
  return (tokensChosen(tokenizer) ?? chooseTokenizer(tokenizer, () => "").vocabSize) + reserved;
}

function readPairs({ corpus, heldOut: share, heldOutCorpus }: RunConfig["data"]): {
  train: Pair[];
  heldOut: Pair[];
} {
  const all = pairsOf("corpus", corpus);
  if (heldOutCorpus !== null) return { train: all, heldOut: pairsOf("heldOutCorpus", heldOutCorpus) };
  const trained = Math.floor(all.length * (1 - share));
  if (trained === 0 || trained === all.length) {
    throw new InputError({
      field: "corpus",
      given: `${all.length} pairs, of which the share ${share} is none or all`,
      allowed: "enough pairs to hold one out and train on others",
    });
  }
  return { train: all.slice(0, trained), heldOut: all.slice(trained) };
}

/** @param corpus one file with a tab in each line, or two files whose lines belong together */
function pairsOf(field: string, corpus: string): Pair[] {
  const [source, target, ...more] = corpus.split(",");
  if (corpus === "novel" || more.length > 0) {
    throw new InputError({
      field,
      given: corpus,
      allowed:
        "pairs: two files of as many lines with a comma between their names, or one file of source, tab, target",
    });
  }
  return target === undefined
    ? tabSeparatedPairs(readText(source!))
    : alignedPairs(readText(source!.trim()), readText(target.trim()));
}

/** The first examples that have so many targets together; at least one. */
function firstOf(examples: Examples, limit: number): Examples {
  let [taken, targets] = [0, 0];
  while (taken < examples.count && (taken === 0 || targets < limit)) {
    targets += examples.example(taken++).targets.reduce((sum, target) => sum + (target < 0 ? 0 : 1), 0);
  }
  return { ...examples, count: taken };
}

function fingerprint(pairs: readonly Pair[]): Task["fingerprint"] {
  const text = linesOf(pairs).join("\n");
  return { bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
}

const linesOf = (pairs: readonly Pair[]) => pairs.flatMap(({ source, target }) => [source, target]);

/** Encoding many sentences takes seconds, and training asks for them twice. */
function remembered(make: (pairs: readonly Pair[], length: number) => Examples) {
  const made = new Map<readonly Pair[], { length: number; examples: Examples }>();
  return (pairs: readonly Pair[], length: number): Examples => {
    const before = made.get(pairs);
    if (before?.length === length) return before.examples;
    const examples = make(pairs, length);
    made.set(pairs, { length, examples });
    return examples;
  };
}

const count = (value: number) => value.toLocaleString("en");

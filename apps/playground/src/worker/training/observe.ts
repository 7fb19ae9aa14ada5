/** A look at a model between two steps: how well it does on what it has not seen, what it writes, where tokens hash. */
import { ignored } from "@reformer-ts/data";
import { deriveSeed } from "@reformer-ts/internal-random";
import { encode, evaluateBatch, generate, inspectAttention, type Reformer } from "@reformer-ts/model";
import * as tf from "@tensorflow/tfjs-core";
import type { ByteTokens } from "../models/byte-tokens";
import { batchOf, type Lessons } from "./lessons";
import type { TrainSettings } from "./settings";

export interface Observation {
  /** Bits per counted token of sequences that are never trained on. */
  heldOutBits: number;
  /** Share of symbols copied rightly; null for text, where there is no right answer. */
  accuracy: number | null;
  /** A held-out word and what the model made of its copy; or a text that it wrote. */
  sample: { given: string; written: string };
  /** `[heads, length]`: the first round's bucket of every token of one sequence, in the uppermost LSH layer. */
  buckets: Int32Array;
  heads: number;
  numBuckets: number;
}

/** The text of a training, and which tokens its bytes are. */
export interface ReadText {
  bytes: Uint8Array;
  reader: ByteTokens;
}

const heldOutExamples = 4;
const writtenBytes = 160;
/** What it goes on from, at most. */
const givenBytes = 256;

export async function observe(
  model: Reformer,
  { heldOut }: Lessons,
  { task, seed }: TrainSettings,
  text?: ReadText,
): Promise<Observation> {
  const batch = batchOf(heldOut, 0, heldOutExamples);
  const { nats, count } = evaluateBatch(model, batch);
  const heldOutBits = (await nats.data())[0]! / count / Math.LN2;
  nats.dispose();
  const copied = task === "copy" ? await copies(model, batch) : null;
  const sample = copied?.sample ?? (await writing(model, text!, deriveSeed(seed, "sample")));
  return { heldOutBits, accuracy: copied?.accuracy ?? null, sample, ...bucketsOf(model, batch) };
}

type Batch = ReturnType<typeof batchOf>;

/** The likeliest symbols where a copy is due. */
async function copies(model: Reformer, { inputs, targets, batch, length }: Batch) {
  const best = tf.tidy(() => {
    const { x1, x2 } = encode(model, tf.tensor2d(inputs, [batch, length], "int32"));
    const rows = (x: tf.Tensor) => tf.reshape(x, [batch * length, model.config.dModel]) as tf.Tensor2D;
    return tf.argMax(model.head.logits(rows(x1), rows(x2)), -1);
  });
  const said = await best.data();
  best.dispose();
  const due = [...targets.keys()].filter((i) => targets[i] !== ignored);
  const right = due.filter((i) => said[i] === targets[i]).length;
  const first = due.filter((i) => i < length);
  const letters = (symbols: number[]) => symbols.map((symbol) => String.fromCharCode(64 + symbol)).join("");
  return {
    accuracy: right / due.length,
    sample: {
      given: letters(first.map((i) => targets[i]!)),
      written: letters(first.map((i) => said[i]!)).replaceAll("@", "·"),
    },
  };
}

/** Goes on where the held-out part begins, as far as the model's positions reach. */
async function writing(model: Reformer, { bytes, reader }: ReadText, seed: number) {
  const { maxLength } = model.config;
  const start = Math.round(0.9 * bytes.length);
  const given = reader.encode(bytes.subarray(start, start + Math.min(givenBytes, Math.floor(maxLength / 2))));
  const maxTokens = Math.min(writtenBytes, maxLength - given.length);
  const written: number[] = [];
  const options = { maxTokens, seed, temperature: 0.7, topP: 0.95 };
  for await (const token of generate(model, given, options)) written.push(token);
  return { given: reader.decode(given.slice(-60)), written: reader.decode(written) };
}

function bucketsOf(model: Reformer, { inputs, length }: Batch) {
  const { layers, numHeads, numHashes, numBuckets } = model.config;
  const count = [numBuckets].flat().reduce<number>((a, b) => a * Number(b), 1);
  const layer = layers.lastIndexOf("lsh");
  if (layer < 0) return { buckets: new Int32Array(), heads: 0, numBuckets: count };
  const tokens = tf.tensor2d(inputs.subarray(0, length), [1, length], "int32");
  const view = inspectAttention(model, tokens, { layer, queries: [] });
  tokens.dispose();
  const buckets = new Int32Array(numHeads * length);
  for (let head = 0; head < numHeads; head++) {
    const from = head * numHashes * length;
    buckets.set(view.buckets!.subarray(from, from + length), head * length);
  }
  return { buckets, heads: numHeads, numBuckets: count };
}

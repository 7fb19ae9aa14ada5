/**
 * Writing targets one token at a time, for several sources together. The encoder runs once; what a token costs is its own
 * way through the decoder: self-attention over what was written, which the host remembers, and over the memory.
 */
import { reshape, tensor2d, type Tensor2D, type Tensor3D } from "@tensorflow/tfjs-core";
import { halfSeed } from "@reformer-ts/reversible";
import { replaceBySum } from "../decode/stream";
import { checkIds, checkLength } from "../batch";
import { embedding } from "../embedding";
import { feedForward } from "../feed-forward";
import type { Pass } from "../pass";
import { checkSource, sourceTensors, type PairBatch } from "./batch";
import { cachedAttention } from "./cached-attention";
import { cachedCrossAttention, gatherRows } from "./cached-cross-attention";
import { sideSeed } from "./loss";
import { inferMemory } from "./memory";
import { decoderHalves, type EncoderDecoder } from "./model";

export interface PairDecoder {
  /**
   * Appends one token per sequence, the padding token first; `[vocabSize]` logits of the next token of each.
   *
   * @throws InputError when a token is unknown or the sequences have filled the position table
   */
  append(tokens: readonly number[]): Promise<Float32Array[]>;
  /**
   * Goes on with these of the sequences, in this order; one may be taken several times, to go on in several ways.
   *
   * @throws InputError when there is no such sequence
   */
  select(sequences: readonly number[]): void;
  dispose(): void;
}

/** Nothing is dropped while writing. */
const pass: Pass = { training: false };

/**
 * Reads the sources, and begins a target for each.
 *
 * @throws InputError when a token is unknown, or the source outgrows the position table or is empty
 */
export function createPairDecoder(
  model: EncoderDecoder,
  batch: Pick<PairBatch, "source" | "batch" | "sourceLength">,
): PairDecoder {
  checkSource(model, batch);
  const config = model.sides.decoder;
  const parameters = model.views.decoder;
  const seed = sideSeed(config.hashSeed, "decoder");

  const { tokens: sourceTokens, mask: sourceMask } = sourceTensors(model, batch);
  const vectors = inferMemory(
    model,
    { tokens: sourceTokens, mask: sourceMask },
    pass,
    sideSeed(config.hashSeed, "encoder"),
  );
  const layers = config.layers.map((_, layer) => ({
    attention: cachedAttention(config, parameters, { layer, seed: halfSeed(seed, decoderHalves * layer) }),
    cross: cachedCrossAttention(config, parameters, `layers.${layer}.crossAttention`, {
      vectors,
      mask: sourceMask,
    }),
    expansion: feedForward(config, parameters, `layers.${layer}.feedForward`, pass),
  }));
  sourceTokens.dispose();
  vectors.dispose();

  for (const { attention } of layers) attention.start(batch.batch);
  const embed = embedding(config, parameters, pass);
  let mask = sourceMask;
  let length = 0;
  /** The source that each sequence translates. */
  let sourceOf = Array.from({ length: batch.batch }, (_, i) => i);

  return {
    async append(newest) {
      const count = sourceOf.length;
      checkIds("tokens", newest, { count, least: 0, below: config.vocabSize, what: "token" });
      checkLength(config, "sequence", length + 1);
      const ids = tensor2d([...newest], [newest.length, 1], "int32");
      let to = embed.forward(ids, 0, length++);
      let from = to.clone() as Tensor3D;
      ids.dispose();
      const halves = layers.flatMap(({ attention, cross, expansion }) => [
        (x: Tensor3D) => attention.append(x),
        (x: Tensor3D) => cross.append(x, mask),
        (x: Tensor3D) => expansion.forward(x, 0).y as Tensor3D,
      ]);
      for (const half of halves) [to, from] = [from, replaceBySum(to, await half(from))];
      const [row1, row2] = [to, from].map((x) => reshape(x, [-1, config.dModel]) as Tensor2D);
      const logits = model.head.logits(row1!, row2!);
      const values = (await logits.data()) as Float32Array;
      for (const used of [to, from, row1!, row2!, logits]) used.dispose();
      return rowsOf(values, config.vocabSize);
    },

    select(sequences) {
      const { length: count } = sequences;
      checkIds("sequences", sequences, { count, least: 0, below: sourceOf.length, what: "number" });
      for (const { attention } of layers) attention.select(sequences);
      const chosen = sequences.map((sequence) => sourceOf[sequence]!);
      // Ways on from one source share its keys, whichever of them are taken.
      if (chosen.length === sourceOf.length && chosen.every((source, i) => source === sourceOf[i])) return;
      for (const { cross } of layers) cross.select(sequences);
      mask = gatherRows(mask, sequences);
      sourceOf = chosen;
    },

    dispose() {
      for (const { attention, cross } of layers) {
        attention.dispose();
        cross.dispose();
      }
      mask.dispose();
    },
  };
}

/** `values` in rows of `width`: views, not copies. */
function rowsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

/** From sources to targets: the likeliest sequence that a search finds, or one that is drawn. */
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import { checkLength } from "../batch";
import { createPairDecoder } from "./decoder";
import type { EncoderDecoder } from "./model";
import { search } from "./search";

export interface TranslateOptions {
  /** Longest target, its end token included. */
  maxTokens: number;
  /** Beginnings that are followed at a time; 1, the default, takes the likeliest token each time. */
  beamSize?: number;
  /** 0 compares what ended by probability alone, which prefers the short; larger prefers the long. Default 0.6. */
  lengthPenalty?: number;
  /** 0, the default, searches; with more each token is drawn, and `beamSize` stays 1. Below 1 more careful, above wilder. */
  temperature?: number;
  /** Decides every draw. Each source has a stream of its own, so what stands beside it does not matter. */
  seed?: number;
}

/**
 * Writes a target for every source.
 *
 * @param sources each with its end token where the model was trained with one; they may differ in length
 * @returns the targets, without start and end tokens
 * @throws InputError when a token is unknown, a sequence outgrows the position table, or an option cannot be
 */
export async function translate(
  model: EncoderDecoder,
  sources: readonly Int32Array[],
  { maxTokens, beamSize = 1, lengthPenalty = 0.6, temperature = 0, seed = 0 }: TranslateOptions,
): Promise<Int32Array[]> {
  requireInteger("maxTokens", maxTokens, 1);
  requireInteger("beamSize", beamSize, 1);
  if (!(lengthPenalty >= 0)) {
    throw new InputError({ field: "lengthPenalty", given: String(lengthPenalty), allowed: "0 or more" });
  }
  if (!(temperature >= 0 && temperature < Infinity) || (temperature > 0 && beamSize > 1)) {
    const [given, allowed] = [String(temperature), "0, or more with a beamSize of 1"];
    throw new InputError({ field: "temperature", given, allowed });
  }
  checkLength(model.sides.decoder, "maxTokens", maxTokens);
  if (sources.length === 0) return [];
  const { padToken, endToken } = model.config;
  const sourceLength = sources.reduce((longest, { length }) => Math.max(longest, length), 0);
  const source = new Int32Array(sources.length * sourceLength).fill(padToken);
  sources.forEach((tokens, i) => source.set(tokens, i * sourceLength));

  const decoder = createPairDecoder(model, { source, batch: sources.length, sourceLength });
  try {
    const options = { startToken: padToken, endToken, maxTokens, beamSize, lengthPenalty, temperature, seed };
    return await search(decoder, sources.length, options);
  } finally {
    decoder.dispose();
  }
}

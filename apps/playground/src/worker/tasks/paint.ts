/** Chapter 5's side of the worker: goes on with the bytes of a picture, in several ways at once. */
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import { InputError } from "@reformer-ts/internal-checks";
import { sample } from "@reformer-ts/model";
import { type ModelFacts, type ModelSource, openWriter, type Writer } from "../models/writer";
import { placeFor } from "../resident";

/** What the model reads before a picture's first byte. */
const startToken = 0;

export interface PaintRequest {
  /** The bytes that are given, from the upper left corner on, row by row, red, green, blue. */
  given: Uint8Array;
  /** Bytes of a whole picture. */
  size: number;
  samples: number;
  temperature: number;
  topP: number;
  seed: number;
}

export interface PaintedBytes {
  /** Where the first of them stands. */
  at: number;
  /** `[samples, bytes]`. */
  bytes: Uint8Array[];
}

interface Context<P> {
  signal: AbortSignal;
  report: (progress: P) => void;
}

/** Bytes of a pixel; a picture is shown pixel by pixel. */
const channels = 3;

const place = placeFor<Writer>("the painter");

export async function openPainter(
  { model }: { model: ModelSource },
  { report }: Context<number | null>,
): Promise<ModelFacts> {
  const writer = await openWriter(model, report);
  place.put(writer);
  return writer.facts;
}

/** @returns milliseconds for all */
export async function paint(
  { given, size, samples, seed, ...sampling }: PaintRequest,
  { signal, report }: Context<PaintedBytes>,
): Promise<number> {
  const { decoder, model } = place.get();
  if (model.config.maxLength < size) {
    throw new InputError({
      field: "the model",
      given: `one of ${model.config.maxLength} positions`,
      allowed: `one for pictures of ${size} bytes`,
    });
  }
  const began = performance.now();
  const prompt = Int32Array.of(startToken, ...given);
  await decoder.read([prompt]);
  decoder.select(Array.from({ length: samples }, () => 0));
  const randoms = Array.from({ length: samples }, (_, i) => Random.fromSeed(deriveSeed(seed, "sample", i)));
  let pixel: number[][] = randoms.map(() => []);
  for (let at = given.length; at < size && !signal.aborted; at++) {
    const { logits } = decoder;
    const tokens = randoms.map((random, i) => sample(logits[i]!.subarray(0, 256), random, sampling));
    tokens.forEach((token, i) => pixel[i]!.push(token));
    if ((at + 1) % channels === 0) {
      report({ at: at + 1 - pixel[0]!.length, bytes: pixel.map((bytes) => Uint8Array.from(bytes)) });
      pixel = randoms.map(() => []);
      // A pause between pixels, so that a message to stop is heard.
      await new Promise((resolve) => setTimeout(resolve));
    }
    // The last byte is never read: there is no position after it.
    if (at + 1 < size) await decoder.append(tokens);
  }
  return performance.now() - began;
}

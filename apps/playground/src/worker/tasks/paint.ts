/** Chapter 5's side of the worker: goes on with the tokens of a picture, in several ways at once. */
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import { sample } from "@reformer-ts/model";
import { type ModelFacts, type ModelSource, openWriter, type Writer } from "../models/writer";
import { placeFor } from "../resident";

/** What the model reads before a picture's first token. */
const startToken = 0;

export interface PaintRequest {
  /** The tokens that are given, from the upper left corner on, row by row. */
  given: Uint8Array;
  /** Tokens of a whole picture. */
  size: number;
  /** A picture is shown pixel by pixel. */
  tokensPerPixel: number;
  samples: number;
  temperature: number;
  topP: number;
  seed: number;
}

export interface PaintedPixel {
  /** In pixels from the upper left corner. */
  at: number;
  /** `[samples, tokensPerPixel]`. */
  tokens: Uint8Array[];
}

interface Context<P> {
  signal: AbortSignal;
  report: (progress: P) => void;
}

const place = placeFor<Writer>("the painter");

export async function openPainter(
  { model }: { model: ModelSource },
  { report }: Context<number | null>,
): Promise<ModelFacts> {
  const writer = await openWriter(model, report);
  if (writer.tokens.offset !== 0) {
    writer.dispose();
    throw new InputError({
      field: "the model",
      given: "one of text, whose bytes are counted from 2",
      allowed: "one whose tokens are colours, counted from 0",
    });
  }
  place.put(writer);
  return writer.facts;
}

/** @returns milliseconds for all */
export async function paint(
  { given, size, tokensPerPixel, samples, seed, ...sampling }: PaintRequest,
  { signal, report }: Context<PaintedPixel>,
): Promise<number> {
  const { decoder } = place.get();
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
    if ((at + 1) % tokensPerPixel === 0) {
      const painted = pixel.map((values) => Uint8Array.from(values));
      report({ at: Math.floor(at / tokensPerPixel), tokens: painted });
      pixel = randoms.map(() => []);
      // A pause between pixels, so that a message to stop is heard.
      await new Promise((resolve) => setTimeout(resolve));
    }
    // The last token is never read: there is no position after it.
    if (at + 1 < size) await decoder.append(tokens);
  }
  return performance.now() - began;
}

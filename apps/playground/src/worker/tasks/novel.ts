/** Chapter 6's side of the worker: reads as much of a book as is asked for, and writes on. */
import { continueWith, type Decoder, type SamplingOptions } from "@reformer-ts/model";
import { download } from "../models/download";
import { type ModelFacts, type ModelSource, openWriter, type Writer } from "../models/writer";
import { placeFor } from "../resident";

export interface OpenNovelRequest {
  model: ModelSource;
  /** The address of a book, gzipped or not; or the bytes of one. */
  book: string | Uint8Array;
}

export interface OpenNovelResult {
  facts: ModelFacts;
  book: Uint8Array;
}

export interface ReadNovelResult {
  tokens: number;
  milliseconds: number;
  /** What is remembered of the text, and the copy of the weights beside it. */
  bytes: Decoder["bytes"];
}

export interface ReadProgress {
  /** From 0 to 1. */
  share: number;
  /** Layers that are done, of how many. */
  done: number;
  layers: number;
}

export interface ContinueRequest extends SamplingOptions {
  maxTokens: number;
  seed: number;
}

export interface Attended {
  /** In tokens from the start of the window. */
  position: number;
  /** Share of the attention of all LSH layers' heads. */
  weight: number;
}

export interface WrittenToken {
  byte: number;
  milliseconds: number;
  /** What the token attends to in LSH layers, the heaviest first. */
  attended: Attended[];
}

interface Context<P> {
  signal: AbortSignal;
  report: (progress: P) => void;
}

const mostAttended = 60;

const place = placeFor<Writer & { read?: Int32Array }>("the reader");

export async function openNovel(
  { model, book }: OpenNovelRequest,
  { report }: Context<{ share: number | null; what: string }>,
): Promise<OpenNovelResult> {
  const bytes =
    typeof book === "string" ? await download(book, (share) => report({ share, what: "the book" })) : book;
  const writer = await openWriter(model, (share) => report({ share, what: "the model" }));
  place.put(writer);
  return { facts: writer.facts, book: bytes };
}

/** Forgets what was read before, and reads `tokens`. */
export async function readNovel(
  { tokens }: { tokens: Uint8Array },
  { report }: Context<ReadProgress>,
): Promise<ReadNovelResult> {
  const writer = place.get();
  const began = performance.now();
  writer.read = writer.tokens.encode(tokens);
  const { length: layers } = writer.model.config.layers;
  // A layer's last part may end a rounding before it.
  const onProgress = (share: number) => report({ share, done: Math.floor(share * layers + 1e-9), layers });
  onProgress(0);
  await writer.decoder.read([writer.read], { onProgress });
  return {
    tokens: tokens.length,
    milliseconds: performance.now() - began,
    bytes: writer.decoder.bytes,
  };
}

/** Goes on where reading, or writing, stopped. */
export async function continueNovel(
  request: ContinueRequest,
  { signal, report }: Context<WrittenToken>,
): Promise<number> {
  const { decoder, model, tokens } = place.get();
  const lshLayers = [...model.config.layers.keys()].filter((layer) => model.config.layers[layer] === "lsh");
  let written = 0;
  let began = performance.now();
  for await (const [token] of continueWith(decoder, request)) {
    const milliseconds = performance.now() - began;
    const byte = tokens.byteOf(token!);
    // The model ends the text here.
    if (byte === undefined) break;
    written++;
    report({
      byte,
      milliseconds,
      attended: attendedIn(decoder, lshLayers),
    });
    // A pause between tokens, so that a message to stop is heard.
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) break;
    began = performance.now();
  }
  return written;
}

function attendedIn(decoder: Decoder, layers: readonly number[]): Attended[] {
  const rows = layers.flatMap((layer) => decoder.attended(layer));
  const weights = new Map<number, number>();
  for (const { keys } of rows) {
    for (const { position, weight } of keys)
      weights.set(position, (weights.get(position) ?? 0) + weight / rows.length);
  }
  return Array.from(weights, ([position, weight]) => ({ position, weight }))
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, mostAttended);
}

/**
 * Prompts of one length in one parallel pass on the backend, which leaves the caches of the decoder filled. Inside a
 * layer a long prompt is worked on segment by segment, and between them its streams are on the host: what the backend
 * holds of a book is no more than one head's vectors.
 */
import { tensor2d, tidy } from "@tensorflow/tfjs-core";
import type { Reformer } from "../reformer";
import type { HostModel } from "./host/host-model";
import type { LayerCache } from "./layer-cache";
import { readByHead } from "./read-by-head";
import { readLast } from "./read-last";
import { readNearby } from "./read-nearby";
import { readingPass, type Reading } from "./reading-layer";
import { lookBack, segmentsOf, type Segment } from "./segments";
import { openStreams } from "./stream";

export interface ReadPromptOptions {
  /** Is told how much is read, from 0 to 1. */
  tell?: (share: number) => void;
  /** Positions that are worked on at a time. */
  segmentLength?: number | undefined;
}

/**
 * @param host of the same model, for the newest token's way through the last layer
 * @param prompts `[batch, length]`, at least one token
 * @param caches of each sequence, by layer, empty
 * @returns logits of the next token, `[vocabSize]` per sequence
 */
export async function readPrompt(
  model: Reformer,
  host: HostModel,
  prompts: readonly Int32Array[],
  caches: readonly (readonly LayerCache[])[],
  { tell = () => {}, segmentLength }: ReadPromptOptions = {},
): Promise<Float32Array[]> {
  const { config } = model;
  const { length } = prompts[0]!;
  const segments = segmentsOf(config, prompts, segmentLength);
  const [x1, x2] = await openStreams(segments, (segment) => embed(model, prompts, segment));
  for (const cache of caches.flat()) cache.begin(length);
  const count = config.layers.length;
  const reading = (layer: number): Reading => ({
    model,
    layer,
    segments,
    length,
    x1,
    x2,
    caches: caches.map((ofSequence) => ofSequence[layer]!),
    // Attention is half of a layer.
    tell: (share) => tell((layer + share / 2) / count),
  });
  try {
    for (let layer = 0; layer < count - 1; layer++) {
      await attend(reading(layer));
      await feed(reading(layer));
    }
    const newest = await Promise.all([x1.newest(), x2.newest()]);
    x1.dispose();
    const last = reading(count - 1);
    await readLast(last);
    tell(1);
    return host.finish(...newest, last.caches);
  } finally {
    for (const stream of [x1, x2]) stream.dispose();
  }
}

/** `[batch, length, dModel]` of a segment */
function embed(model: Reformer, prompts: readonly Int32Array[], { start, length }: Segment) {
  const flat = new Int32Array(prompts.length * length);
  for (const [i, prompt] of prompts.entries()) flat.set(prompt.subarray(start, start + length), i * length);
  return tidy(() =>
    model.embedding(readingPass).forward(tensor2d(flat, [prompts.length, length], "int32"), 0, start),
  );
}

function attend(reading: Reading): Promise<void> {
  const before = lookBack(reading.model.config, reading.layer);
  // One segment is all that there is to look at.
  if (before !== null || reading.segments.length === 1) return readNearby(reading, before ?? 0);
  return readByHead(reading);
}

async function feed({ model, layer, segments, x1, x2, tell }: Reading): Promise<void> {
  const { g } = model.blocks(readingPass)[layer]!;
  for (const i of segments.keys()) {
    const x = x1.lend(i);
    const { y } = g.forward(x, 0);
    x.dispose();
    await x2.add(i, y as typeof x);
    tell(1 + (i + 1) / segments.length);
  }
}

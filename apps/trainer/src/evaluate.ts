/** Bits per byte of a text: what a model would need to compress it. */
import { batchesOnce, bitsPerByte, sequentialWindows, sliceOf, type TokenSource } from "@reformer-ts/data";
import { evaluateBatch, type Reformer } from "@reformer-ts/model";
import { nextTurn } from "./stop";

export interface MeasureOptions {
  /** Tokens in a window, and windows at once. */
  length: number;
  batch: number;
  /** Tokens that each window adds to what was measured; null: `length`. */
  stride?: number | null;
  /** Tokens to measure, from the beginning; all by default. */
  limit?: number;
  /** How much text a token is; 1 by default. */
  bytesPerToken?: number;
  /** Asked between batches; true gives up. */
  interrupted?: () => boolean;
}

/**
 * Every token is foretold exactly once, from the tokens before it in its window.
 *
 * @returns bits per byte and the tokens measured; null when interrupted
 */
export async function measure(
  model: Reformer,
  source: TokenSource,
  {
    length,
    batch,
    stride = null,
    limit = Infinity,
    bytesPerToken = 1,
    interrupted = () => false,
  }: MeasureOptions,
): Promise<{ bitsPerByte: number; tokens: number } | null> {
  const part = sliceOf(source, 0, Math.min(limit, source.length));
  const windows = sequentialWindows(part, { length, stride: stride ?? length });
  let total = 0;
  for (const { inputs, targets, shape } of batchesOnce(windows, { batch })) {
    if (interrupted()) return null;
    const { nats } = evaluateBatch(model, { inputs, targets, batch: shape[0], length: shape[1] });
    total += (await nats.data())[0]!;
    nats.dispose();
    await nextTurn();
  }
  return { bitsPerByte: bitsPerByte(total, part.length * bytesPerToken), tokens: part.length };
}

/** Bits per byte of a text: what a model would need to compress it. */
import { batchesOnce, bitsPerByte, sequentialWindows, sliceOf, type TokenSource } from "@reformer-ts/data";
import { evaluateBatch, type Reformer } from "@reformer-ts/model";
import type { AgreedStop } from "./ranks/agreed-stop";
import { alone, type Ranks } from "./ranks/ranks";
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
  /** Heard between batches: gives up. */
  stop?: Pick<AgreedStop, "heard" | "agree">;
  /** The processes that share the work. */
  ranks?: Pick<Ranks, "rank" | "count" | "sum">;
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
    stop = { heard: () => 0, agree: () => {} },
    ranks = alone,
  }: MeasureOptions,
): Promise<{ bitsPerByte: number; tokens: number } | null> {
  const part = sliceOf(source, 0, Math.min(limit, source.length));
  const windows = sequentialWindows(part, { length, stride: stride ?? length });
  let total = 0;
  let turn = 0;
  for (const { inputs, targets, shape } of batchesOnce(windows, { batch })) {
    if (turn++ % ranks.count !== ranks.rank) continue;
    if (stop.heard() > 0) break;
    const { nats: ofBatch } = evaluateBatch(model, { inputs, targets, batch: shape[0], length: shape[1] });
    total += (await ofBatch.data())[0]!;
    ofBatch.dispose();
    await nextTurn();
  }
  const [nats, heard] = ranks.sum([total, stop.heard()]) as [number, number];
  stop.agree(heard);
  if (heard > 0) return null;
  return { bitsPerByte: bitsPerByte(nats, part.length * bytesPerToken), tokens: part.length };
}

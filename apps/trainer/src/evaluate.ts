/** How well a model foretells what it has not seen, in bits: what it would need to compress it. */
import { batchesOnce, bitsPerByte, type Examples } from "@reformer-ts/data";
import type { Learner } from "./architecture/learner";
import type { AgreedStop } from "./ranks/agreed-stop";
import { alone, type Ranks } from "./ranks/ranks";
import { nextTurn } from "./stop";

export interface MeasureOptions {
  /** Examples at once. */
  batch: number;
  /** Bytes, or what else is counted, that a token stands for; 1 by default. */
  unitsPerToken?: number;
  /** Heard between batches: gives up. */
  stop?: Pick<AgreedStop, "heard" | "agree">;
  /** The processes that share the work. */
  ranks?: Pick<Ranks, "rank" | "count" | "sum">;
}

/**
 * Every token that counts is foretold, from the tokens before it in its example.
 *
 * @returns bits per unit and the tokens measured; null when interrupted
 */
export async function measure(
  learner: Pick<Learner, "evaluate">,
  examples: Examples,
  { batch, unitsPerToken = 1, stop = { heard: () => 0, agree: () => {} }, ranks = alone }: MeasureOptions,
): Promise<{ bits: number; tokens: number } | null> {
  let total = 0;
  let tokens = 0;
  let turn = 0;
  for (const window of batchesOnce(examples, { batch })) {
    tokens += window.counted;
    if (turn++ % ranks.count !== ranks.rank) continue;
    if (stop.heard() > 0) break;
    const { nats: ofBatch } = learner.evaluate(window);
    total += (await ofBatch.data())[0]!;
    ofBatch.dispose();
    await nextTurn();
  }
  const [nats, heard] = ranks.sum([total, stop.heard()]) as [number, number];
  stop.agree(heard);
  if (heard > 0) return null;
  return { bits: bitsPerByte(nats, tokens * unitsPerToken), tokens };
}

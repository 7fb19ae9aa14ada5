/** From logits to a token. Plain numbers: a vocabulary is short beside what made its logits. */
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import type { Random } from "@reformer-ts/internal-random";

export interface SamplingOptions {
  /** Divides the logits; 0 takes the likeliest token. */
  temperature?: number;
  /** Only the `topK` likeliest tokens are drawn; 0 means all. */
  topK?: number;
  /** Only the likeliest tokens that together have this probability are drawn; 1 means all. */
  topP?: number;
}

/**
 * Draws a token.
 *
 * @param logits `[vocabSize]`
 * @throws InputError when an option is out of range
 */
export function sample(
  logits: Float32Array,
  random: Random,
  { temperature = 1, topK = 0, topP = 1 }: SamplingOptions = {},
): number {
  checkSampling({ temperature, topK, topP });
  if (temperature === 0) return likeliest(logits);
  const order = Array.from(logits.keys()).toSorted((a, b) => logits[b]! - logits[a]! || a - b);
  const candidates = topK > 0 ? order.slice(0, topK) : order;
  const highest = logits[order[0]!]!;
  const weights = candidates.map((token) => Math.exp((logits[token]! - highest) / temperature));
  const kept = topP < 1 ? nucleus(weights, topP) : weights.length;
  const total = weights.slice(0, kept).reduce((a, b) => a + b, 0);
  let left = random.uniform() * total;
  for (let i = 0; i < kept; i++) {
    left -= weights[i]!;
    if (left < 0) return candidates[i]!;
  }
  return candidates[kept - 1]!;
}

/** @throws InputError when an option is out of range */
function checkSampling({ temperature, topK, topP }: Required<SamplingOptions>): void {
  requireInteger("topK", topK, 0);
  if (!(temperature >= 0))
    throw new InputError({ field: "temperature", given: String(temperature), allowed: "0 or more" });
  if (!(topP >= 0 && topP <= 1))
    throw new InputError({ field: "topP", given: String(topP), allowed: "from 0 to 1" });
}

/** The first of the likeliest. */
function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
}

/** How many of the weights, largest first, are needed to reach the share `topP` of their sum. */
function nucleus(weights: readonly number[], topP: number): number {
  const enough = topP * weights.reduce((a, b) => a + b, 0);
  let reached = 0;
  for (const [i, weight] of weights.entries()) {
    reached += weight;
    if (reached >= enough) return i + 1;
  }
  return weights.length;
}

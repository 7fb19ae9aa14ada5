/** A sequence of positions cut into segments, so that what a layer works with exists for one of them at a time. */
import type { ReformerConfig } from "../config";

export interface Segment {
  start: number;
  length: number;
}

/**
 * Positions, of all prompts together, that are worked on at a time. Fewer are read whole; more wait on the host, and are
 * lent to the backend piece by piece.
 */
export const usualSegment = 32_768;

/** Positions before a segment that a layer's tokens may look at, or null where they may lie anywhere. */
export function lookBack(config: ReformerConfig, layer: number): number | null {
  return config.layers[layer] === "local" ? config.localChunksBefore! * config.localChunkLength! : null;
}

/**
 * Segments that begin where local chunks begin. Each but the last holds a whole window, so it has what the next one looks
 * back at, and no chunk meets itself around a ring that is shorter than the prompt's.
 *
 * @param prompts of one length
 * @param wanted positions of a segment, of each prompt; the last may be shorter
 */
export function segmentsOf(
  config: ReformerConfig,
  prompts: readonly ArrayLike<number>[],
  wanted = Math.ceil(usualSegment / prompts.length),
): Segment[] {
  const { length } = prompts[0]!;
  const chunk = config.localChunkLength!;
  const least = Math.max(wanted, (config.localChunksBefore! + 1) * chunk);
  const size = Math.ceil(least / chunk) * chunk;
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    start: i * size,
    length: Math.min(size, length - i * size),
  }));
}

/** How many of the newest positions of a segment are among the `reach` newest of the whole prompt. */
export function rememberedOf({ start, length }: Segment, ofPrompt: number, reach: number): number {
  return Math.min(length, start + length - (ofPrompt - reach));
}

/** A memory budget turned into choices: layers whose activations fit are kept, the rest recomputed. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "../config";
import { estimateStepBytes, type MemoryChoices, type StepShape } from "./estimate";

/** The least memory: everything is recomputed, a head at a time. */
export const leastMemory: MemoryChoices = { keepLayers: 0, headByHead: true };

/**
 * The fastest way to take a step whose tensors fit.
 *
 * @param budget bytes for tensors, parameters and moments included
 * @throws InputError when not even the least does, with the estimate and what would fit
 */
export function planMemory(config: ReformerConfig, shape: StepShape, budget: number): MemoryChoices {
  const together = config.layers.map((_, i) => ({ keepLayers: config.layers.length - i, headByHead: false }));
  // From the fastest on. Where much is composed of plain ops, recomputing may need more than what it saves.
  const ways = [...together, { keepLayers: 0, headByHead: false }, leastMemory];
  const bytesAt = (length: number, way: MemoryChoices) =>
    estimateStepBytes(config, { ...shape, length }, way);
  const chosen = ways.find((way) => bytesAt(shape.length, way) <= budget);
  if (chosen) return chosen;

  const least = Math.min(...ways.map((way) => bytesAt(shape.length, way)));
  const perToken = least / shape.length;
  const longest = wholeChunks(config, (budget / perToken) * 0.9);
  throw new InputError({
    field: "length",
    given: `${shape.batch} x ${shape.length} tokens, a step of which needs an estimated ${gigabytes(least)} of tensors at the least`,
    allowed: `what fits into the ${gigabytes(Math.max(0, budget))} that there are for them: ${longest > 0 ? `about ${longest} tokens` : "a smaller model"}${shape.batch > 1 ? ", or a smaller batch" : ""}`,
  });
}

function wholeChunks({ chunkLength }: ReformerConfig, length: number): number {
  return Math.max(0, Math.floor(length / chunkLength) * chunkLength);
}

/** Decimal, as `--memory 8GB` is. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
}

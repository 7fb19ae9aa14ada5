/** A memory budget turned into choices: layers whose activations fit are kept, the rest recomputed. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "../config";
import { estimatePassBytes, estimateStepBytes, type MemoryChoices, type StepShape } from "./estimate";

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
  throw doesNotFit(config, shape, "a step of which", {
    budget,
    bytesAt: (length) => Math.min(...ways.map((way) => bytesAt(length, way))),
  });
}

/**
 * Refuses a pass forward that memory does not hold, before it is begun.
 *
 * @throws InputError when a pass forward does not fit into `budget` bytes, with the estimate and what would fit
 */
export function requirePassFits(
  config: ReformerConfig,
  shape: StepShape,
  how: Pick<MemoryChoices, "headByHead">,
  budget: number,
): void {
  const bytesAt = (length: number) => estimatePassBytes(config, { ...shape, length }, how);
  if (bytesAt(shape.length) > budget)
    throw doesNotFit(config, shape, "a pass over which", { budget, bytesAt });
}

function doesNotFit(
  config: ReformerConfig,
  { batch, length }: StepShape,
  what: string,
  { budget, bytesAt }: { budget: number; bytesAt: (length: number) => number },
): InputError {
  const least = bytesAt(length);
  const longest = longestThatFits(config, length, (candidate) => bytesAt(candidate) <= budget);
  return new InputError({
    field: "length",
    given: `${batch} x ${length} tokens, ${what} needs an estimated ${gigabytes(least)} of tensors at the least`,
    allowed: `what fits into the ${gigabytes(Math.max(0, budget))} that there are for them: ${longest > 0 ? `about ${longest} tokens` : "a smaller model"}${batch > 1 ? ", or a smaller batch" : ""}`,
  });
}

/** In whole chunks, below `length`. */
function longestThatFits(
  { chunkLength }: ReformerConfig,
  length: number,
  fits: (length: number) => boolean,
): number {
  let [least, most] = [0, Math.floor(length / chunkLength)];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle * chunkLength)) least = middle;
    else most = middle - 1;
  }
  return least * chunkLength;
}

/** Decimal, as `--memory 8GB` is. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
}

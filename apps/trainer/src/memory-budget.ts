/** From `--memory` to a plan of a step: what of it is kept, what is computed again, and whether it can be taken at all. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  estimateStepBytes,
  gigabytes,
  leastMemory,
  type MemoryChoices,
  planMemory,
  type ReformerConfig,
  runsInPlace,
  type StepShape,
} from "@reformer-ts/model";
import { freemem } from "node:os";

/** `auto`, `min`, or a size. */
export const memoryForm = /^(auto|min|\d+(\.\d+)?\s*[GM]B)$/i;

const units = { GB: 1e9, MB: 1e6 } as const;
/** What a process holds beyond the tensors that it knows of: gaps between them, sums of threads. */
const overhead = 1.04;

/** What there is: free memory, and what the process already has. */
export interface Machine {
  free: number;
  resident: number;
}

const thisMachine = (): Machine => ({ free: freemem(), resident: process.memoryUsage.rss() });

/**
 * @param memory as in the config: `auto`, `min`, or a size for the whole process
 * @throws InputError when the step does not fit, with the estimate and what would
 */
export function planStep(
  config: ReformerConfig,
  { batch, length, memory }: { batch: number; length: number; memory: string },
  { free, resident }: Machine = thisMachine(),
): MemoryChoices {
  const shape = { batch, length, fused: runsInPlace(config) };
  if (length > config.maxLength && (config.positions === "axial" || config.positions === "learned")) {
    throw new InputError({
      field: "length",
      given: `${length} tokens, a step of which needs an estimated ${gigabytes(estimateStepBytes(config, shape, leastMemory))} of tensors`,
      allowed: `at most maxLength = ${config.maxLength}, the size of the position table`,
    });
  }
  if (/^min$/i.test(memory)) {
    planMemory(config, shape, free / overhead);
    return leastMemory;
  }
  return planMemory(config, shape, tensorBudget(memory, { free, resident }));
}

function tensorBudget(memory: string, { free, resident }: Machine): number {
  if (/^auto$/i.test(memory)) return (Math.min(8e9, 0.6 * free) - resident) / overhead;
  const [, size, unit] = /^([\d.]+)\s*([GM]B)$/i.exec(memory)!;
  const asked = Number(size) * units[unit!.toUpperCase() as keyof typeof units];
  return Math.min(asked - resident, free) / overhead;
}

/** The plan in words. */
export function describePlan(
  config: ReformerConfig,
  shape: Omit<StepShape, "fused">,
  plan: MemoryChoices,
): string {
  const { keepLayers, headByHead } = plan;
  const bytes = estimateStepBytes(config, { ...shape, fused: runsInPlace(config) }, plan);
  const layers = config.layers.length;
  return [
    `an estimated ${gigabytes(bytes)} of tensors`,
    keepLayers === layers
      ? "activations of all layers kept"
      : `activations of ${keepLayers} of ${layers} layers kept, the rest recomputed`,
    ...(headByHead ? ["heads one after another"] : []),
  ].join(", ");
}

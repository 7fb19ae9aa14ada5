/** From `--memory` to a plan of a step: what of it is kept, what is computed again, and whether it can be taken at all. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  estimatePairBytes,
  estimateStepBytes,
  gigabytes,
  leastMemory,
  type MemoryChoices,
  planMemory,
  planPairMemory,
  runsInPlace,
} from "@reformer-ts/model";
import { freemem } from "node:os";
import { isEncoderDecoder, type ModelConfig, sizeOf } from "./architecture/model-config";

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

/** What of a run's training decides how much memory a step takes. */
export interface StepDemand {
  batch: number;
  /** 1 by default. */
  accumulate?: number;
  length: number;
}

/**
 * @param memory as in the config: `auto`, `min`, or a size for the whole process
 * @throws InputError when the step does not fit, with the estimate and what would
 */
export function planStep(
  config: ModelConfig,
  { memory, ...demand }: StepDemand & { memory: string },
  { free, resident }: Machine = thisMachine(),
): MemoryChoices {
  requirePositions(config, demand);
  const least = /^min$/i.test(memory);
  const budget = least ? free / overhead : tensorBudget(memory, { free, resident });
  const planned = plan(config, demand, budget - summedGradients(config, demand));
  return least ? leastMemory : planned;
}

function plan(config: ModelConfig, { batch, length }: StepDemand, budget: number): MemoryChoices {
  return isEncoderDecoder(config)
    ? planPairMemory(config, { batch, length }, budget)
    : planMemory(config, { batch, length, fused: runsInPlace(config) }, budget);
}

/** What a step of these choices needs. */
function bytesOf(config: ModelConfig, demand: StepDemand, choices: MemoryChoices): number {
  const { batch, length } = demand;
  const ofPart = isEncoderDecoder(config)
    ? estimatePairBytes(config, { batch, length }, choices.keepLayers)
    : estimateStepBytes(config, { batch, length, fused: runsInPlace(config) }, choices);
  return ofPart + summedGradients(config, demand);
}

/** Gradients of the batches before the last one, of every parameter one. */
function summedGradients(config: ModelConfig, { accumulate = 1 }: StepDemand): number {
  return accumulate > 1 ? 4 * sizeOf(config) : 0;
}

function requirePositions(config: ModelConfig, demand: StepDemand): void {
  const { length } = demand;
  if (length <= config.maxLength || !(config.positions === "axial" || config.positions === "learned")) return;
  throw new InputError({
    field: "length",
    given: `${length} tokens, a step of which needs an estimated ${gigabytes(bytesOf(config, demand, leastMemory))} of tensors`,
    allowed: `at most maxLength = ${config.maxLength}, the size of the position table`,
  });
}

function tensorBudget(memory: string, { free, resident }: Machine): number {
  if (/^auto$/i.test(memory)) return (Math.min(8e9, 0.6 * free) - resident) / overhead;
  const [, size, unit] = /^([\d.]+)\s*([GM]B)$/i.exec(memory)!;
  const asked = Number(size) * units[unit!.toUpperCase() as keyof typeof units];
  return Math.min(asked - resident, free) / overhead;
}

/** The plan in words. */
export function describePlan(config: ModelConfig, demand: StepDemand, choices: MemoryChoices): string {
  const { keepLayers, headByHead } = choices;
  const layers = depthOf(config);
  return [
    `an estimated ${gigabytes(bytesOf(config, demand, choices))} of tensors`,
    keepLayers >= layers
      ? "activations of all layers kept"
      : `activations of ${keepLayers} of ${layers} layers kept, the rest recomputed`,
    ...(headByHead && !isEncoderDecoder(config) ? ["heads one after another"] : []),
  ].join(", ");
}

/** Layers of the deeper side. */
function depthOf(config: ModelConfig): number {
  return isEncoderDecoder(config)
    ? Math.max(config.encoderLayers.length, config.decoderLayers.length)
    : config.layers.length;
}

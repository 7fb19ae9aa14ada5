/** From `--memory` to a plan of a step: what of it is kept, what is computed again, and whether it can be taken at all. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  estimatePairBytes,
  estimatePassBytes,
  estimateStepBytes,
  gigabytes,
  leastMemory,
  type MemoryChoices,
  mostPositions,
  planMemory,
  planPairMemory,
  type ReformerConfig,
  requirePassFits,
  stepShape,
} from "@reformer-ts/model";
import { freemem } from "node:os";
import { isEncoderDecoder, type ModelConfig, sizeOf } from "./architecture/model-config";

/** `auto`, `min`, or a size. */
export const memoryForm = /^(auto|min|\d+(\.\d+)?\s*[GM]B)$/i;

/** Beyond so many tokens memory is dearer than the time that heads cost one after another. */
export const longWindow = 131_072;

const units = { GB: 1e9, MB: 1e6 } as const;
/** What a process holds beyond the tensors that it knows of: gaps between them, sums of threads. */
const overhead = 1.04;

/** What there is: free memory, what the process already has, and how many processes of the job share the machine. */
export interface Machine {
  free: number;
  resident: number;
  processes: number;
}

export const thisMachine = (processes = 1): Machine => ({
  free: freemem(),
  resident: process.memoryUsage.rss(),
  processes,
});

/** What of a run's training decides how much memory a step takes. */
export interface StepDemand {
  batch: number;
  /** 1 by default. */
  accumulate?: number;
  length: number;
}

/**
 * @param memory as in the config: `auto`, `min`, or a size for the machine
 * @throws InputError when the step does not fit, with the estimate and what would
 */
export function planStep(
  config: ModelConfig,
  { memory, ...demand }: StepDemand & { memory: string },
  machine: Machine = thisMachine(),
): MemoryChoices {
  requirePositions(config, demand.length, "a step of which", () => bytesOf(config, demand, leastMemory));
  const least = /^min$/i.test(memory);
  const budget = least ? machine.free / machine.processes / overhead : tensorBudget(memory, machine);
  const planned = plan(config, demand, budget - summedGradients(config, demand));
  return least ? leastMemory : planned;
}

function plan(config: ModelConfig, { batch, length }: StepDemand, budget: number): MemoryChoices {
  return isEncoderDecoder(config)
    ? planPairMemory(config, { batch, length }, budget)
    : planMemory(config, stepShape(config, { batch, length }), budget);
}

/** What a step of these choices needs. */
function bytesOf(config: ModelConfig, demand: StepDemand, choices: MemoryChoices): number {
  const { batch, length } = demand;
  const ofPart = isEncoderDecoder(config)
    ? estimatePairBytes(config, { batch, length }, choices.keepLayers)
    : estimateStepBytes(config, stepShape(config, { batch, length }), choices);
  return ofPart + summedGradients(config, demand);
}

/** Gradients of the batches before the last one, of every parameter one. */
function summedGradients(config: ModelConfig, { accumulate = 1 }: StepDemand): number {
  return accumulate > 1 ? 4 * sizeOf(config) : 0;
}

/**
 * What a pass forward over windows of this length needs, before anything of it is computed.
 *
 * @throws InputError when it does not fit, with the estimate and what would
 */
export function requireWindowFits(
  config: ReformerConfig,
  length: number,
  { free }: Pick<Machine, "free"> = thisMachine(),
): void {
  const shape = stepShape(config, { batch: 1, length });
  const how = { headByHead: length > longWindow };
  requirePositions(config, length, "a pass over which", () => estimatePassBytes(config, shape, how));
  requirePassFits(config, shape, how, free / overhead);
}

/** @throws InputError when positions come from a table that `length` outgrows */
function requirePositions(config: ModelConfig, length: number, what: string, bytes: () => number): void {
  if (length <= mostPositions(config)) return;
  throw new InputError({
    field: "length",
    given: `${length} tokens, ${what} needs an estimated ${gigabytes(bytes())} of tensors`,
    allowed: `at most maxLength = ${config.maxLength}, the size of the position table`,
  });
}

function tensorBudget(memory: string, { free, resident, processes }: Machine): number {
  if (/^auto$/i.test(memory)) return (Math.min(8e9, 0.6 * free) / processes - resident) / overhead;
  const [, size, unit] = /^([\d.]+)\s*([GM]B)$/i.exec(memory)!;
  const asked = Number(size) * units[unit!.toUpperCase() as keyof typeof units];
  return Math.min(asked / processes - resident, free / processes) / overhead;
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

/**
 * Parameters are a flat list of named tensors. The names spell the path through the model, and the shapes follow from
 * the configuration alone, so that a checkpoint can be judged before a single weight is read.
 */
import { keep, tensor, type Tensor } from "@tensorflow/tfjs-core";
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import type { AttentionKind, ReformerConfig } from "./config";
import { expandedWidth } from "./nonlinearity";
import { sharedName } from "./shared-names";

/** Named tensors. The container owns them. */
export interface Parameters {
  names(): string[];
  /** @throws Error when there is no such parameter: names come from {@link parameterShapes} */
  get(name: string): Tensor;
  /** Takes `value` and disposes what stood there before. */
  set(name: string, value: Tensor): void;
  dispose(): void;
}

/** Parameters from tensors, which it takes. */
export function createParameters(initial: Record<string, Tensor>): Parameters {
  const values = new Map(Object.entries(initial).map(([name, value]) => [name, keep(value)]));
  return {
    names: () => [...values.keys()],
    get(name) {
      const value = values.get(name);
      if (value === undefined) throw new Error(`there is no parameter ${name}`);
      return value;
    },
    set(name, value) {
      const before = values.get(name);
      if (before !== value) before?.dispose();
      values.set(name, keep(value));
    },
    dispose() {
      for (const value of values.values()) value.dispose();
      values.clear();
    },
  };
}

/** Every parameter's shape, in the order of the forward pass. Dense weights are `[in, out]`. */
export function parameterShapes(config: ReformerConfig): Record<string, number[]> {
  const { vocabSize, dModel, dFF, numHeads, dHead, numMemoryKeys, embeddingDims } = config;
  const inner = numHeads * dHead;
  const shapes: Record<string, number[]> = { "embedding.tokens": [vocabSize, embeddingDims ?? dModel] };
  if (embeddingDims !== null) shapes["embedding.projection"] = [embeddingDims, dModel];
  if (config.positions === "axial") {
    config.axialShape!.forEach((size, axis, sizes) => {
      const grid = sizes.map((_, other) => (other === axis ? size : 1));
      shapes[`embedding.positions.${axis}`] = [...grid, config.axialDims![axis]!];
    });
  } else if (config.positions === "learned") {
    shapes["embedding.positions"] = [config.maxLength, dModel];
  } else if (config.positions === "fixedBase") {
    const digits = config.fixedBaseDigits;
    config.fixedBases.forEach(
      (_, i) => (shapes[`embedding.positions.bases.${i}`] = [digits, dModel / digits]),
    );
    shapes["embedding.positions.start"] = [dModel];
  }
  config.layers.forEach((kind, i) => {
    const attention = `layers.${i}.attention`;
    const feedForward = `layers.${i}.feedForward`;
    Object.assign(shapes, norm(attention, dModel));
    for (const name of projectionNames(config, kind)) shapes[`${attention}.${name}`] = [dModel, inner];
    for (const name of biasNames(config, kind)) shapes[`${attention}.${name}`] = [inner];
    if (numMemoryKeys > 0) {
      shapes[`${attention}.memoryKeys`] = [numHeads, numMemoryKeys, dHead];
      shapes[`${attention}.memoryValues`] = [numHeads, numMemoryKeys, dHead];
    }
    shapes[`${attention}.output`] = [inner, dModel];
    Object.assign(shapes, norm(feedForward, dModel), {
      [`${feedForward}.expand.weight`]: [dModel, expandedWidth(config)],
      [`${feedForward}.expand.bias`]: [expandedWidth(config)],
      [`${feedForward}.contract.weight`]: [dFF, dModel],
      [`${feedForward}.contract.bias`]: [dModel],
    });
  });
  const kept = Object.entries(shapes).filter(([name]) => sharedName(config, name) === name);
  // The two streams are concatenated before the last norm, hence twice the width.
  return {
    ...Object.fromEntries(kept),
    "norm.scale": [2 * dModel],
    "norm.bias": [2 * dModel],
    ...headShapes(config),
  };
}

function headShapes({
  head,
  headBias,
  tieEmbeddings,
  numClasses,
  vocabSize,
  dModel,
}: ReformerConfig): Record<string, number[]> {
  const width = 2 * dModel;
  switch (head) {
    case "tokens":
      return {
        ...(tieEmbeddings ? {} : { "head.weight": [width, vocabSize] }),
        ...(headBias ? { "head.bias": [vocabSize] } : {}),
      };
    case "class":
      return {
        "head.hidden.weight": [width, dModel],
        "head.hidden.bias": [dModel],
        "head.classes.weight": [dModel, numClasses],
        "head.classes.bias": [numClasses],
      };
    case "span":
      return { "head.weight": [width, 2], "head.bias": [2] };
  }
}

/** The projections that a layer of a kind makes of its input. */
export function projectionNames(
  { localSharedQueryKey }: ReformerConfig,
  kind: AttentionKind,
): readonly string[] {
  const shared = kind === "lsh" || (kind === "local" && localSharedQueryKey);
  return shared ? ["queryKey", "value"] : ["query", "key", "value"];
}

/** The biases of these projections, in their order; none where projections have no bias. */
export function biasNames(config: ReformerConfig, kind: AttentionKind): readonly string[] {
  return kind === "local" && config.localBias
    ? projectionNames(config, kind).map((name) => `${name}Bias`)
    : [];
}

const norm = (prefix: string, width: number) => ({
  [`${prefix}.norm.scale`]: [width],
  [`${prefix}.norm.bias`]: [width],
});

/** How many numbers a model of this configuration learns. */
export function countParameters(config: ReformerConfig): number {
  return Object.values(parameterShapes(config)).reduce((total, shape) => total + size(shape), 0);
}

/**
 * Fresh parameters, a function of the seed alone: each tensor has a stream of its own, so that changing one layer
 * leaves the others as they were.
 */
export function initializeParameters(config: ReformerConfig, seed: number): Parameters {
  return drawParameters(parameterShapes(config), config, seed);
}

export type InitialRanges = Pick<ReformerConfig, "initializerRange" | "embeddingRange">;

/** Fresh parameters of any shapes: scales are 1, biases 0, everything else normal. */
export function drawParameters(
  shapes: Record<string, number[]>,
  ranges: InitialRanges,
  seed: number,
): Parameters {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const values = initialValues(name, shape, ranges, seed);
    return [name, tensor(values, shape, "float32")] as const;
  });
  return createParameters(Object.fromEntries(entries));
}

/**
 * As Trax begins: tables at unit deviation, so that a token and its place outweigh what fresh layers add to them, and
 * weights by Glorot's rule.
 */
function initialValues(
  name: string,
  shape: readonly number[],
  { initializerRange, embeddingRange }: InitialRanges,
  seed: number,
): Float32Array {
  const count = size(shape);
  if (name.endsWith("bias") || name.endsWith("Bias")) return new Float32Array(count);
  if (name.endsWith("scale")) return new Float32Array(count).fill(1);
  const glorot = Math.sqrt(2 / (shape[0]! + shape.at(-1)!));
  const isTable = /(^|\.)embedding\.(tokens|positions)/.test(name);
  // A fresh head is all but silent, so training begins at the loss of a blind guess.
  const weight = name.endsWith("head.weight") ? 0.02 : glorot;
  const deviation = isTable ? embeddingRange : (initializerRange ?? weight);
  return Random.fromSeed(deriveSeed(seed, "parameter", name))
    .normals(count)
    .map((value) => value * deviation);
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

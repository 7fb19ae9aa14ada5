/** From what a user writes to a complete configuration: defaults that follow from others, and what cannot be refused. */
import { InputError } from "@reformer-ts/internal-checks";
import { resolveNumBuckets } from "@reformer-ts/lsh";
import { checkCombinations } from "./config-checks";
import { type ReformerConfig, reformerSchema } from "./config-schema";
import { parse } from "./parse";

export * from "./config-schema";

/**
 * Fills in defaults and refuses what cannot be.
 *
 * @throws InputError naming the key, what was given and what is allowed
 */
export function resolveConfig(options: unknown, where = "config"): ReformerConfig {
  const config = parse(reformerSchema, options, where);
  checkCombinations(config, where);
  // Automatic bucket counts follow the longest sequence, so that a shorter one hashes as it would inside a long one.
  const factors = resolveNumBuckets(config.numBuckets, { ...config, length: config.maxLength });
  const resolved = {
    ...config,
    numBuckets: factors.length === 1 ? factors[0]! : factors,
    localChunkLength: config.localChunkLength ?? config.chunkLength,
    localChunksBefore: config.localChunksBefore ?? config.chunksBefore,
    localChunksAfter: config.localChunksAfter ?? config.chunksAfter,
  };
  return config.positions === "axial" ? { ...resolved, ...resolveAxial(config, where) } : resolved;
}

/** The grid and its widths: given and consistent, or chosen. */
function resolveAxial(
  { axialShape, axialDims, axialCombine, maxLength, dModel }: ReformerConfig,
  where: string,
): { axialShape: number[]; axialDims: number[] } {
  const shape = axialShape ?? squarest(maxLength);
  const summed = axialCombine === "sum";
  const dims = axialDims ?? (summed ? shape.map(() => dModel) : unevenly(dModel, shape.length));
  if (product(shape) !== maxLength) {
    throw new InputError({
      field: `${where}.axialShape`,
      given: `[${shape.join(", ")}], ${product(shape)} positions`,
      allowed: `sizes whose product is maxLength = ${maxLength}`,
    });
  }
  const fits = summed ? dims.every((dim) => dim === dModel) : sum(dims) === dModel;
  if (dims.length !== shape.length || dims.some((dim) => dim < 1) || !fits) {
    throw new InputError({
      field: `${where}.axialDims`,
      given: `[${dims.join(", ")}]`,
      allowed: summed
        ? `${shape.length} times dModel = ${dModel}, because axialCombine is sum`
        : `${shape.length} widths whose sum is dModel = ${dModel}`,
    });
  }
  return { axialShape: shape, axialDims: dims };
}

/** A quarter of the width for every axis but the last, which gets the rest. */
function unevenly(dModel: number, axes: number): number[] {
  const quarter = Math.max(1, Math.floor(dModel / 4));
  return Array.from({ length: axes }, (_, i) => (i < axes - 1 ? quarter : dModel - quarter * (axes - 1)));
}

/** Two factors of `length` as near to each other as they come, the smaller first. */
function squarest(length: number): number[] {
  let rows = Math.floor(Math.sqrt(length));
  while (length % rows !== 0) rows--;
  return [rows, length / rows];
}

const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** How many positions a model tells apart: the rows of its table, or without end where they are computed or there are none. */
export function mostPositions({
  positions,
  maxLength,
}: Pick<ReformerConfig, "positions" | "maxLength">): number {
  return positions === "axial" || positions === "learned" ? maxLength : Infinity;
}

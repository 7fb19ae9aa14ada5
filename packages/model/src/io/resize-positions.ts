/**
 * Position tables for another longest sequence or another grid, from those that a model was trained with.
 *
 * A table of a grid is one coordinate's share of every position's vector, so tables of different grids can hold the same
 * vectors only by chance. The new ones are those that come nearest, in squares, over the positions that both grids have:
 * of each new row, the mean of the old vectors at the positions that it serves. Where only the first axis changes, nothing
 * is lost: earlier positions keep their vectors exactly. Rows for positions that the old tables did not reach repeat the
 * others in turn, so that they begin as something learned.
 */
import { InputError } from "@reformer-ts/internal-checks";
import { type ReformerConfig, resolveConfig } from "../config";
import { parameterShapes } from "../parameters";
import type { StoredTensor } from "./safetensors";
import type { StoredModel } from "./stored-model";

/** What is to be other than it was; what is not named follows from it. */
export interface PositionChange {
  maxLength?: number;
  positions?: "axial" | "learned";
  axialShape?: number[];
  axialDims?: number[];
}

/**
 * The model with other position tables; everything else is shared with the one given.
 *
 * @throws InputError when its positions are no tables, or the new grid is none
 */
export function withPositions({ config, state }: StoredModel, change: PositionChange): StoredModel {
  if (config.positions !== "axial" && config.positions !== "learned") {
    throw new InputError({
      field: "positions",
      given: `${config.positions}, which have no table`,
      allowed: "axial or learned to be resized",
    });
  }
  const resized = resolveConfig({ ...config, ...changed(config, change) }, "positions");
  const rest = Object.entries(state).filter(([name]) => !isTable(name));
  return { config: resized, state: { ...Object.fromEntries(rest), ...tablesFor(resized, config, state) } };
}

const isTable = (name: string) => /^embedding\.positions(\.\d+)?$/.test(name);

/** A longer or shorter grid keeps all axes but the first where it can, because then nothing is lost. */
function changed(config: ReformerConfig, change: PositionChange): Partial<ReformerConfig> {
  const positions = change.positions ?? config.positions;
  const maxLength = change.maxLength ?? (change.axialShape ? product(change.axialShape) : config.maxLength);
  if (positions !== "axial") return { positions, maxLength, axialShape: null, axialDims: null };
  const trailing = product(config.axialShape?.slice(1) ?? []);
  const fits = config.axialShape !== null && maxLength % trailing === 0;
  const axialShape =
    change.axialShape ?? (fits ? [maxLength / trailing, ...config.axialShape!.slice(1)] : null);
  const sameAxes = axialShape === null || axialShape.length === config.axialDims?.length;
  const axialDims = change.axialDims ?? (sameAxes ? config.axialDims : null);
  return { positions, maxLength, axialShape, axialDims };
}

/** A table's part of the vectors: coordinate `axis` of the grid, `dim` columns from `from` on. */
interface Part {
  name: string;
  from: number;
  dim: number;
  rows: number;
  coordinate(position: number): number;
}

/** Learned positions are a grid of one axis. */
function partsOf(config: ReformerConfig): Part[] {
  const axial = config.positions === "axial";
  const shape = axial ? config.axialShape! : [config.maxLength];
  const dims = axial ? config.axialDims! : [config.dModel];
  const summed = axial && config.axialCombine === "sum";
  return shape.map((rows, axis) => {
    const below = product(shape.slice(axis + 1));
    return {
      name: axial ? `embedding.positions.${axis}` : "embedding.positions",
      from: summed ? 0 : dims.slice(0, axis).reduce((a, b) => a + b, 0),
      dim: dims[axis]!,
      rows,
      coordinate: (position) => Math.floor(position / below) % rows,
    };
  });
}

function tablesFor(
  resized: ReformerConfig,
  config: ReformerConfig,
  state: Record<string, StoredTensor>,
): Record<string, StoredTensor> {
  const shapes = parameterShapes(resized);
  const parts = partsOf(resized);
  const sums = parts.map(({ rows, dim }) => new Float64Array(rows * dim));
  const counts = parts.map(({ rows }) => new Float64Array(rows));
  const vectorAt = vectorsOf(config, state);
  const count = Math.min(config.maxLength, resized.maxLength);
  for (let position = 0; position < count; position++) {
    const vector = vectorAt(position);
    parts.forEach(({ from, dim, coordinate }, i) => {
      const row = coordinate(position);
      counts[i]![row]!++;
      for (let column = 0; column < dim; column++) sums[i]![row * dim + column]! += vector[from + column]!;
    });
  }
  const shared = resized.axialCombine === "sum" ? parts.length : 1;
  return Object.fromEntries(
    parts.map((part, i) => {
      const data = meansOf(part, sums[i]!, counts[i]!, shared, count);
      return [part.name, { dtype: "F32", shape: shapes[part.name]!, data } satisfies StoredTensor];
    }),
  );
}

/** @param shared among how many tables a column is added up: what all rows have in common is then divided by them */
function meansOf(
  { rows, dim }: Part,
  sums: Float64Array,
  counts: Float64Array,
  shared: number,
  positions: number,
): Float32Array<ArrayBuffer> {
  const reached = counts.findLastIndex((count) => count > 0) + 1;
  const common = new Float64Array(dim);
  for (let i = 0; i < sums.length; i++) common[i % dim]! += sums[i]! / positions;
  const means = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++) {
    const source = row % reached;
    for (let column = 0; column < dim; column++) {
      const mean = sums[source * dim + column]! / counts[source]!;
      means[row * dim + column] = mean - common[column]! * (1 - 1 / shared);
    }
  }
  return means;
}

/** Reads the vector of a position; the array is used again for the next. */
function vectorsOf(
  config: ReformerConfig,
  state: Record<string, StoredTensor>,
): (position: number) => Float64Array {
  const vector = new Float64Array(config.dModel);
  const tables = partsOf(config).map((part) => ({ ...part, data: tableOf(part, state) }));
  return (position) => {
    vector.fill(0);
    for (const { data, from, dim, coordinate } of tables) {
      const row = coordinate(position);
      for (let column = 0; column < dim; column++) vector[from + column]! += data[row * dim + column]!;
    }
    return vector;
  };
}

function tableOf({ name, rows, dim }: Part, state: Record<string, StoredTensor>): Float32Array {
  const stored = state[name];
  if (stored?.dtype === "F32" && stored.data.length === rows * dim) return stored.data as Float32Array;
  throw new InputError({
    field: name,
    given: stored === undefined ? "missing" : `of shape [${stored.shape.join(", ")}]`,
    allowed: `F32 with ${rows} rows of ${dim}, as its config asks`,
  });
}

const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

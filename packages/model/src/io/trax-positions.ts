/** Which positions a ReformerLM of Trax has, told by the shapes between its embedding and its first layer. */
import type { ReformerOptions } from "../config";
import type { StoredTensor } from "./safetensors";
import type { TraxWeights } from "./trax-weights";

/** The part of the configuration that follows; the tables go into `state`, without Trax' leading axis of 1. */
export function traxPositions(
  weights: TraxWeights,
  dModel: number,
  state: Record<string, StoredTensor>,
): ReformerOptions {
  const shape = weights.peek();
  if (shape.length >= 4) return axial(weights, dModel, state);
  if (shape.length === 2 && shape[0] === 1 && shape[1]! < dModel) return fixedBase(weights, dModel, state);
  if (shape.length === 2 || shape.length === 3) {
    const table = weights.take("the position table", shape);
    const maxLength = shape.at(-2)!;
    state["embedding.positions"] = { ...table, shape: [maxLength, dModel] };
    return { positions: "learned", maxLength };
  }
  // Sines leave no trace, and neither do no positions at all; these are told apart by whoever knows.
  return { positions: "sinusoidal" };
}

/** `(1, n1, 1, d1)`, `(1, 1, n2, d2)`: an axis each, side by side. */
function axial(weights: TraxWeights, dModel: number, state: Record<string, StoredTensor>): ReformerOptions {
  const axes = weights.peek().length - 2;
  const tables = Array.from({ length: axes }, () => weights.take("a position table", weights.peek()));
  const axialShape = tables.map(({ shape }, axis) => shape[axis + 1]!);
  const axialDims = tables.map(({ shape }) => shape.at(-1)!);
  tables.forEach((table, axis) => {
    state[`embedding.positions.${axis}`] = { ...table, shape: table.shape.slice(1) };
  });
  return {
    positions: "axial",
    axialShape,
    axialDims,
    axialCombine: axialDims[0] === dModel ? "sum" : "concat",
    maxLength: axialShape.reduce((a, b) => a * b, 1),
  };
}

/** A vector `(1, width / digits)` for every digit of every base, and one `(1, 1, width)` for the first position. */
function fixedBase(
  weights: TraxWeights,
  dModel: number,
  state: Record<string, StoredTensor>,
): ReformerOptions {
  const width = weights.peek()[1]!;
  const digits = dModel / width;
  const count = weights.countOfRank(2);
  if (!Number.isInteger(digits) || count % digits !== 0)
    return weights.refuse(`a list with ${count} digit vectors of width ${width} for positions of ${dModel}`);
  for (let base = 0; base < count / digits; base++) {
    const data = new Float32Array(dModel);
    for (let digit = 0; digit < digits; digit++) {
      data.set(weights.take("a digit's vector", [1, width]).data as Float32Array, digit * width);
    }
    state[`embedding.positions.bases.${base}`] = { dtype: "F32", shape: [digits, width], data };
  }
  const start = weights.take("the first position's vector", [1, 1, dModel]);
  state["embedding.positions.start"] = { ...start, shape: [dModel] };
  return { positions: "fixedBase", fixedBaseDigits: digits };
}

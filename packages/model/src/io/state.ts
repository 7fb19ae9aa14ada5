/** Between tensors on a backend and stored tensors, with every name and shape held against what is expected. */
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { InputError, nearest } from "@reformer-ts/internal-checks";
import { parameterShapes, createParameters, type Parameters } from "../parameters";
import type { ReformerConfig } from "../config";
import type { StoredTensor } from "./safetensors";

/** Reads every tensor back from the backend. */
export async function readParameters(parameters: Parameters): Promise<Record<string, StoredTensor>> {
  const entries = parameters.names().map(async (name) => {
    const value = parameters.get(name);
    const stored: StoredTensor = {
      dtype: "F32",
      shape: value.shape,
      data: Float32Array.from(await value.data()),
    };
    return [name, stored] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * The parameters of a model from what a file holds.
 *
 * @param where the file's name, for messages
 * @throws InputError when a tensor is missing, unknown, of another shape or not of type F32
 */
export function parametersFromState(
  config: ReformerConfig,
  stored: Record<string, StoredTensor>,
  where: string,
): Parameters {
  return createParameters(tensorsFromState(parameterShapes(config), stored, where));
}

/**
 * Tensors of the expected shapes from what a file holds; the caller owns them.
 *
 * @throws InputError when a tensor is missing, unknown, of another shape or not of type F32
 */
export function tensorsFromState(
  shapes: Record<string, readonly number[]>,
  stored: Record<string, StoredTensor>,
  where: string,
): Record<string, Tensor> {
  requireState(shapes, stored, where);
  return Object.fromEntries(
    Object.keys(shapes).map((name) => {
      const { data, shape } = stored[name]!;
      return [name, tensor(data as Float32Array, shape, "float32")];
    }),
  );
}

/**
 * Holds stored tensors against those that a model of this configuration has.
 *
 * @param where the file's name, for messages
 * @throws InputError unless there are exactly these tensors, of these shapes and of type F32
 */
export function requireState(
  shapes: Record<string, readonly number[]>,
  stored: Record<string, StoredTensor>,
  where: string,
): void {
  for (const name of Object.keys(stored)) {
    if (!Object.hasOwn(shapes, name)) {
      const meant = nearest(name, Object.keys(shapes));
      throw new InputError({
        field: `${where}: ${name}`,
        given: "not a tensor of this model",
        allowed: meant
          ? `${meant}, or another that its config.json asks for`
          : "one that its config.json asks for",
      });
    }
  }
  for (const [name, shape] of Object.entries(shapes)) checkStored(name, shape, stored[name], where);
}

function checkStored(
  name: string,
  shape: readonly number[],
  entry: StoredTensor | undefined,
  where: string,
): void {
  const fits =
    entry !== undefined &&
    entry.dtype === "F32" &&
    entry.shape.length === shape.length &&
    entry.shape.every((size, axis) => size === shape[axis]);
  if (fits) return;
  throw new InputError({
    field: `${where}: ${name}`,
    given: entry === undefined ? "missing" : `${entry.dtype} of shape [${entry.shape.join(", ")}]`,
    allowed: `F32 of shape [${shape.join(", ")}], as its config.json asks`,
  });
}

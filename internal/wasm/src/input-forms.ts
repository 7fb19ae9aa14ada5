/**
 * What a kernel's inputs look like, and their check before anything reads memory: an address carries no size, so a
 * wrong shape would be read far beyond the tensor.
 */
import { assertShape, type Dimensions, InputError } from "@reformer-ts/internal-checks";
import type { TensorInfo } from "@tensorflow/tfjs-core";

export interface InputForm {
  /** Such as `[groups, length, depth]`; absent: any. */
  shape?: string;
  /** Absent: any of numbers. */
  dtype?: "float32" | "int32";
  isOptional?: boolean;
}

export const floats = (shape?: string, isOptional = false): InputForm => ({
  shape,
  dtype: "float32",
  isOptional,
});
export const integers = (shape?: string, isOptional = false): InputForm => ({
  shape,
  dtype: "int32",
  isOptional,
});

/**
 * @returns the sizes that the forms name
 * @throws InputError when an input is missing, of another type or empty, or when shapes disagree
 */
export function checkInputs(
  forms: Record<string, InputForm>,
  given: Record<string, TensorInfo | undefined>,
): Dimensions {
  const dimensions: Dimensions = {};
  for (const [name, { shape, dtype, isOptional }] of Object.entries(forms)) {
    const tensor = given[name];
    if (tensor === undefined) {
      if (isOptional) continue;
      throw new InputError({ field: name, given: "missing", allowed: "a tensor" });
    }
    if (shape !== undefined) assertShape(name, tensor.shape, shape, dimensions);
    const isNumeric = tensor.dtype === "float32" || tensor.dtype === "int32";
    if (dtype === undefined ? !isNumeric : tensor.dtype !== dtype) {
      throw new InputError({
        field: name,
        given: `of type ${tensor.dtype}`,
        allowed: dtype ?? "float32 or int32",
      });
    }
  }
  return dimensions;
}

/** @throws InputError unless the condition holds */
export function required(condition: boolean, field: string, given: unknown, allowed: string): void {
  if (!condition) throw new InputError({ field, given: String(given), allowed });
}

import { InputError } from "./input-error";

/** Sizes by name, shared between the checks of one call: the first use of a name binds it. */
export type Dimensions = Record<string, number>;

/**
 * Checks a shape against the very text that its docstring shows, such as `[batch, heads, length, depth]`.
 *
 * A word binds a size in `dimensions`, or must equal the one bound before; a number stands for itself.
 *
 * @throws InputError naming the tensor, its shape and the shape that was expected
 */
export function assertShape(
  name: string,
  shape: readonly number[],
  pattern: string,
  dimensions: Dimensions = {},
): void {
  const axes = pattern
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((axis) => axis.trim())
    .filter((axis) => axis !== "");
  const fits =
    axes.length === shape.length &&
    axes.every((axis, i) => {
      const expected = /^\d+$/.test(axis) ? Number(axis) : dimensions[axis];
      return expected === undefined || expected === shape[i];
    });
  if (!fits) {
    const bound = axes
      .filter((axis) => dimensions[axis] !== undefined)
      .map((axis) => `${axis} = ${dimensions[axis]}`);
    throw new InputError({
      field: name,
      given: `of shape [${shape.join(", ")}]`,
      allowed: pattern + (bound.length > 0 ? ` with ${bound.join(", ")}` : ""),
    });
  }
  axes.forEach((axis, i) => {
    if (!/^\d+$/.test(axis)) dimensions[axis] = shape[i]!;
  });
}

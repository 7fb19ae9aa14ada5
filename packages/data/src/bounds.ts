/**
 * How much a file may claim. A header is believed only after its product of sizes was compared with these: a few bytes must
 * not make the program ask for gigabytes.
 */

import { InputError } from "@reformer-ts/internal-checks";

/** The most values that one array or image may hold in memory. */
const mostValues = 2 ** 30;

/**
 * The number of values of a shape.
 * @throws InputError when an axis is no size, or all together are more than {@link mostValues}
 */
export function sizeOf(shape: readonly number[], name: string, most = mostValues): number {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const isShape = shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0);
  if (!isShape || size > most) {
    throw new InputError({
      field: name,
      given: `an array of shape [${shape.join(", ")}]`,
      allowed: `an array of at most ${most} values`,
    });
  }
  return size;
}

/** What a kernel is given is checked before anything is dispatched: by shape, type and attribute. Contents stay unread. */
import { assertShape, type Dimensions, InputError } from "@reformer-ts/internal-checks";
import type { TensorInfo } from "@tensorflow/tfjs-core";

export type GivenInputs = Record<string, TensorInfo | undefined>;

/**
 * Holds a kernel's inputs against the shapes and types that its contract says.
 *
 * @param expected shapes such as `[groups, length, depth]` by input, those of integers ending in ` int32`; `?` before a
 *                 shape: the input may be absent
 * @returns        the sizes of the axes by their names
 * @throws InputError when an input is missing, or of another shape or type
 */
export function checkInputs(
  given: GivenInputs,
  expected: Record<string, string>,
  known: Dimensions = {},
): Record<string, number> {
  const dimensions = { ...known };
  for (const [name, form] of Object.entries(expected)) {
    const tensor = given[name];
    if (tensor === undefined) {
      if (form.startsWith("?")) continue;
      throw new InputError({ field: name, given: "absent", allowed: "a tensor" });
    }
    assertShape(name, tensor.shape, form.replace(/^\?/, "").replace(/ int32$/, ""), dimensions);
    checkType(name, tensor, form.endsWith(" int32") ? "int32" : "float32");
  }
  return dimensions as Record<string, number>;
}

/**
 * Holds inputs against each other: float32, of one shape.
 *
 * @throws InputError when tensors of any shape have not all the same, or are not float32
 */
export function checkSameShape(given: GivenInputs, names: readonly string[]): void {
  const first = given[names[0]!]!;
  for (const name of names) {
    const tensor = given[name];
    if (tensor === undefined || tensor.shape.join() !== first.shape.join()) {
      const shape = tensor ? `[${tensor.shape.join(", ")}]` : "absent";
      throw new InputError({ field: name, given: shape, allowed: `[${first.shape.join(", ")}]` });
    }
    checkType(name, tensor, "float32");
  }
}

function checkType(field: string, { dtype }: TensorInfo, allowed: string): void {
  if (dtype !== allowed) throw new InputError({ field, given: `of type ${dtype}`, allowed });
}

/**
 * Refuses an attribute unless `isRight`.
 *
 * @throws InputError unless `isRight`
 */
export function requireThat(isRight: boolean, field: string, given: string, allowed: string): void {
  if (!isRight) throw new InputError({ field, given, allowed });
}

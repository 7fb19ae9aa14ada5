/** The parameters of all halves of a stack, which name them independently of one another. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";

/** Tensors by the name under which their gradients are given. */
export type NamedParameters = Readonly<Record<string, Tensor>>;

interface Parametric {
  readonly parameters: NamedParameters;
}

/**
 * All parameters of `blocks`, each once: what `reversibleStack` takes.
 *
 * @throws InputError if one name stands for two tensors
 */
export function parametersOf(blocks: readonly { f: Parametric; g: Parametric }[]): Record<string, Tensor> {
  const all: Record<string, Tensor> = {};
  for (const { parameters } of blocks.flatMap(({ f, g }) => [f, g])) {
    for (const [name, tensor] of Object.entries(parameters)) {
      if ((all[name] ?? tensor) !== tensor) {
        throw new InputError({
          field: "parameters of reversible blocks",
          given: `two tensors named "${name}"`,
          allowed: "named so that a name stands for one tensor",
        });
      }
      all[name] = tensor;
    }
  }
  return all;
}

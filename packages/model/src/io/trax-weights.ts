/** Trax' flat list of weights, taken from the front with every shape held against what is expected. */
import { InputError } from "@reformer-ts/internal-checks";
import type { StoredTensor } from "./safetensors";

export interface TraxWeights {
  /** The next weight. @throws InputError when it has another shape or none is left */
  take(what: string, shape: readonly number[]): StoredTensor;
  /** Whether the next weight has this shape. */
  nextIs(shape: readonly number[]): boolean;
  /** The next weight's shape; empty at the end. */
  peek(): readonly number[];
  /** How many of the next weights have so many axes. */
  countOfRank(rank: number): number;
  readonly left: number;
  refuse(given: string): never;
}

export function traxWeights(weights: readonly StoredTensor[], where: string): TraxWeights {
  let next = 0;
  const refuse = (given: string): never => {
    throw new InputError({ field: where, given, allowed: "the weights of a ReformerLM of Trax" });
  };
  const nextIs = (shape: readonly number[]) => {
    const found = weights[next]?.shape;
    return found?.length === shape.length && shape.every((size, axis) => size === found[axis]);
  };
  return {
    take(what, shape) {
      if (nextIs(shape)) return weights[next++]!;
      const found = weights[next]?.shape;
      return refuse(
        found === undefined
          ? `a list of ${weights.length} weights that ends before ${what}`
          : `a list whose weight ${next} has shape [${found.join(", ")}] where ${what} has [${shape.join(", ")}]`,
      );
    },
    nextIs,
    peek: () => weights[next]?.shape ?? [],
    countOfRank(rank) {
      let count = 0;
      while (weights[next + count]?.shape.length === rank) count++;
      return count;
    },
    get left() {
      return weights.length - next;
    },
    refuse,
  };
}

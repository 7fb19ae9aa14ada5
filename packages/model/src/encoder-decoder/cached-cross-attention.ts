/** A decoder layer's look at the memory while a target is written: keys and values are projected once, and stay. */
import { gather, tensor1d, type Tensor, type Tensor3D, type Tensor4D } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import { crossAttentionFunction, memoryHeads, type Memory } from "./cross-attention";

export interface CachedCrossAttention {
  /**
   * One more token of every sequence: `[batch, 1, dModel]` to the same; the caller owns the result.
   *
   * @param mask `[batch, sourceLength]` of the sequences' sources
   */
  append(x: Tensor3D, mask: Tensor): Tensor3D;
  /** Goes on with the sources of these sequences, in this order. */
  select(sequences: readonly number[]): void;
  dispose(): void;
}

/**
 * @param prefix of the parameters' names, such as `layers.0.crossAttention`
 * @param memory is read now and not again
 */
export function cachedCrossAttention(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  memory: Memory,
): CachedCrossAttention {
  const projected = memoryHeads(config, parameters, prefix, memory, (gradient) => gradient.dispose());
  let [key, value] = projected.heads();
  const source = {
    ...projected,
    heads: (): [Tensor4D, Tensor4D] => [key.clone() as Tensor4D, value.clone() as Tensor4D],
  };
  return {
    append(x, mask) {
      const attention = crossAttentionFunction(
        config,
        parameters,
        prefix,
        { mask, source },
        { training: false },
      );
      const { y, state } = attention.run(x, 0);
      attention.release(state);
      return y;
    },
    select(sequences) {
      [key, value] = [gatherRows(key, sequences), gatherRows(value, sequences)];
    },
    dispose() {
      key.dispose();
      value.dispose();
    },
  };
}

/** These rows of `x` in place of all; one may be taken several times. */
export function gatherRows<T extends Tensor>(x: T, indices: readonly number[]): T {
  const chosen = tensor1d([...indices], "int32");
  const gathered = gather(x, chosen);
  x.dispose();
  chosen.dispose();
  return gathered;
}

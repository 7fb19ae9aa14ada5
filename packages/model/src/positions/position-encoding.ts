/** What every way of telling a token where it stands has in common. */
import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import type { GradientSink } from "@reformer-ts/reversible";

export interface PositionEncoding {
  /** @returns `[length, dModel]`, of positions from `start` on; the caller owns it */
  forward(length: number, start: number): Tensor2D;
  /** Hands the gradients of the tables to `sink`. `dx` is `[batch, length, dModel]`, from position 0 on. */
  pull(dx: Tensor3D, sink: GradientSink): void;
}

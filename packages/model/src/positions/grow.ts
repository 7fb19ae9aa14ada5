import { pad, type Tensor } from "@tensorflow/tfjs-core";

/** Zeros below, up to `size` along the first axis: rows that the sequence did not reach. */
export function growFirstAxis(x: Tensor, size: number): Tensor {
  return pad(
    x,
    x.shape.map((axis, i): [number, number] => [0, i === 0 ? size - axis : 0]),
  );
}

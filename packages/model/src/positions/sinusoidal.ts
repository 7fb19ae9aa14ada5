/** Fixed sines and cosines (Vaswani et al. 2017, §3.5), with nothing to learn. */
import { tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { PositionEncoding } from "./position-encoding";

export function sinusoidal({ dModel }: ReformerConfig): PositionEncoding {
  return { forward: (length, start) => sinusoids(length, start, dModel), pull: () => {} };
}

/** Sines in the first half of the width, cosines in the second, wavelengths from 2 pi to 20,000 pi (Vaswani et al.). */
function sinusoids(length: number, start: number, dModel: number): Tensor2D {
  const half = Math.ceil(dModel / 2);
  const values = new Float32Array(length * dModel);
  for (let position = 0; position < length; position++) {
    for (let i = 0; i < dModel; i++) {
      const angle = (start + position) / 10000 ** ((i % half) / half);
      values[position * dModel + i] = i < half ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tensor(values, [length, dModel]);
}

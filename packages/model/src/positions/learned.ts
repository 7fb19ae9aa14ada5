/** A learned row for every position. */
import { slice, sum, tidy, type Tensor2D } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import type { PositionEncoding } from "./position-encoding";
import { growFirstAxis } from "./grow";

export function learned(config: ReformerConfig, parameters: Parameters): PositionEncoding {
  const name = "embedding.positions";
  return {
    forward: (length, start) => slice(parameters.get(name) as Tensor2D, [start, 0], [length, -1]),
    pull: (dx, sink) =>
      sink(
        name,
        tidy(() => growFirstAxis(sum(dx, 0), config.maxLength)),
      ),
  };
}

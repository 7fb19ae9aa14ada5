/** Where a token stands, as a vector. */
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import { axial } from "./axial";
import { fixedBase } from "./fixed-base";
import { learned } from "./learned";
import type { PositionEncoding } from "./position-encoding";
import { sinusoidal } from "./sinusoidal";

export type { PositionEncoding } from "./position-encoding";

export function positionEncoding(config: ReformerConfig, parameters: Parameters): PositionEncoding | null {
  switch (config.positions) {
    case "axial":
      return axial(config, parameters);
    case "learned":
      return learned(config, parameters);
    case "fixedBase":
      return fixedBase(config, parameters);
    case "sinusoidal":
      return sinusoidal(config);
    case "rotary": // Acts inside attention.
    case "none":
      return null;
  }
}

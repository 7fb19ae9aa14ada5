/**
 * What stands between the two products of a feed-forward layer: a function of every number, or a gate, `f(a) * b`, whose
 * two halves the first product makes side by side (Shazeer 2020).
 */
import { concat, mul, split, type Tensor2D } from "@tensorflow/tfjs-core";
import { activationFunctions } from "./activation";
import { gates, type Activation, type GatedActivation, type ReformerConfig } from "./config";

export interface Nonlinearity {
  /** `[rows, expanded]` to `[rows, dFF]` */
  apply(hidden: Tensor2D): Tensor2D;
  /** The gradient of `hidden` from that of its result. */
  pull(hidden: Tensor2D, dActivated: Tensor2D): Tensor2D;
}

/** Width that the first product expands to. */
export function expandedWidth({ activation, dFF }: Pick<ReformerConfig, "activation" | "dFF">): number {
  return isGated(activation) ? 2 * dFF : dFF;
}

/** Call its functions inside a tidy. */
export function nonlinearity(activation: Activation): Nonlinearity {
  if (!isGated(activation)) {
    const { value, slope } = activationFunctions[activation];
    return {
      apply: (hidden) => value(hidden) as Tensor2D,
      pull: (hidden, dActivated) => mul(dActivated, slope(hidden)) as Tensor2D,
    };
  }
  const { value, slope } = activationFunctions[gates[activation]];
  return {
    apply(hidden) {
      const [gate, passed] = split(hidden, 2, 1) as [Tensor2D, Tensor2D];
      return mul(value(gate), passed) as Tensor2D;
    },
    pull(hidden, dActivated) {
      const [gate, passed] = split(hidden, 2, 1) as [Tensor2D, Tensor2D];
      return concat([mul(mul(dActivated, passed), slope(gate)), mul(dActivated, value(gate))], 1) as Tensor2D;
    },
  };
}

function isGated(activation: Activation): activation is GatedActivation {
  return Object.hasOwn(gates, activation);
}

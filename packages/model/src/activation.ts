/** The feed-forward layer's non-linearities and their derivatives, by the names that transformers uses. */
import {
  add,
  erf,
  leakyRelu,
  exp,
  mul,
  relu,
  scalar,
  sigmoid,
  square,
  step,
  sub,
  tanh,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { PlainActivation } from "./config";

interface Function {
  value(x: Tensor): Tensor;
  /** Derivative at x. */
  slope(x: Tensor): Tensor;
}

const times = (x: Tensor, factor: number) => mul(x, scalar(factor));
const plus = (x: Tensor, term: number) => add(x, scalar(term));
/** The cumulative normal distribution. */
const phi = (x: Tensor) => times(plus(erf(times(x, Math.SQRT1_2)), 1), 0.5);

const root = Math.sqrt(2 / Math.PI);
/** tanh(sqrt(2/pi) (x + 0.044715 x^3)), the inside of gelu's approximation. */
const inner = (x: Tensor) => tanh(times(add(x, times(mul(square(x), x), 0.044715)), root));

export const activationFunctions: Record<PlainActivation, Function> = {
  relu: { value: relu, slope: (x) => step(x) },
  leaky_relu: { value: (x) => leakyRelu(x, 0.01), slope: (x) => step(x, 0.01) },
  sigmoid: {
    value: sigmoid,
    slope: (x) => {
      const s = sigmoid(x);
      return mul(s, sub(scalar(1), s));
    },
  },
  tanh: { value: tanh, slope: (x) => sub(scalar(1), square(tanh(x))) },
  silu: {
    value: (x) => mul(x, sigmoid(x)),
    slope: (x) => {
      const s = sigmoid(x);
      return mul(s, plus(mul(x, sub(scalar(1), s)), 1));
    },
  },
  gelu: {
    value: (x) => mul(x, phi(x)),
    slope: (x) => add(phi(x), mul(x, times(exp(times(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)))),
  },
  gelu_new: {
    value: (x) => mul(times(x, 0.5), plus(inner(x), 1)),
    slope: (x) => {
      const t = inner(x);
      const dInner = times(plus(times(square(x), 3 * 0.044715), 1), root);
      return times(add(plus(t, 1), mul(x, mul(sub(scalar(1), square(t)), dInner))), 0.5);
    },
  },
};

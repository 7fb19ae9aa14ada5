/**
 * Classification of a whole sequence from its first position: dense, tanh, dense, as transformers has it. Targets are
 * `[batch]`, classes.
 */
import {
  add,
  matMul,
  mul,
  pad,
  reshape,
  scalar,
  slice,
  square,
  sub,
  sum,
  tanh,
  tidy,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import { crossEntropy, crossEntropyAndGrad } from "./cross-entropy";
import { finalNorm } from "./final-norm";
import type { Head } from "./head";

export function classHead(config: ReformerConfig, parameters: Parameters): Head {
  const get = (name: string) => parameters.get(name) as Tensor2D;
  const norm = finalNorm(config, parameters);
  const dense = (x: Tensor2D, name: string) =>
    add(matMul(x, get(`${name}.weight`)), get(`${name}.bias`)) as Tensor2D;
  const first = (x: Tensor) => reshape(slice(x, [0, 0], [-1, 1]), [-1, config.dModel]) as Tensor2D;
  /** The gradient of {@link first}. */
  const placed = (d: Tensor2D, x: Tensor) =>
    pad(reshape(d, [x.shape[0]!, 1, config.dModel]), [
      [0, 0],
      [0, x.shape[1]! - 1],
      [0, 0],
    ]);

  const logits = (x1: Tensor2D, x2: Tensor2D) =>
    tidy(() => dense(tanh(dense(norm.forward(x1, x2).y, "head.hidden")) as Tensor2D, "head.classes"));

  return {
    logits,
    nats: ({ x1, x2 }, targets) => tidy(() => crossEntropy(logits(first(x1), first(x2)), targets)),
    natsAndGrad({ x1, x2 }, targets, count, sink) {
      const { gradients, ...result } = tidy(() => {
        const { y, state } = norm.forward(first(x1), first(x2));
        const hidden = tanh(dense(y, "head.hidden")) as Tensor2D;
        const { nats, dLogits } = crossEntropyAndGrad(dense(hidden, "head.classes"), targets, count);
        const dTanh = matMul(dLogits, get("head.classes.weight"), false, true);
        const dHidden = mul(dTanh, sub(scalar(1), square(hidden))) as Tensor2D;
        const pulled = norm.grad(matMul(dHidden, get("head.hidden.weight"), false, true) as Tensor2D, state);
        Object.assign(pulled.gradients, {
          "head.classes.weight": matMul(hidden, dLogits, true),
          "head.classes.bias": sum(dLogits, 0),
          "head.hidden.weight": matMul(y, dHidden, true),
          "head.hidden.bias": sum(dHidden, 0),
        });
        return { nats, d1: placed(pulled.d1, x1), d2: placed(pulled.d2, x2), gradients: pulled.gradients };
      });
      for (const [name, gradient] of Object.entries(gradients)) sink(name, gradient);
      return result;
    },
  };
}

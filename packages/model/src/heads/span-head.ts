/**
 * Question answering by a span: at every position two logits, start and end; a sequence's answer starts where the first
 * is highest and ends where the second is. Targets are `[batch, 2]`, positions.
 */
import {
  add,
  matMul,
  reshape,
  sum,
  tidy,
  transpose,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import { crossEntropy, crossEntropyAndGrad } from "./cross-entropy";
import { finalNorm } from "./final-norm";
import type { Head } from "./head";

export function spanHead(config: ReformerConfig, parameters: Parameters): Head {
  const get = (name: string) => parameters.get(name) as Tensor2D;
  const norm = finalNorm(config, parameters);
  const rows = (x: Tensor) => reshape(x, [-1, config.dModel]) as Tensor2D;
  const project = (y: Tensor2D) => add(matMul(y, get("head.weight")), get("head.bias")) as Tensor2D;
  /** `[batch * length, 2]` to `[batch * 2, length]`: the positions compete. */
  const compete = (logits: Tensor2D, batch: number) =>
    reshape(transpose(reshape(logits, [batch, -1, 2]), [0, 2, 1]), [batch * 2, -1]) as Tensor2D;
  const back = (competing: Tensor2D, batch: number) =>
    reshape(transpose(reshape(competing, [batch, 2, -1]), [0, 2, 1]), [-1, 2]) as Tensor2D;

  return {
    logits: (x1, x2) => tidy(() => project(norm.forward(x1, x2).y)),
    nats: ({ x1, x2 }, targets) =>
      tidy(() => crossEntropy(compete(project(norm.forward(rows(x1), rows(x2)).y), x1.shape[0]!), targets)),
    natsAndGrad({ x1, x2 }, targets, count, sink) {
      const batch = x1.shape[0]!;
      const { gradients, ...result } = tidy(() => {
        const { y, state } = norm.forward(rows(x1), rows(x2));
        const compared = crossEntropyAndGrad(compete(project(y), batch), targets, count);
        const dLogits = back(compared.dLogits, batch);
        const pulled = norm.grad(matMul(dLogits, get("head.weight"), false, true) as Tensor2D, state);
        pulled.gradients["head.weight"] = matMul(y, dLogits, true);
        pulled.gradients["head.bias"] = sum(dLogits, 0);
        return {
          nats: compared.nats,
          d1: reshape(pulled.d1, x1.shape),
          d2: reshape(pulled.d2, x2.shape),
          gradients: pulled.gradients,
        };
      });
      for (const [name, gradient] of Object.entries(gradients)) sink(name, gradient);
      return result;
    },
  };
}

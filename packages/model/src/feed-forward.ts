/**
 * `FeedForward(LayerNorm(x))`, the g of a reversible layer: expand, drop, activate, contract, drop (as Trax and
 * transformers order them: dropout comes before the activation).
 */
import {
  add,
  matMul,
  reshape,
  sum,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { Residual } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import { dropout } from "./dropout";
import { fitsFusedFeedForward, fusedFeedForward } from "./fused-feed-forward";
import { preferFused } from "./kernels/prefer-fused";
import { disposeNorm, layerNorm, layerNormGrad, type NormState } from "./layer-norm";
import { nonlinearity } from "./nonlinearity";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";
import { inPieces, residual } from "./residual";

interface State {
  norm: NormState;
  /** `[rows, dModel]`, the normalised input */
  input: Tensor2D;
  /** `[rows, dFF]`, twice as wide with a gate, before the activation */
  hidden: Tensor2D;
  /** `[rows, dFF]`, after it */
  activated: Tensor2D;
  seed: number;
}

/** Positions that are worked on at a time: large enough for the product, small enough for the cache. */
const pieceLength = 4096;

/** @param prefix of the parameters' names, such as `layers.0.feedForward` */
export function feedForward(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  pass: Pass,
): Residual {
  const { activation, layerNormEpsilon } = config;
  const { hiddenDropout: rate } = dropoutRates(config, pass);
  const { apply, pull: pullActivation } = nonlinearity(activation);
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const dense = (x: Tensor2D, name: string) =>
    tidy(() => add(matMul(x, get(`${name}.weight`) as Tensor2D), get(`${name}.bias`)) as Tensor2D);

  const whole = residual<State>({
    run(x, seed) {
      const rows = reshape(x, [-1, config.dModel]) as Tensor2D;
      const { y: input, state: norm } = layerNorm(
        rows,
        get("norm.scale"),
        get("norm.bias"),
        layerNormEpsilon,
      );
      const expanded = dense(input, "expand");
      const hidden = dropout(expanded, rate, deriveSeed(seed, "hidden"));
      const activated = tidy(() => apply(hidden));
      const contracted = dense(activated, "contract");
      const output = dropout(contracted, rate, deriveSeed(seed, "output"));
      const y = reshape(output, x.shape) as Tensor3D;
      for (const tensor of [rows, expanded, contracted, output]) tensor.dispose();
      return { y, saved: [], state: { norm, input, hidden, activated, seed } };
    },

    pull({ norm, input, hidden, activated, seed }, dy, sink) {
      const pulled = tidy(() => {
        const dOutput = dropout(
          reshape(dy, [-1, config.dModel]) as Tensor2D,
          rate,
          deriveSeed(seed, "output"),
        );
        const dActivated = matMul(dOutput, get("contract.weight") as Tensor2D, false, true) as Tensor2D;
        const dHidden = pullActivation(hidden, dActivated);
        const dExpanded = dropout(dHidden, rate, deriveSeed(seed, "hidden"));
        const dInput = matMul(dExpanded, get("expand.weight") as Tensor2D, false, true) as Tensor2D;
        const { dx, dScale, dBias } = layerNormGrad(dInput, get("norm.scale"), norm);
        const gradients: Record<string, Tensor> = {
          "contract.weight": matMul(activated, dOutput, true),
          "contract.bias": sum(dOutput, 0),
          "expand.weight": matMul(input, dExpanded, true),
          "expand.bias": sum(dExpanded, 0),
          "norm.scale": dScale,
          "norm.bias": dBias,
        };
        return { dx: reshape(dx, dy.shape) as Tensor3D, gradients };
      });
      for (const [name, gradient] of Object.entries(pulled.gradients)) sink(`${prefix}.${name}`, gradient);
      return pulled.dx;
    },

    release({ norm, input, hidden, activated }) {
      disposeNorm(norm);
      for (const tensor of [input, hidden, activated]) tensor.dispose();
    },
  });
  return preferFused(
    () => fitsFusedFeedForward(config, pass),
    fusedFeedForward(config, parameters, prefix),
    inPieces(whole, pieceLength),
  );
}

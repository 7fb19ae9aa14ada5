/**
 * A layer of tfjs-layers as a residual.
 *
 * Two habits of such layers do not fit a function that runs twice, and are dealt with here. They draw from
 * `Math.random` (dropout, noise), which `autogradResidual` replays. And some change weights of their own while they
 * run, as batch normalisation does with its moving averages; the second run must not change them once more.
 */
import { clone, tidy, type Tensor } from "@tensorflow/tfjs-core";
import type { layers } from "@tensorflow/tfjs-layers";
import { autogradResidual, type AutogradResidual } from "../autograd-residual";

type Layer = layers.Layer;

/** Runs a built layer that keeps the shape of its input; `training` is handed to it. */
export function layerResidual(layer: Layer, training: boolean): AutogradResidual {
  const trainable = layer.weights.filter((weight) => weight.trainable);
  const parameters = Object.fromEntries(trainable.map((weight) => [weight.name, weight.read()]));
  const residual = autogradResidual((x) => layer.apply(x, { training }) as Tensor, parameters);
  return {
    ...residual,
    forwardAndGrad: (...given) => withWeightsRestored(layer, () => residual.forwardAndGrad(...given)),
  };
}

/** Runs `run` and undoes what it did to weights that are not trained by gradients. */
function withWeightsRestored<T>(layer: Layer, run: () => T): T {
  const weights = layer.nonTrainableWeights;
  const before = weights.map((weight) => clone(weight.read()));
  try {
    return run();
  } finally {
    tidy(() => weights.forEach((weight, i) => weight.write(before[i]!)));
    for (const value of before) value.dispose();
  }
}

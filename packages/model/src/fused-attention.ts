/**
 * The attention layer with kernels around its mechanism: the layer norm is taken while the heads are projected, and
 * the heads are merged where they lie. Of the inputs only x is kept.
 */
import type { Tensor3D } from "@tensorflow/tfjs-core";
import type { Residual } from "@reformer-ts/reversible";
import type { Attended, AttentionMechanism } from "./attention-mechanism";
import type { ReformerConfig } from "./config";
import { hasKernel, runHeads, runHeadsGrad, runMergeHeads, runMergeHeadsGrad } from "./kernels/dispatch";
import { kernelTile, modelKernelNames } from "./kernels/names";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";
import { residual } from "./residual";

interface State {
  x: Tensor3D;
  attended: Attended;
  seed: number;
}

/** Whether the running backend has the kernels, and they know this layer. */
export function fitsFusedAttention(
  config: ReformerConfig,
  mechanism: AttentionMechanism,
  pass: Pass,
): boolean {
  const { heads, headsGrad, mergeHeads, mergeHeadsGrad } = modelKernelNames;
  return (
    dropoutRates(config, pass).hiddenDropout === 0 &&
    mechanism.biases.length === 0 &&
    config.dModel % kernelTile === 0 &&
    config.dHead % kernelTile === 0 &&
    [heads, headsGrad, mergeHeads, mergeHeadsGrad].every(hasKernel)
  );
}

export function fusedAttention(
  { numHeads: heads, layerNormEpsilon: epsilon }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  mechanism: AttentionMechanism,
): Residual {
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const weights = () => {
    const [first, second, third] = mechanism.projections.map(get);
    return { scale: get("norm.scale"), bias: get("norm.bias"), first: first!, second: second!, third };
  };
  return residual<State>({
    run(x, seed, before) {
      const projections = runHeads({ x, ...weights() }, { heads, epsilon });
      const { attended, saved } = mechanism.attend(projections, seed, before);
      const y = runMergeHeads({ heads: attended.output, weight: get("output") });
      return { y, saved, state: { x: x.clone(), attended, seed } };
    },

    pull({ x, attended, seed }, dy, sink) {
      const { dHeads, dWeight } = runMergeHeadsGrad({ heads: attended.output, weight: get("output"), dy });
      const dProjections = mechanism.pull(dHeads, attended, seed, sink);
      const [dFirst, dSecond, dThird] = dProjections;
      const pulled = runHeadsGrad(
        { x, ...weights(), dFirst: dFirst!, dSecond: dSecond!, dThird },
        { heads, epsilon },
      );
      for (const tensor of [dHeads, ...dProjections]) tensor.dispose();
      sink(`${prefix}.output`, dWeight);
      sink(`${prefix}.norm.scale`, pulled.scale);
      sink(`${prefix}.norm.bias`, pulled.bias);
      mechanism.projections.forEach((name, i) => sink(`${prefix}.${name}`, pulled.weights[i]!));
      return pulled.dx as Tensor3D;
    },

    release({ x, attended }) {
      x.dispose();
      attended.dispose();
    },
  });
}

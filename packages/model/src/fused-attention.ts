/**
 * The attention layer with kernels around its mechanism: the layer norm is taken while the heads are projected, and
 * the heads are merged where they lie. Of the inputs only x is kept.
 */
import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import type { GradientSink, InPlace, Residual, Saved } from "@reformer-ts/reversible";
import type { AttentionEnds } from "./attention-ends";
import type { Attended, AttentionMechanism } from "./attention-mechanism";
import type { ReformerConfig } from "./config";
import {
  hasKernel,
  runAddHeadsGrad,
  runAddMergedHeads,
  runHeads,
  runHeadsGrad,
  runMergeHeads,
  runMergeHeadsGrad,
} from "./kernels/dispatch";
import { kernelTile, modelKernelNames } from "./kernels/names";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";
import { residual } from "./residual";

interface State {
  x: Tensor3D;
  attended: Attended;
  seed: number;
}

type HeadsGradients = Omit<ReturnType<typeof runHeadsGrad>, "dx">;

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

/** The layer's ends as kernels: see {@link AttentionEnds}. */
export function fusedEnds(
  { numHeads: heads, layerNormEpsilon: epsilon }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  mechanism: AttentionMechanism,
): AttentionEnds {
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const weights = headWeights(get, mechanism);
  return {
    project: (x) => runHeads({ x, ...weights() }, { heads, epsilon }),
    merge: (outputs) => runMergeHeads({ heads: outputs, weight: get("output") }),
  };
}

/** What leads into the layer, as kernels take it. */
function headWeights(get: (name: string) => Tensor, { projections }: AttentionMechanism) {
  return () => {
    const [first, second, third] = projections.map(get);
    return { scale: get("norm.scale"), bias: get("norm.bias"), first: first!, second: second!, third };
  };
}

export function fusedAttention(
  { numHeads: heads, layerNormEpsilon: epsilon }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  mechanism: AttentionMechanism,
): Residual {
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const weights = headWeights(get, mechanism);
  const attend = (x: Tensor3D, seed: number, before?: Saved) =>
    mechanism.attend(runHeads({ x, ...weights() }, { heads, epsilon }), seed, before);
  const pour = ({ scale, bias, weights: ofWeights }: HeadsGradients, sink: GradientSink) => {
    sink(`${prefix}.norm.scale`, scale);
    sink(`${prefix}.norm.bias`, bias);
    mechanism.projections.forEach((name, i) => sink(`${prefix}.${name}`, ofWeights[i]!));
  };

  const inPlace: InPlace = {
    add(stream, x, seed) {
      const { attended, saved } = attend(x as Tensor3D, seed);
      const sum = runAddMergedHeads({ heads: attended.output, weight: get("output"), stream }, { sign: 1 });
      attended.dispose();
      return { sum, saved };
    },

    undo(stream, gradient, { x, dy, saved: before, seed, sink }) {
      const { attended, saved } = attend(x as Tensor3D, seed, before as Saved);
      const output = { heads: attended.output, weight: get("output") };
      const rebuilt = runAddMergedHeads({ ...output, stream }, { sign: -1 });
      const { dHeads, dWeight } = runMergeHeadsGrad({ ...output, dy });
      const dProjections = mechanism.pull(dHeads, attended, seed, sink);
      attended.dispose();
      dHeads.dispose();
      const [dFirst, dSecond, dThird] = dProjections;
      const pulled = runAddHeadsGrad(
        { x, ...weights(), dFirst: dFirst!, dSecond: dSecond!, dThird, gradient },
        { heads, epsilon },
      );
      for (const tensor of [...dProjections, ...saved]) tensor.dispose();
      // Last, for an update replaces the weights that are used above.
      sink(`${prefix}.output`, dWeight);
      pour(pulled, sink);
      return { rebuilt, gradient: pulled.dx };
    },
  };

  const plain = residual<State>({
    run(x, seed, before) {
      const { attended, saved } = attend(x, seed, before);
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
      pour(pulled, sink);
      return pulled.dx as Tensor3D;
    },

    release({ x, attended }) {
      x.dispose();
      attended.dispose();
    },
  });
  return {
    ...plain,
    get inPlace() {
      const { addHeadsGrad, addMergedHeads } = modelKernelNames;
      return [addHeadsGrad, addMergedHeads].every(hasKernel) ? inPlace : undefined;
    },
  };
}

/** `Attention(LayerNorm(x))`, the f of a reversible layer: project to heads, attend, project back. */
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
import type { Residual, Saved } from "@reformer-ts/reversible";
import type { Attended, AttentionMechanism } from "./attention-mechanism";
import { composedEnds } from "./composed-ends";
import type { ReformerConfig } from "./config";
import { dropout } from "./dropout";
import { fitsFusedAttention, fusedAttention } from "./fused-attention";
import { preferFused } from "./kernels/prefer-fused";
import { disposeNorm, layerNorm, layerNormGrad, type NormState } from "./layer-norm";
import { withMemoryKeys } from "./memory-keys";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";
import { residual, type Differentiable } from "./residual";
import { fitsWholeAttention, wholeAttention } from "./whole-attention";

export interface AttentionState {
  norm: NormState;
  /** `[rows, dModel]`, the normalised input */
  input: Tensor2D;
  attended: Attended;
  /** `[rows, heads * depth]`, the heads' outputs side by side */
  merged: Tensor2D;
  seed: number;
}

/** @param prefix of the parameters' names, such as `layers.0.attention` */
export function attention(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  mechanism: AttentionMechanism,
  pass: Pass,
): Residual {
  const fused = fusedAttention(
    config,
    parameters,
    prefix,
    withMemoryKeys(config, parameters, prefix, mechanism),
  );
  const fusedOrWhole: Residual = {
    ...fused,
    get inPlace() {
      const usual = fused.inPlace;
      return usual && fitsWholeAttention(config, mechanism, pass)
        ? wholeAttention(config, parameters, prefix, mechanism, usual)
        : usual;
    },
  };
  return preferFused(
    () => fitsFusedAttention(config, mechanism, pass),
    fusedOrWhole,
    residual(attentionFunction(config, parameters, prefix, mechanism, pass)),
  );
}

/** The same with its state in the open, to be looked into. */
export function attentionFunction(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  plain: AttentionMechanism,
  pass: Pass,
): Differentiable<AttentionState> {
  const mechanism = withMemoryKeys(config, parameters, prefix, plain);
  const { dModel, layerNormEpsilon } = config;
  const { hiddenDropout } = dropoutRates(config, pass);
  const get = (name: string) => parameters.get(`${prefix}.${name}`) as Tensor2D;
  const { biased, splitHeads, mergeHeads, rowsOf, project, leave } = composedEnds(
    config,
    parameters,
    prefix,
    mechanism,
  );

  return {
    run(x, seed, saved?: Saved) {
      const rows = rowsOf(x);
      const { y: input, state: norm } = layerNorm(
        rows,
        get("norm.scale"),
        get("norm.bias"),
        layerNormEpsilon,
      );
      const projections = project(input, x.shape);
      const { attended, saved: leaves } = mechanism.attend(projections, seed, saved);
      const merged = tidy(() => mergeHeads(attended.output));
      const y = tidy(
        () => dropout(leave(merged, x.shape), hiddenDropout, deriveSeed(seed, "output")) as Tensor3D,
      );
      rows.dispose();
      return { y, saved: leaves, state: { norm, input, attended, merged, seed } };
    },

    pull({ norm, input, attended, merged, seed }, dy, sink) {
      const { dOutput, dHeads } = tidy(() => {
        const gradient = dropout(
          reshape(dy, [-1, dModel]) as Tensor2D,
          hiddenDropout,
          deriveSeed(seed, "output"),
        );
        return {
          dOutput: gradient,
          dHeads: splitHeads(matMul(gradient, get("output"), false, true), dy.shape),
        };
      });
      const dProjections = mechanism.pull(dHeads, attended, seed, sink);
      const pulled = tidy(() => {
        const rowGradients = dProjections.map(mergeHeads);
        const dInput = rowGradients
          .map((gradient, i) => matMul(gradient, get(mechanism.projections[i]!), false, true))
          .reduce((a, b) => add(a, b)) as Tensor2D;
        const { dx, dScale, dBias } = layerNormGrad(dInput, get("norm.scale"), norm);
        const gradients: Record<string, Tensor> = { output: matMul(merged, dOutput, true) };
        rowGradients.forEach((gradient, i) => {
          const name = mechanism.projections[i]!;
          gradients[name] = matMul(input, gradient, true);
          if (biased(name)) gradients[`${name}Bias`] = sum(gradient, 0);
        });
        gradients["norm.scale"] = dScale;
        gradients["norm.bias"] = dBias;
        return { dx: reshape(dx, dy.shape) as Tensor3D, gradients };
      });
      for (const tensor of [dOutput, dHeads, ...dProjections]) tensor.dispose();
      for (const [name, gradient] of Object.entries(pulled.gradients)) sink(`${prefix}.${name}`, gradient);
      return pulled.dx;
    },

    release({ norm, input, attended, merged }) {
      disposeNorm(norm);
      attended.dispose();
      input.dispose();
      merged.dispose();
    },
  };
}

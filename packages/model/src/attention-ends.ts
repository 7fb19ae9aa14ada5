/** The two ends of an attention layer, for those who go on with its projections: what leads into it, and what out of it. */
import { tidy, type Tensor3D, type Tensor4D } from "@tensorflow/tfjs-core";
import type { AttentionMechanism } from "./attention-mechanism";
import { composedEnds } from "./composed-ends";
import type { ReformerConfig } from "./config";
import { fitsFusedAttention, fusedEnds } from "./fused-attention";
import { disposeNorm, layerNorm } from "./layer-norm";
import type { Parameters } from "./parameters";
import type { Pass } from "./pass";

export interface AttentionEnds {
  /** `[batch, length, dModel]` to its projections, each `[batch, heads, length, depth]`; the caller owns them. */
  project(x: Tensor3D): Tensor4D[];
  /** What the heads found, `[batch, heads, length, depth]`, to `[batch, length, dModel]`; the caller owns it. */
  merge(heads: Tensor4D): Tensor3D;
}

/** @param prefix of the parameters' names, such as `layers.0.attention` */
export function attentionEnds(
  config: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  mechanism: AttentionMechanism,
  pass: Pass,
): AttentionEnds {
  if (fitsFusedAttention(config, mechanism, pass)) return fusedEnds(config, parameters, prefix, mechanism);
  const ends = composedEnds(config, parameters, prefix, mechanism);
  const norm = (name: string) => parameters.get(`${prefix}.norm.${name}`);
  return {
    project: (x) =>
      tidy(() => {
        const { y, state } = layerNorm(ends.rowsOf(x), norm("scale"), norm("bias"), config.layerNormEpsilon);
        disposeNorm(state);
        return ends.project(y, x.shape);
      }),
    merge: (heads) => tidy(() => ends.leave(ends.mergeHeads(heads), [heads.shape[0], heads.shape[2]])),
  };
}

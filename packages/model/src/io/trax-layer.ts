/** One reversible layer of Trax: layer norm, attention with heads first, layer norm, feed-forward. */
import type { AttentionKind, ReformerConfig } from "../config";
import { biasNames, projectionNames } from "../parameters";
import type { StoredTensor } from "./safetensors";
import type { TraxWeights } from "./trax-weights";

export interface TraxLayer {
  numHeads: number;
  dHead: number;
  dFF: number;
  /** `[width, heads * depth]` each: query-key and value, or query, key and value. */
  inputs: StoredTensor[];
  /** `[heads * depth]` each, as many as inputs, or none. */
  biases: StoredTensor[];
  /** The rest, by our names within the layer. */
  named: Record<string, StoredTensor>;
}

export function readTraxLayer(weights: TraxWeights, dModel: number): TraxLayer {
  const named: Record<string, StoredTensor> = {};
  readTraxNorm(weights, "attention.norm", dModel, named);
  const count = weights.countOfRank(3);
  if (count !== 3 && count !== 4) weights.refuse(`a list with ${count} matrices of attention in a layer`);
  const [numHeads, , dHead] = weights.peek() as [number, number, number];
  const inputs = Array.from({ length: count - 1 }, () =>
    headsToColumns(weights.take("a projection to heads", [numHeads, dModel, dHead])),
  );
  const output = weights.take("the projection from heads", [numHeads, dHead, dModel]);
  named["attention.output"] = { ...output, shape: [numHeads * dHead, dModel] };
  const biases = weights.nextIs([numHeads, dHead])
    ? inputs.map(() => {
        const bias = weights.take("a bias of attention", [numHeads, dHead]);
        return { ...bias, shape: [numHeads * dHead] };
      })
    : [];
  readTraxNorm(weights, "feedForward.norm", dModel, named);
  const dFF = weights.peek().at(-1) ?? 0;
  named["feedForward.expand.weight"] = weights.take("the feed-forward layer", [dModel, dFF]);
  named["feedForward.expand.bias"] = weights.take("its bias", [dFF]);
  named["feedForward.contract.weight"] = weights.take("the feed-forward layer", [dFF, dModel]);
  named["feedForward.contract.bias"] = weights.take("its bias", [dModel]);
  return { numHeads, dHead, dFF, inputs, biases, named };
}

/** Scale and bias, as Trax orders them. */
export function readTraxNorm(
  weights: TraxWeights,
  name: string,
  width: number,
  state: Record<string, StoredTensor>,
): void {
  state[`${name}.scale`] = weights.take("layer norm's scale", [width]);
  state[`${name}.bias`] = weights.take("layer norm's bias", [width]);
}

/** A layer's tensors by our names, which its inputs have only when the kind of attention is known. */
export function traxLayerState(
  layer: TraxLayer,
  config: ReformerConfig,
  kind: AttentionKind,
): Record<string, StoredTensor> {
  const inputs = projectionNames(config, kind).map((name, i) => [name, layer.inputs[i]] as const);
  const biases = biasNames(config, kind).map((name, i) => [name, layer.biases[i]] as const);
  const present = [...inputs, ...biases].flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [[`attention.${name}`, tensor] as const],
  );
  return { ...layer.named, ...Object.fromEntries(present) };
}

/** `[heads, width, depth]` to `[width, heads * depth]`. */
function headsToColumns({ shape, data }: StoredTensor): StoredTensor {
  const [heads, width, depth] = shape as [number, number, number];
  const source = data as Float32Array;
  const columns = new Float32Array(source.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < width; row++) {
      const from = (head * width + row) * depth;
      columns.set(source.subarray(from, from + depth), (row * heads + head) * depth);
    }
  }
  return { dtype: "F32", shape: [width, heads * depth], data: columns };
}

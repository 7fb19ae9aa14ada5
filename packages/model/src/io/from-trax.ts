/**
 * Trax' ReformerLM and ours.
 *
 * A checkpoint of Trax says nothing of its model. Widths, layers and positions follow from the shapes of its weights; what
 * leaves no trace in them (chunks, hashes, buckets) must be told, in the names of our configuration.
 */
import { InputError } from "@reformer-ts/internal-checks";
import { type AttentionKind, type ReformerOptions, resolveConfig } from "../config";
import type { StoredTensor } from "./safetensors";
import type { StoredModel } from "./stored-model";
import { readTraxLayer, readTraxNorm, type TraxLayer, traxLayerState } from "./trax-layer";
import { traxPositions } from "./trax-positions";
import { traxWeights } from "./trax-weights";

/**
 * A model from the weights of Trax' `ReformerLM`.
 *
 * @param list Trax' weights in its flat order
 * @param told what the shapes cannot tell, and what differs from Trax' habits (an epsilon of 1e-6, fast GELU)
 * @param where the file's name, for messages
 * @throws InputError when the weights are of another model than ReformerLM, or too little was told
 */
export function modelFromTrax(
  list: readonly StoredTensor[],
  told: ReformerOptions = {},
  where = "checkpoint",
): StoredModel {
  const weights = traxWeights(list, where);
  const state: Record<string, StoredTensor> = {};
  const [vocabSize = 0, dModel = 0] = weights.peek();
  state["embedding.tokens"] = weights.take("the embedding", [vocabSize, dModel]);
  const positions = traxPositions(weights, dModel, state);
  const layers: TraxLayer[] = [];
  while (weights.nextIs([dModel])) layers.push(readTraxLayer(weights, dModel));
  readTraxNorm(weights, "norm", 2 * dModel, state);
  state["head.weight"] = weights.take("the output projection", [2 * dModel, vocabSize]);
  state["head.bias"] = weights.take("its bias", [vocabSize]);
  if (weights.left > 0) weights.refuse(`a list with ${weights.left} weights too many`);
  const [first] = layers;
  if (first === undefined) return weights.refuse("a model without layers");

  const kinds = told.layers ?? layers.map(({ inputs }) => (inputs.length === 2 ? "lsh" : "local"));
  if (kinds.length !== layers.length) {
    throw new InputError({
      field: `${where}: layers`,
      given: `${kinds.length} kinds of attention`,
      allowed: `${layers.length}, one for each layer of the weights`,
    });
  }
  requireTold(kinds, told, where);
  const config = resolveConfig(
    {
      activation: "gelu_new",
      layerNormEpsilon: 1e-6,
      ...positions,
      ...told,
      vocabSize,
      dModel,
      dFF: first.dFF,
      numHeads: first.numHeads,
      dHead: first.dHead,
      layers: kinds,
      headBias: true,
      localSharedQueryKey: layers.some(({ inputs }, i) => kinds[i] === "local" && inputs.length === 2),
      localBias: layers.some(({ biases }) => biases.length > 0),
    },
    where,
  );
  layers.forEach((layer, i) => {
    const named = traxLayerState(layer, config, kinds[i]!);
    for (const [name, tensor] of Object.entries(named)) state[`layers.${i}.${name}`] = tensor;
  });
  return { config, state };
}

/** What makes a difference and is nowhere in the file. */
function requireTold(kinds: readonly AttentionKind[], told: ReformerOptions, where: string): void {
  const needed: (keyof ReformerOptions)[] = [];
  if (kinds.includes("lsh")) needed.push("chunkLength", "numHashes", "numBuckets");
  else if (kinds.includes("local") && told.localChunkLength === undefined) needed.push("chunkLength");
  const missing = needed.filter((key) => told[key] === undefined);
  if (missing.length === 0) return;
  throw new InputError({
    field: `${where}: ${missing.join(", ")}`,
    given: "not known, because Trax keeps no configuration with its weights",
    allowed: "told beside it, as in the gin file it was trained with",
  });
}

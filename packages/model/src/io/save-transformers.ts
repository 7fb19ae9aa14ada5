/** A folder that `ReformerModelWithLMHead.from_pretrained` opens, and that gives the same loss there. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "../config";
import { modelCard, type CardDetails } from "./model-card";
import { encodeSafetensors, type StoredTensor } from "./safetensors";
import type { StoredModel } from "./stored-model";
import { configFromTransformers, configToTransformers, isKnownThere } from "./transformers-config";
import { stateToTransformers } from "./transformers-names";

/**
 * The files of the folder, by name.
 *
 * @throws InputError when the model has something that transformers' Reformer lacks
 */
export function transformersFiles(
  { config, state }: StoredModel,
  details: CardDetails = {},
): Record<string, Uint8Array> {
  const [lacking] = beyondTransformers(config);
  if (lacking !== undefined) {
    throw new InputError({
      field: "the model",
      given: `one with ${lacking}`,
      allowed: "made of what transformers' Reformer has, to be opened there",
    });
  }
  return {
    "config.json": json({ ...configToTransformers(config), pad_token_id: 0 }),
    "model.safetensors": encodeSafetensors(
      { ...stateToTransformers(config, state), ...unusedBias(config) },
      { format: "pt" },
    ),
    "generation_config.json": json({ do_sample: true, pad_token_id: 0, temperature: 0.8, top_p: 0.95 }),
    "README.md": new TextEncoder().encode(modelCard(config, details)),
  };
}

/** transformers' head has a bias: version 4 adds it, version 5 only wants it to be there. */
function unusedBias({ head, vocabSize }: ReformerConfig): Record<string, StoredTensor> {
  if (head !== "tokens") return {};
  return { "lm_head.bias": { dtype: "F32", shape: [vocabSize], data: new Float32Array(vocabSize) } };
}

/** Python tells 0 from 0.0, and transformers takes only the latter for a rate. */
const rates =
  /("(?:hidden_dropout_prob|lsh_attention_probs_dropout_prob|local_attention_probs_dropout_prob|layer_norm_eps|initializer_range)": \d+)(?=[,\n])/g;

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2).replace(rates, "$1.0")}\n`);
}

/** What a model has that transformers could not compute, in words. */
export function beyondTransformers(config: ReformerConfig): string[] {
  const { positions, axialShape, axialCombine, layers } = config;
  const reasons: [boolean, string][] = [
    [positions !== "axial" && positions !== "learned", `${positions} positions`],
    [positions === "axial" && axialCombine === "sum", "axial positions that are added up"],
    [
      positions === "axial" && axialShape!.length !== 2,
      `axial positions of ${axialShape?.length ?? 0} axes instead of 2`,
    ],
    [config.routing === "strict" && layers.includes("lsh"), "strictly causal routing"],
    [layers.includes("full"), "layers of full attention"],
    [config.localSharedQueryKey && layers.includes("local"), "local layers that share queries and keys"],
    [config.localBias && layers.includes("local"), "biases in local attention"],
    [config.headBias && config.head === "tokens", "a head bias, which transformers 5 never adds"],
  ];
  const named = reasons.flatMap(([applies, words]) => (applies ? [words] : []));
  return named.length > 0 ? named : lostOnTheWay(config);
}

/** Keys that a foreign config has no place for and that change nothing where the reasons above do not apply. */
const harmless: readonly (keyof ReformerConfig)[] = [
  // How fresh weights are drawn is no matter to trained ones.
  "initializerRange",
  "embeddingRange",
  "hashSeed",
  "numClasses",
  "routing",
  "localSharedQueryKey",
  "localBias",
  "axialShape",
  "axialDims",
  "axialCombine",
  "fixedBases",
  "fixedBaseDigits",
];

/** Options that are others after the way to their config and back: those that it cannot say. */
function lostOnTheWay(config: ReformerConfig): string[] {
  if (!isKnownThere(config.activation)) return [`the activation ${config.activation}`];
  const back = configFromTransformers(configToTransformers(config), { headBias: config.headBias });
  const keys = (Object.keys(config) as (keyof ReformerConfig)[]).filter((key) => !harmless.includes(key));
  return keys
    .filter((key) => JSON.stringify(config[key]) !== JSON.stringify(back[key]))
    .map((key) => `${key} ${JSON.stringify(config[key])}`);
}

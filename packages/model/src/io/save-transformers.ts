/** A folder that `ReformerModelWithLMHead.from_pretrained` opens, and that gives the same loss there. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "../config";
import { modelCard, type CardDetails } from "./model-card";
import { encodeSafetensors } from "./safetensors";
import type { StoredModel } from "./stored-model";
import { configToTransformers } from "./transformers-config";
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
  const json = (value: object) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  return {
    "config.json": json({ ...configToTransformers(config), pad_token_id: 0 }),
    "model.safetensors": encodeSafetensors(stateToTransformers(config, state), { format: "pt" }),
    "generation_config.json": json({ do_sample: true, pad_token_id: 0, temperature: 0.8, top_p: 0.95 }),
    "README.md": new TextEncoder().encode(modelCard(config, details)),
  };
}

/** What a model has that transformers could not compute, in words; every option that it lacks must be listed here. */
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
  return reasons.flatMap(([applies, words]) => (applies ? [words] : []));
}

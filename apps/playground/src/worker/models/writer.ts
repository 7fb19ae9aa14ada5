/** A trained model with a decoder, which stays in the worker between tasks. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  countParameters,
  createDecoder,
  createReformer,
  type Decoder,
  parametersFromState,
  type Reformer,
  registerMissingKernels,
} from "@reformer-ts/model";
import { type ByteTokens, byteTokens } from "./byte-tokens";
import { download, type OnShare } from "./download";
import { type NamedFiles, openModel } from "./open-model";

/** A model that comes with the page, by the addresses of its files; or one that was dropped. */
export type ModelSource = { config: object; weights: string } | { files: NamedFiles };

export interface ModelFacts {
  parameters: number;
  maxLength: number;
  layers: string;
}

export interface Writer {
  model: Reformer;
  decoder: Decoder;
  tokens: ByteTokens;
  facts: ModelFacts;
  dispose(): void;
}

/** @throws InputError when the model is damaged, or its tokens are not bytes */
export async function openWriter(source: ModelSource, onShare: OnShare): Promise<Writer> {
  registerMissingKernels();
  const files = "files" in source ? source.files : await shippedFiles(source, onShare);
  const { config, state, vocabulary } = await openModel(files, "the model");
  const tokens = byteTokens(config, vocabulary);
  if (!config.causal || config.head !== "tokens") {
    throw new InputError({
      field: "the model",
      given: config.causal ? "one that classifies, or answers" : "one that looks ahead",
      allowed: "a causal one that writes",
    });
  }
  const parameters = parametersFromState(config, state, "the model");
  const model = createReformer(config, parameters);
  const decoder = createDecoder(model);
  return {
    model,
    decoder,
    tokens,
    facts: {
      parameters: countParameters(config),
      maxLength: config.maxLength,
      layers: config.layers.join(", "),
    },
    dispose() {
      decoder.dispose();
      parameters.dispose();
    },
  };
}

async function shippedFiles(
  { config, weights }: { config: object; weights: string },
  onShare: OnShare,
): Promise<NamedFiles> {
  return {
    "config.json": new TextEncoder().encode(JSON.stringify(config)),
    "model.safetensors": await download(weights, onShare),
  };
}

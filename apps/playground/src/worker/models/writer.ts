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
  facts: ModelFacts;
  dispose(): void;
}

/** @throws InputError when the model is damaged, or its tokens are not bytes */
export async function openWriter(source: ModelSource, onShare: OnShare): Promise<Writer> {
  registerMissingKernels();
  const files = "files" in source ? source.files : await shippedFiles(source, onShare);
  const { config, state } = await openModel(files, "the model");
  // The authors' byte models leave tokens 0 and 1 for padding and an end, and would be read two bytes off.
  const leavesRoom = config.vocabSize === 258;
  if (config.vocabSize < 256 || leavesRoom || !config.causal || config.head !== "tokens") {
    throw new InputError({
      field: "the model",
      given: `one of ${config.vocabSize} tokens${leavesRoom ? ", whose bytes are counted from 2" : ""}${config.causal ? "" : " that is not causal"}`,
      allowed: "a causal one that writes bytes counted from 0, of 256 tokens or more",
    });
  }
  const parameters = parametersFromState(config, state, "the model");
  const model = createReformer(config, parameters);
  const decoder = createDecoder(model);
  return {
    model,
    decoder,
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

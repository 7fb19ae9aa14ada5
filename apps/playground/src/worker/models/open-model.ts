/** A model from files: this project's checkpoints, transformers' and tfjs'. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  type CheckpointFiles,
  decodeSafetensors,
  loadTfjs,
  loadTransformers,
  parseObject,
  resolveConfig,
  type StoredModel,
  widened,
} from "@reformer-ts/model";

/** Files by name, without the folder that they came in. */
export type NamedFiles = Record<string, Uint8Array>;

export interface OpenedModel extends StoredModel {
  /** The file that says what its tokens are, where one lies beside the weights; else they are bytes, or a task's own. */
  vocabulary?: string;
}

/** Files that say what tokens are, as the trainer and transformers name them. */
const vocabularies = [
  "tokenizer.json",
  "spiece.model",
  "characters.json",
  "vocab.json",
  "merges.txt",
  "vocab.txt",
];

/**
 * @param where the folder's name, for messages
 * @throws InputError when something is missing, damaged or of another kind
 */
export async function openModel(named: NamedFiles, where: string): Promise<OpenedModel> {
  const vocabulary = vocabularies.find((name) => Object.hasOwn(named, name));
  return { ...(await readModel(named, where)), vocabulary };
}

async function readModel(named: NamedFiles, where: string): Promise<StoredModel> {
  const files: CheckpointFiles = {
    where,
    read: async (name) => (Object.hasOwn(named, name) ? named[name]! : null),
  };
  const tfjs = named["model.json"] ? await loadTfjs(files) : null;
  if (tfjs !== null) return tfjs;
  const config = named["config.json"];
  if (config === undefined) throw missing(where, "config.json");
  const options = parseObject(config, `${where}/config.json`);
  if ("model_type" in options) return loadTransformers(files);
  const weights = named["model.safetensors"];
  if (weights === undefined) throw missing(where, "model.safetensors");
  const { tensors } = decodeSafetensors(weights, `${where}/model.safetensors`);
  return {
    config: resolveConfig(options, `${where}/config.json`),
    state: Object.fromEntries(Object.entries(tensors).map(([name, stored]) => [name, widened(stored)])),
  };
}

function missing(where: string, name: string): InputError {
  return new InputError({
    field: where,
    given: `without ${name}`,
    allowed: "a checkpoint folder: config.json and model.safetensors, dropped together",
  });
}

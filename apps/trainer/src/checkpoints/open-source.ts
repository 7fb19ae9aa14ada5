/**
 * A model from wherever it is: a run or a checkpoint of this command, a folder or file of transformers, of tfjs, a checkpoint of
 * Trax, or a model on the hub.
 */
import type { Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import {
  type CheckpointFiles,
  createParameters,
  loadTfjs,
  loadTransformers,
  type Parameters,
  parseObject,
  type PositionChange,
  type StoredModel,
  tensorsFromState,
  withPositions,
} from "@reformer-ts/model";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isEncoderDecoder, shapesOf } from "../architecture/model-config";
import { type AnyStoredModel, openCheckpoint, readModel } from "../run/checkpoint";
import type { TrainerState } from "../run/trainer-state";
import { hubFiles, type HubOptions, isHubId } from "./hub";
import { folderFiles, readIfThere, weightsFile } from "./local-files";
import { tokenizerBeside } from "./tokenizer-beside";
import { loadTrax, traxPickle } from "./trax-source";

export interface Source {
  /** As it was named, or the checkpoint that was chosen. */
  path: string;
  /** How the run went that made it; null for weights that came from elsewhere. */
  state: TrainerState | null;
  model: AnyStoredModel;
  /** Null when nothing says what a token is. */
  tokenizer: Tokenizer | null;
}

/** A model that goes on with a sequence. */
export interface ReformerSource extends Source {
  model: StoredModel;
}

/**
 * @param path a folder, a file or a hub id; of a run the best checkpoint is taken
 * @throws InputError when there is no such thing, it is damaged or of another kind, or it translates
 */
export async function openSource(path: string, options: HubOptions = {}): Promise<ReformerSource> {
  const source = await openAnySource(path, options);
  const { config, state } = source.model;
  if (!isEncoderDecoder(config)) return { ...source, model: { config, state } };
  throw new InputError({
    field: "checkpoint",
    given: `${source.path}, a model that translates`,
    allowed:
      "one that goes on with a sequence; `reformer translate`, `reformer evaluate` and `reformer train --resume` take this one",
  });
}

/** The same for models of either kind. */
export async function openAnySource(path: string, options: HubOptions = {}): Promise<Source> {
  const pickle = traxPickle(path);
  if (pickle !== null) {
    return foreign(path, await loadTrax(pickle), folderFiles(dirname(pickle)));
  }
  const tfjs = existsSync(join(path, "model.json")) ? await loadTfjs(folderFiles(path)) : null;
  if (tfjs !== null) return foreign(path, tfjs, folderFiles(path));
  const files = await transformersFilesOf(path, options);
  if (files !== null) return foreign(path, await loadTransformers(files), files);
  const checkpoint = openCheckpoint(path);
  const { config, state } = checkpoint;
  const own = folderFiles(checkpoint.path);
  return {
    path: checkpoint.path,
    state,
    model: readModel(checkpoint),
    tokenizer: await tokenizerBeside(own, config, state?.tokenizer.type),
  };
}

/** The caller owns the parameters. */
export function sourceParameters({ path, model: { config, state } }: Source): Parameters {
  return createParameters(tensorsFromState(shapesOf(config), state, path));
}

/** The same with other position tables, where they were asked for. */
export function withPositionChange(source: ReformerSource, change: PositionChange): ReformerSource {
  return Object.keys(change).length === 0
    ? source
    : { ...source, model: withPositions(source.model, change) };
}

async function foreign(path: string, model: StoredModel, files: CheckpointFiles): Promise<Source> {
  return { path, state: null, model, tokenizer: await tokenizerBeside(files, model.config) };
}

/** Ours has no such key; what is damaged is for its reader to refuse. */
function isTheirs(config: Uint8Array): boolean {
  try {
    return "model_type" in parseObject(config, "config.json");
  } catch {
    return false;
  }
}

/** @returns null for what is a run or a checkpoint of this command, or is not there at all */
async function transformersFilesOf(path: string, options: HubOptions): Promise<CheckpointFiles | null> {
  if (existsSync(path)) {
    const isFolder = statSync(path).isDirectory();
    if (!isFolder && !/\.(bin|pt|pth|safetensors)$/.test(path)) {
      throw new InputError({
        field: "checkpoint",
        given: `${path}, a file`,
        allowed: "a folder, or a file ending in .safetensors, .bin, .pt, .pth, .pkl or .pkl.gz",
      });
    }
    const files = isFolder ? folderFiles(path) : weightsFile(path);
    const config = join(files.where, "config.json");
    const content = readIfThere(config);
    if (content === null) return isFolder ? null : files;
    return isTheirs(content) ? files : null;
  }
  const [owner = ""] = path.split("/");
  // Who mistypes the name of a run wants to hear that, not of a hub.
  return isHubId(path) && !existsSync(owner) ? hubFiles(path, options) : null;
}

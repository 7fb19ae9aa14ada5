/**
 * A checkpoint is a folder that explains itself: `config.json` (the model), `model.safetensors`, `optimizer.safetensors`
 * and `trainer.json` (how far, on what, and a checksum of each of the others).
 */
import { InputError } from "@reformer-ts/internal-checks";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Optimizer,
  type Parameters,
  createParameters,
  readParameters,
  type StoredTensor,
  tensorsFromState,
} from "@reformer-ts/model";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ModelConfig, resolveStored, shapesOf } from "../architecture/model-config";
import { removeFolder, removeUnfinished, writeFolderAtomically } from "./atomic";
import { type CheckpointFolder, checkpointsOf, checkpointPath, isRun, requireFolder } from "./folder";
import {
  checkWhole,
  parseJson,
  readState,
  type TrainerState,
  type TrainingProgress,
  writeState,
} from "./trainer-state";

const names = {
  config: "config.json",
  model: "model.safetensors",
  optimizer: "optimizer.safetensors",
  state: "trainer.json",
} as const;

export interface Checkpoint {
  path: string;
  config: ModelConfig;
  /** Null for weights that came from elsewhere. */
  state: TrainerState | null;
}

/** A model of either kind as files hold it, as `StoredModel` is one of a Reformer. */
export interface AnyStoredModel {
  config: ModelConfig;
  state: Record<string, StoredTensor>;
}

/**
 * Writes `step-…` into the run's folder, whole or not at all.
 *
 * @throws InputError when a weight is not finite, or the disk is full or read-only
 */
export async function saveCheckpoint(
  run: string,
  config: ModelConfig,
  {
    parameters,
    optimizer,
    files: others = {},
  }: {
    parameters: Parameters;
    optimizer: Optimizer;
    /** What else belongs to the weights, such as a tokenizer. */
    files?: Record<string, Uint8Array>;
  },
  progress: TrainingProgress,
): Promise<string> {
  const weights = await readParameters(parameters);
  requireFinite(weights, progress.step);
  const path = checkpointPath(run, progress.step);
  const files = {
    ...others,
    [names.config]: Buffer.from(`${JSON.stringify(config, null, 2)}\n`),
    [names.model]: encodeSafetensors(weights, { format: "reformer-ts" }),
    [names.optimizer]: encodeSafetensors(await readParameters(optimizer.moments), {
      step: String(optimizer.step),
    }),
  };
  writeFolderAtomically(path, { ...files, [names.state]: writeState(progress, files) });
  return path;
}

/**
 * The checkpoint that a user means: the folder itself, or a run's best or newest one.
 *
 * @throws InputError when there is none, or its small files are not right; weights are not looked at yet
 */
export function openCheckpoint(
  path: string,
  { prefer = "best", field = "checkpoint" }: { prefer?: "best" | "newest"; field?: string } = {},
): Checkpoint {
  requireFolder(path, field, "the folder of a run or of one of its checkpoints");
  if (existsSync(join(path, names.config))) return readSmallFiles(path);
  const all = checkpointsOf(path);
  if (all.length === 0) {
    throw new InputError({
      field,
      given: isRun(path)
        ? `${path}, a run without a checkpoint yet`
        : `${path}, which holds no ${names.config}`,
      allowed: "the folder of a run or of one of its checkpoints",
    });
  }
  return readSmallFiles((prefer === "newest" ? all.at(-1)! : bestOf(all)).path);
}

/** @throws InputError when the weights are missing or damaged */
export function readModel({ path, config, state }: Checkpoint): AnyStoredModel {
  return { config, state: readTensors(join(path, names.model), names.model, state) };
}

/** @throws InputError when the weights are missing, damaged or do not fit the config; the caller owns the parameters */
export function loadParameters(checkpoint: Checkpoint): Parameters {
  const { config, state } = readModel(checkpoint);
  return createParameters(tensorsFromState(shapesOf(config), state, join(checkpoint.path, names.model)));
}

/** @throws InputError when the optimizer's file is missing, damaged or of other weights */
export function loadOptimizer({ path, state }: Checkpoint, optimizer: Optimizer): void {
  const file = join(path, names.optimizer);
  const { moments } = optimizer;
  const shapes = Object.fromEntries(moments.names().map((name) => [name, moments.get(name).shape]));
  optimizer.restore(
    state?.step ?? 0,
    tensorsFromState(shapes, readTensors(file, names.optimizer, state), file),
  );
}

/**
 * Removes all but the newest `keep` checkpoints and the best one, and what killed trainers left unfinished.
 *
 * @throws InputError when a checkpoint's small files are damaged
 */
export function pruneCheckpoints(run: string, keep: number): void {
  removeUnfinished(run);
  const all = checkpointsOf(run);
  const best = all.length > keep ? bestOf(all) : null;
  for (const checkpoint of all.slice(0, -keep)) {
    if (checkpoint !== best) removeFolder(checkpoint.path);
  }
}

/** The one with the lowest held-out figure; without figures, the newest. */
function bestOf(all: readonly CheckpointFolder[]): CheckpointFolder {
  const figures = all.map(({ path }) => readSmallFiles(path).state?.heldOut ?? Infinity);
  return all[figures.lastIndexOf(Math.min(...figures))]!;
}

function readSmallFiles(path: string): Checkpoint {
  const read = (name: string) => readSmall(join(path, name));
  const config = resolveStored(
    parseJson(read(names.config), join(path, names.config)),
    join(path, names.config),
  );
  const foreign = !existsSync(join(path, names.state));
  return { path, config, state: foreign ? null : readState(read(names.state), join(path, names.state)) };
}

function readSmall(path: string): string {
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size > 1 << 20)
    throw new InputError({ field: path, given: `${size} bytes long`, allowed: "at most 1 MB" });
  return new TextDecoder().decode(readExisting(path));
}

function readTensors(file: string, name: string, state: TrainerState | null): Record<string, StoredTensor> {
  const bytes = readExisting(file);
  if (state !== null) checkWhole(state, name, bytes, file);
  return decodeSafetensors(bytes, file).tensors;
}

function readExisting(path: string): Uint8Array {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new InputError({
      field: path,
      given: existsSync(path) ? "no file" : "missing",
      allowed: "there: a checkpoint is a whole folder",
    });
  }
  const bytes = readFileSync(path);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function requireFinite(weights: Record<string, StoredTensor>, step: number): void {
  for (const [name, { data }] of Object.entries(weights)) {
    if (!(data as Float32Array).every(Number.isFinite)) {
      throw new InputError({
        field: `${name} after step ${step}`,
        given: "not finite everywhere",
        allowed:
          "made of numbers: nothing was saved over the last good checkpoint; try a lower --learning-rate, or --clip-norm 1",
      });
    }
  }
}

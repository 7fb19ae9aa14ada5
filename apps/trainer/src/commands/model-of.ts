/** From a folder to a model that runs, with what is to be said about it. */
import { createReformer, type Reformer } from "@reformer-ts/model";
import { openBackend } from "../backend";
import { type Checkpoint, loadParameters, openCheckpoint } from "../run/checkpoint";
import { dim, type Terminal } from "../terminal";
import { requireRun } from "./shared";

export interface OpenedModel {
  model: Reformer;
  checkpoint: Checkpoint;
  dispose(): void;
}

/**
 * @param path a run, of which the best checkpoint is taken, or a checkpoint; by default the newest run
 * @throws InputError when the checkpoint or the backend is not right
 */
export async function openModel(
  terminal: Terminal,
  path: string | undefined,
  { backend }: { backend: string },
): Promise<OpenedModel> {
  const checkpoint = openCheckpoint(requireRun(path));
  const opened = await openBackend(backend, { log: (line) => terminal.err(`${line}\n`) });
  const parameters = loadParameters(checkpoint);
  terminal.err(`${dim(terminal, `${checkpoint.path} on ${opened.label}`)}\n`);
  return { model: createReformer(checkpoint.config, parameters), checkpoint, dispose: parameters.dispose };
}

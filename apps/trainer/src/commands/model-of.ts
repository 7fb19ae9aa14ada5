/** From a folder, a file or a hub id to a model that runs, with what is to be said about it. */
import type { Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { createReformer, type Reformer } from "@reformer-ts/model";
import { learnerOf } from "../architecture/learner-of";
import type { Learner } from "../architecture/learner";
import { openBackend } from "../backend";
import {
  openAnySource,
  openSource,
  type ReformerSource,
  type Source,
  sourceParameters,
} from "../checkpoints/open-source";
import { dim, type Terminal } from "../terminal";
import { requireRun } from "./shared";

export interface OpenedModel {
  model: Reformer;
  checkpoint: ReformerSource;
  dispose(): void;
}

/** @throws InputError when nothing says which text a token is */
export function requireTokenizer({ path, tokenizer, model }: Source): Tokenizer {
  if (tokenizer !== null) return tokenizer;
  throw new InputError({
    field: path,
    given: `a model of ${model.config.vocabSize} tokens without a tokenizer`,
    allowed: "with tokenizer.json or spiece.model beside it",
  });
}

export interface OpenedLearner {
  learner: Learner;
  checkpoint: Source;
  dispose(): void;
}

/**
 * A model of either kind, to be measured.
 *
 * @param path as for {@link openModel}
 * @throws InputError when the checkpoint or the backend is not right
 */
export async function openLearner(
  terminal: Terminal,
  path: string | undefined,
  { backend, numHashes }: { backend: string; numHashes?: number | undefined },
): Promise<OpenedLearner> {
  const log = (line: string) => terminal.err(`${line}\n`);
  const checkpoint = await openAnySource(requireRun(path), { log });
  const opened = await openBackend(backend, { log });
  const parameters = sourceParameters(checkpoint);
  log(dim(terminal, `${checkpoint.path} on ${opened.label}`));
  const rounds = numHashes === undefined ? {} : { numHashes };
  const learner = learnerOf({ ...checkpoint.model.config, ...rounds }, parameters);
  return { learner, checkpoint, dispose: parameters.dispose };
}

/**
 * @param path a run, of which the best checkpoint is taken, or a checkpoint; by default the newest run
 * @throws InputError when the checkpoint or the backend is not right, or the model translates
 */
export async function openModel(
  terminal: Terminal,
  path: string | undefined,
  { backend }: { backend: string },
): Promise<OpenedModel> {
  const log = (line: string) => terminal.err(`${line}\n`);
  const checkpoint = await openSource(requireRun(path), { log });
  const opened = await openBackend(backend, { log });
  const parameters = sourceParameters(checkpoint);
  terminal.err(`${dim(terminal, `${checkpoint.path} on ${opened.label}`)}\n`);
  return {
    model: createReformer(checkpoint.model.config, parameters),
    checkpoint,
    dispose: parameters.dispose,
  };
}

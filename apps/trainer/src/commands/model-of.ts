/** From a folder, a file or a hub id to a model that runs, with what is to be said about it. */
import type { Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import { createReformer, type Reformer } from "@reformer-ts/model";
import { openBackend } from "../backend";
import { openSource, type Source, sourceParameters } from "../checkpoints/open-source";
import { dim, type Terminal } from "../terminal";
import { requireRun } from "./shared";

export interface OpenedModel {
  model: Reformer;
  checkpoint: Source;
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

/**
 * @param path a run, of which the best checkpoint is taken, or a checkpoint; by default the newest run
 * @throws InputError when the checkpoint or the backend is not right
 */
export async function openModel(
  terminal: Terminal,
  path: string | undefined,
  { backend, numHashes }: { backend: string; numHashes?: number | undefined },
): Promise<OpenedModel> {
  const log = (line: string) => terminal.err(`${line}\n`);
  const checkpoint = await openSource(requireRun(path), { log });
  const opened = await openBackend(backend, { log });
  const parameters = sourceParameters(checkpoint);
  terminal.err(`${dim(terminal, `${checkpoint.path} on ${opened.label}`)}\n`);
  return {
    model: createReformer(
      { ...checkpoint.model.config, ...(numHashes === undefined ? {} : { numHashes }) },
      parameters,
    ),
    checkpoint,
    dispose: parameters.dispose,
  };
}

/** A checkpoint of Trax on the disk, and what must be told beside it. */
import { InputError } from "@reformer-ts/internal-checks";
import {
  modelFromTrax,
  parse,
  parseObject,
  readTraxFile,
  reformerSchema,
  type ReformerOptions,
  type StoredModel,
  weightsBeside,
} from "@reformer-ts/model";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readIfThere } from "./local-files";

/** The pickle that is meant by a path: the file itself, or the one in a folder that Trax trained into; null for others. */
export function traxPickle(path: string): string | null {
  if (/\.pkl(\.gz)?$/.test(path)) return existsSync(path) ? path : null;
  const inside = join(path, "model.pkl.gz");
  return existsSync(inside) ? inside : null;
}

/**
 * What Trax does not save is read from a JSON file of the same name (`model.json` beside `model.pkl.gz`), or `config.json`:
 * keys of our configuration, such as `{ "chunkLength": 64 }`.
 *
 * @throws InputError when a file is damaged or asks for code, or too little is told
 */
export async function loadTrax(path: string): Promise<StoredModel> {
  const where = basename(path);
  const folder = dirname(path);
  const weights = await readTraxFile(readIfThere(path)!, {
    where,
    beside: () => Promise.resolve(readIfThere(join(folder, weightsBeside(where)))),
  });
  const candidates = [where.replace(/\.pkl(\.gz)?$/, ".json"), "config.json"].map((name) =>
    join(folder, name),
  );
  const told = candidates.find((candidate) => existsSync(candidate));
  try {
    return modelFromTrax(weights, told === undefined ? {} : readOptions(told), path);
  } catch (error) {
    if (!(told === undefined && error instanceof Error && /not known/.test(error.message))) throw error;
    const { field, given } = error as InputError;
    throw new InputError(
      { field, given, allowed: `told in ${candidates[0]}, such as {"chunkLength": 64}` },
      { cause: error },
    );
  }
}

/** Only what is written: defaults are for the model to choose, from Trax' habits. */
function readOptions(path: string): ReformerOptions {
  const given = parseObject(readIfThere(path)!, path);
  parse(reformerSchema, given, path);
  return given as ReformerOptions;
}

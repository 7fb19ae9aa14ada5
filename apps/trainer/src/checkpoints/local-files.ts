/** The files of a checkpoint in a folder. */
import { InputError } from "@reformer-ts/internal-checks";
import type { CheckpointFiles } from "@reformer-ts/model";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export function folderFiles(folder: string): CheckpointFiles {
  return { where: folder, read: (name) => Promise.resolve(readIfThere(join(folder, name))) };
}

/** A folder of which one file is named: its weights are these and no others, whatever they are called. */
export function weightsFile(path: string): CheckpointFiles {
  const folder = dirname(path);
  const standard = path.endsWith(".safetensors") ? "model.safetensors" : "pytorch_model.bin";
  return {
    where: folder,
    read(name) {
      if (name === standard) return Promise.resolve(readIfThere(path));
      const isWeights = /^(model\.safetensors|pytorch_model\.bin)/.test(name);
      return Promise.resolve(isWeights ? null : readIfThere(join(folder, name)));
    },
  };
}

/** @throws InputError when there is something of this name that cannot be read */
export function readIfThere(path: string): Uint8Array | null {
  if (!existsSync(path)) return null;
  if (!statSync(path).isFile())
    throw new InputError({ field: path, given: "a folder", allowed: `a file, ${basename(path)}` });
  const bytes = readFileSync(path);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * TensorFlow.js' own format: `model.json` with a weights manifest, and the values in `weights.bin`. tfjs' loaders read
 * the tensors by name; the configuration stands in `userDefinedMetadata`, where tfjs keeps what is the user's.
 */
import { InputError } from "@reformer-ts/internal-checks";
import { resolveConfig } from "../config";
import { type CheckpointFiles, parseObject } from "./checkpoint-files";
import type { StoredTensor } from "./safetensors";
import type { StoredModel } from "./stored-model";

const weightsName = "weights.bin";

/** The files of a model, `model.json` and `weights.bin`. */
export function tfjsFiles({ config, state }: StoredModel): Record<string, Uint8Array> {
  const entries = Object.entries(state);
  const weights = new Uint8Array(entries.reduce((total, [, { data }]) => total + data.byteLength, 0));
  let at = 0;
  for (const [, { data }] of entries) {
    weights.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const model = {
    format: "reformer-ts",
    userDefinedMetadata: { config },
    weightsManifest: [
      {
        paths: [weightsName],
        weights: entries.map(([name, { shape }]) => ({ name, shape, dtype: "float32" })),
      },
    ],
  };
  return {
    "model.json": new TextEncoder().encode(`${JSON.stringify(model, null, 2)}\n`),
    [weightsName]: weights,
  };
}

/**
 * Reads what {@link tfjsFiles} wrote.
 *
 * @returns null when there is no `model.json` of this kind
 * @throws InputError when the files are damaged
 */
export async function loadTfjs(files: CheckpointFiles): Promise<StoredModel | null> {
  const json = await files.read("model.json");
  if (json === null) return null;
  const where = `${files.where}/model.json`;
  const { format, userDefinedMetadata, weightsManifest } = parseObject(json, where);
  if (format !== "reformer-ts") return null;
  const { config } = Object(userDefinedMetadata) as { config?: unknown };
  const bytes = await files.read(weightsName);
  if (bytes === null) {
    throw new InputError({
      field: `${files.where}/${weightsName}`,
      given: "missing",
      allowed: "there, as model.json says",
    });
  }
  return {
    config: resolveConfig(config, `${where}: config`),
    state: readWeights(weightsManifest, bytes, where),
  };
}

function readWeights(manifest: unknown, bytes: Uint8Array, where: string): Record<string, StoredTensor> {
  const state: Record<string, StoredTensor> = Object.create(null);
  let at = 0;
  for (const { name, shape } of weightEntries(manifest, where)) {
    const size = shape.reduce((a, b) => a * b, 4);
    if (at + size > bytes.length) break;
    state[name] = {
      dtype: "F32",
      shape,
      data: new Float32Array(new Uint8Array(bytes.subarray(at, at + size)).buffer),
    };
    at += size;
  }
  if (at !== bytes.length || Object.keys(state).length !== weightEntries(manifest, where).length) {
    throw new InputError({
      field: `${where}: weightsManifest`,
      given: `other than the ${bytes.length} bytes of ${weightsName}`,
      allowed: "the tensors in that file, all of them (it may have been cut short)",
    });
  }
  return state;
}

function weightEntries(manifest: unknown, where: string): { name: string; shape: number[] }[] {
  const [group] = Array.isArray(manifest) ? (manifest as unknown[]) : [];
  const { weights } = Object(group) as { weights?: unknown };
  const isEntry = (entry: unknown) => {
    const { name, shape, dtype } = Object(entry) as Record<string, unknown>;
    const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
    return typeof name === "string" && dtype === "float32" && Array.isArray(shape) && shape.every(isSize);
  };
  if (Array.isArray(weights) && weights.every(isEntry)) return weights as { name: string; shape: number[] }[];
  throw new InputError({
    field: `${where}: weightsManifest`,
    given: "of another form",
    allowed: "one group of float32 weights with names and shapes",
  });
}

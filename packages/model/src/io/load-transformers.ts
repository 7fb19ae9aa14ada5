/** A checkpoint of transformers: `config.json`, and weights in whichever of its formats they are there. */
import { InputError } from "@reformer-ts/internal-checks";
import { type CheckpointFiles, parseObject } from "./checkpoint-files";
import { widened } from "./half-precision";
import { decodeSafetensors, type StoredTensor } from "./safetensors";
import type { StoredModel } from "./stored-model";
import { readTorchFile } from "./torch-file";
import { configFromTransformers } from "./transformers-config";
import { stateFromTransformers } from "./transformers-names";

type Decode = (file: Uint8Array, where: string) => Record<string, StoredTensor>;

/** In the order in which they are looked for. */
const formats: readonly { file: string; decode: Decode }[] = [
  { file: "model.safetensors", decode: (file, where) => decodeSafetensors(file, where).tensors },
  { file: "pytorch_model.bin", decode: readTorchFile },
];

/** More parts than any checkpoint of a Reformer needs. */
const mostShards = 1000;

/**
 * Reads a folder in transformers' format: `config.json`, and weights in safetensors or as torch saves them, whole or
 * in shards.
 *
 * @returns the model, its weights widened to F32; what the file has beyond the model is left out
 * @throws InputError when a file is missing or damaged, or the config asks for what this package cannot do
 */
export async function loadTransformers(files: CheckpointFiles): Promise<StoredModel> {
  const configName = `${files.where}/config.json`;
  const configFile = await files.read("config.json");
  if (configFile === null)
    throw new InputError({ field: configName, given: "missing", allowed: "there, beside the weights" });
  const theirs = withPrefix(await readWeights(files));
  const headBias = theirs["lm_head.decoder.bias"] !== undefined;
  const config = configFromTransformers(parseObject(configFile, configName), { headBias }, configName);
  return { config, state: stateFromTransformers(config, theirs) };
}

async function readWeights(files: CheckpointFiles): Promise<Record<string, StoredTensor>> {
  for (const { file, decode } of formats) {
    const whole = await files.read(file);
    if (whole !== null) return widenAll(decode(whole, `${files.where}/${file}`));
    const index = await files.read(`${file}.index.json`);
    if (index === null) continue;
    const tensors: Record<string, StoredTensor> = Object.create(null);
    for (const shard of shardsOf(index, `${files.where}/${file}.index.json`)) {
      const bytes = await files.read(shard);
      if (bytes === null)
        throw new InputError({
          field: `${files.where}/${shard}`,
          given: "missing",
          allowed: `there, as ${file}.index.json says`,
        });
      Object.assign(tensors, widenAll(decode(bytes, `${files.where}/${shard}`)));
    }
    return tensors;
  }
  throw new InputError({
    field: files.where,
    given: "without weights",
    allowed: `with ${formats.map(({ file }) => file).join(" or ")}, whole or in parts`,
  });
}

/** The parts that an index lists. A part lies beside its index: its name may not lead elsewhere. */
function shardsOf(index: Uint8Array, where: string): string[] {
  const { weight_map: map } = parseObject(index, where);
  const shards = new Set(Object.values(Object(map) as object));
  const isName = (shard: unknown) => typeof shard === "string" && /^[\w-][\w.-]*$/.test(shard);
  if (shards.size > 0 && shards.size <= mostShards && [...shards].every(isName))
    return [...shards] as string[];
  throw new InputError({
    field: `${where}: weight_map`,
    given: shards.size > 0 ? `naming ${[...shards].slice(0, 3).map(String).join(", ")}` : "empty",
    allowed: "a map from tensors to files beside it",
  });
}

/** A body saved alone (`ReformerModel`) leaves out the prefix that it has inside a model with a head. */
function withPrefix(theirs: Record<string, StoredTensor>): Record<string, StoredTensor> {
  const names = Object.keys(theirs);
  if (names.some((name) => name.startsWith("reformer."))) return theirs;
  return Object.fromEntries(
    names.map((name) => [/^(embeddings|encoder)\./.test(name) ? `reformer.${name}` : name, theirs[name]!]),
  );
}

function widenAll(tensors: Record<string, StoredTensor>): Record<string, StoredTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, stored]) => [name, widened(stored)]));
}

/**
 * The weights in a checkpoint of Trax, as the flat list in which Trax keeps them.
 *
 * Three layouts: since March 2021 the pickle holds a number where the weights were, and they stand beside it as arrays
 * one after another; from 2020 the pickle holds the list; before, nested tuples. All are gzipped.
 */
import { InputError } from "@reformer-ts/internal-checks";
import { gunzip, isGzip } from "./gunzip";
import { widened } from "./half-precision";
import { readNpyStream } from "./npy-stream";
import { isArray, numpyMakers } from "./pickle/numpy-makers";
import { readPickle } from "./pickle/read-pickle";
import { entryOf, itemsOf, type PickleValue } from "./pickle/values";
import type { StoredTensor } from "./safetensors";

/** Objects that stand in these files beside the weights, and that nobody here needs. */
const skipped = ["trax.supervised.history.History", "trax.shapes.ShapeDtype", "builtins.list"];

/** More than any model has, and few enough to walk through. */
const mostTensors = 100_000;

/**
 * Reads the weights of a checkpoint of Trax; nothing in it is run.
 *
 * @param file bytes of a `.pkl.gz` or `.pkl`
 * @param options.where the file's name, for messages
 * @param options.beside reads `….weights.npy.gz`, for layouts that keep weights there; null when it is missing
 * @returns the weights, F32, depth first
 * @throws InputError when the file is damaged, asks for code, or holds no weights
 */
export async function readTraxFile(
  file: Uint8Array,
  { where, beside }: { where: string; beside: () => Promise<Uint8Array | null> },
): Promise<StoredTensor[]> {
  const bytes = isGzip(file) ? await gunzip(file, where) : file;
  const { value } = readPickle(bytes, { where, makers: numpyMakers, skipped });
  const weights = entryOf(value, "flat_weights") ?? entryOf(value, "weights");
  const tensors =
    typeof weights === "number" ? await readBeside(where, beside) : flatten(weights ?? null, where);
  return tensors.map((tensor) => toFloats(tensor, where));
}

/** `model.weights.npy.gz` beside `model.pkl.gz`. */
export function weightsBeside(name: string): string {
  return name.replace(/\.pkl(\.gz)?$/, "") + ".weights.npy.gz";
}

async function readBeside(where: string, beside: () => Promise<Uint8Array | null>) {
  const name = weightsBeside(where);
  const packed = await beside();
  if (packed === null) {
    throw new InputError({
      field: name,
      given: "missing",
      allowed: `beside ${where}, which keeps its weights there`,
    });
  }
  return readNpyStream(isGzip(packed) ? await gunzip(packed, name) : packed, name);
}

/** Depth first; empty tuples vanish. */
function flatten(weights: PickleValue, where: string): StoredTensor[] {
  const found: StoredTensor[] = [];
  const refuse = (given: string): never => {
    throw new InputError({
      field: where,
      given,
      allowed: "a checkpoint of Trax, a dictionary with flat_weights or weights",
    });
  };
  // A list may contain itself, or one list a thousand times: steps are counted, not only what is found.
  let steps = 0;
  const visit = (value: PickleValue, depth: number) => {
    if (++steps > mostTensors || depth > 100) refuse("a maze of lists");
    if (isArray(value)) {
      found.push(value.tensor ?? refuse("with an array that was never filled"));
      return;
    }
    const items = itemsOf(value);
    if (items !== null) for (const item of items) visit(item, depth + 1);
    else if (value !== null || depth === 0) refuse("without weights");
  };
  visit(weights, 0);
  return found.length > 0 ? found : refuse("without weights");
}

/** Trax writes bfloat16 as the whole numbers of the same bits. */
function toFloats(tensor: StoredTensor, where: string): StoredTensor {
  const wide = widened(tensor.dtype === "U16" ? { ...tensor, dtype: "BF16" } : tensor);
  if (wide.dtype === "F32") return wide;
  throw new InputError({
    field: where,
    given: `with weights of type ${tensor.dtype}`,
    allowed: "of F32, F16, BF16 or F64",
  });
}

/**
 * PyTorch's `.bin`, `.pt` and `.pth`: a state dict, read without PyTorch and without running what is in it.
 *
 * Since 1.6 such a file is a zip archive: a pickle that names storages by key, and one file of raw numbers per key. Before,
 * it was five pickles and the storages one after another. Both are little-endian on every machine that trains.
 *
 * @see torch/serialization.py of PyTorch
 */
import { InputError } from "@reformer-ts/internal-checks";
import { byteCursor } from "./byte-cursor";
import { type Maker, readPickle } from "./pickle/read-pickle";
import { type Numbers, numbersOf, stridedTensor } from "./strided";
import { numpyMakers } from "./pickle/numpy-makers";
import { entryOf, isMade, itemsOf, type Made, PickleName, type PickleValue } from "./pickle/values";
import { arraysByType, type StoredTensor, type StoredType } from "./safetensors";
import { isZip, unzip } from "./unzip";

/**
 * Reads a state dict that torch saved; nothing in it is run.
 *
 * @param where the file's name, for messages
 * @returns every tensor of the state dict, as stored
 * @throws InputError when the file is damaged, asks for code, or holds something else than tensors by name
 */
export function readTorchFile(file: Uint8Array, where: string): Record<string, StoredTensor> {
  return isZip(file) ? readArchive(file, where) : readLegacy(file, where);
}

/** Numbers that tensors are views of. Their bytes may come later than their name. */
interface Storage extends Made {
  readonly kind: "storage";
  readonly key: string;
  readonly type: StoredType;
  /** In numbers. */
  readonly size: number;
}

interface TensorView extends Made {
  readonly kind: "tensor";
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

const storageTypes: Readonly<Record<string, StoredType>> = {
  "torch.FloatStorage": "F32",
  "torch.DoubleStorage": "F64",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

const rebuildTensor: Maker = ([storage, offset, shape, strides], refuse) => {
  const sizes = [itemsOf(shape), itemsOf(strides)];
  const areSizes = sizes.every((list) => list?.every((size) => typeof size === "number"));
  if (!isStorage(storage) || typeof offset !== "number" || !areSizes)
    return refuse("with a tensor that has no storage, offset, shape or strides");
  const [numbers, steps] = sizes as [number[], number[]];
  const view: TensorView = { kind: "tensor", storage, offset, shape: numbers, strides: steps };
  return view;
};

const makers: Readonly<Record<string, Maker>> = {
  ...numpyMakers,
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_tensor": rebuildTensor,
  // A parameter is its tensor.
  "torch._utils._rebuild_parameter": ([tensor]) => tensor ?? null,
};

const isStorage = (value: PickleValue | undefined): value is Storage =>
  isMade(value) && value.kind === "storage";
const isView = (value: PickleValue | undefined): value is TensorView =>
  isMade(value) && value.kind === "tensor";

/** `("storage", type, key, device, size, …)` */
function persistentStorage(id: PickleValue, refuse: (given: string) => never): Storage {
  const [word, type, key, , size] = itemsOf(id) ?? [];
  const path = type instanceof PickleName ? type.path : "";
  if (word !== "storage" || typeof key !== "string" || typeof size !== "number")
    return refuse("with a storage that has no key or size");
  if (!Object.hasOwn(storageTypes, path)) return refuse(`with numbers of type ${path || "unknown"}`);
  return { kind: "storage", key, type: storageTypes[path]!, size };
}

function readArchive(file: Uint8Array, where: string): Record<string, StoredTensor> {
  const entries = unzip(file, where);
  const pickle = Object.keys(entries).find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw notStateDict(where, "a zip archive without data.pkl");
  const folder = pickle.slice(0, -"data.pkl".length);
  if (entries[`${folder}byteorder`] && new TextDecoder().decode(entries[`${folder}byteorder`]) !== "little")
    throw notStateDict(where, "written by a big-endian machine");
  const { value } = readPickle(entries[pickle]!, { where, makers, persistent: persistentStorage });
  return collect(stateDictOf(value), where, ({ key }) => entries[`${folder}data/${key}`]);
}

const legacyMagic = 0x1950a86a20f9469cfc6cn;

function readLegacy(file: Uint8Array, where: string): Record<string, StoredTensor> {
  const first = readPickleOr(file, where, 0);
  if (first.value !== legacyMagic) throw notStateDict(where, "no file of PyTorch");
  let at = first.end;
  // Protocol version and machine; they say nothing that the rest does not.
  for (let i = 0; i < 2; i++) at = readPickle(file, { where, makers, start: at }).end;
  const saved = readPickle(file, { where, makers, persistent: persistentStorage, start: at });
  const keys = readPickle(file, { where, makers, start: saved.end });
  const stateDict = stateDictOf(saved.value);
  const cursor = byteCursor(file, where, "a whole file of PyTorch", keys.end);
  const used = [...viewsOf(stateDict, where).values()].map(({ storage }) => [storage.key, storage] as const);
  const byKey = new Map(used);
  const storages = new Map<string, Uint8Array>();
  for (const key of itemsOf(keys.value) ?? []) {
    const found = typeof key === "string" ? byKey.get(key) : undefined;
    if (found === undefined) throw notStateDict(where, "listing a storage that no tensor uses");
    const count = cursor.uint64();
    storages.set(key as string, cursor.bytes(count * arraysByType[found.type].BYTES_PER_ELEMENT));
  }
  return collect(stateDict, where, ({ key }) => storages.get(key));
}

/** Trainers save more than the state dict, and put it under a name. */
function stateDictOf(value: PickleValue): PickleValue {
  const inner = entryOf(value, "state_dict") ?? entryOf(value, "model");
  return inner instanceof Map ? inner : value;
}

/** What begins as no pickle is not called a damaged one: it is something else. */
function readPickleOr(file: Uint8Array, where: string, start: number) {
  if (file[start] !== 0x80) throw notStateDict(where, "no file of PyTorch");
  return readPickle(file, { where, makers, start });
}

function viewsOf(value: PickleValue, where: string): Map<string, TensorView> {
  if (!(value instanceof Map)) throw notStateDict(where, "no dictionary");
  const views = new Map<string, TensorView>();
  for (const [name, entry] of value) {
    if (typeof name !== "string" || !isView(entry))
      throw notStateDict(where, `with ${JSON.stringify(String(name))}, which is no tensor`);
    views.set(name, entry);
  }
  return views;
}

function collect(
  value: PickleValue,
  where: string,
  bytesOf: (storage: Storage) => Uint8Array | undefined,
): Record<string, StoredTensor> {
  const numbers = new Map<string, Numbers>();
  const tensors: Record<string, StoredTensor> = Object.create(null);
  for (const [name, view] of viewsOf(value, where)) {
    const { storage } = view;
    const bytes = bytesOf(storage);
    const size = storage.size * arraysByType[storage.type].BYTES_PER_ELEMENT;
    // Two types may claim the same bytes.
    const place = `${storage.type} ${storage.key}`;
    const known = numbers.get(place);
    const found = known ?? (bytes?.length === size ? numbersOf(storage.type, bytes) : null);
    if (found) numbers.set(place, found);
    const tensor = found && stridedTensor(storage.type, found, view);
    if (!tensor) {
      throw new InputError({
        field: `${where}: ${name}`,
        given: `${storage.size} numbers, of which ${bytes?.length ?? 0} bytes are there, seen as [${view.shape.join(", ")}]`,
        allowed: "inside the file (it may have been cut short)",
      });
    }
    tensors[name] = tensor;
  }
  return tensors;
}

function notStateDict(where: string, given: string): InputError {
  return new InputError({
    field: where,
    given,
    allowed: "a state dict of PyTorch, tensors by name and nothing else",
  });
}

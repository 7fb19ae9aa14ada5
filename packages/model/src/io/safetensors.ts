/**
 * The safetensors format: eight bytes of header size, a JSON header, raw little-endian values. Nothing in a file is
 * ever executed, and every size in the header is checked against the file before it is believed: tensors must fill the file
 * without gap or overlap, as the format demands, so that no two readers see different weights.
 */
import { InputError } from "@reformer-ts/internal-checks";

/** By type, the typed array that holds its values. */
export const arraysByType = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  I64: BigInt64Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  BOOL: Uint8Array,
} as const;

export type StoredType = keyof typeof arraysByType;

export interface StoredTensor {
  dtype: StoredType;
  shape: number[];
  /** As stored: half precision as the 16-bit patterns it is made of. */
  data: InstanceType<(typeof arraysByType)[StoredType]>;
}

export interface Safetensors {
  tensors: Record<string, StoredTensor>;
  metadata: Record<string, string>;
}

/** The one key of the header that is no tensor. */
const metadataName = "__metadata__";

/** As much as the format's reference reader accepts. */
const longestHeader = 100_000_000;

/** Writes tensors as a safetensors file. */
export function encodeSafetensors(
  tensors: Record<string, StoredTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces so that the values begin at a multiple of eight.
  const headerSize = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerSize + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerSize), true);
  file.fill(0x20, 8, 8 + headerSize);
  file.set(text, 8);
  let at = 8 + headerSize;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file; its tensors are copies.
 *
 * @param where the file's name, for messages
 * @throws InputError when the bytes are no safetensors file, or one that was cut short
 */
export function decodeSafetensors(file: Uint8Array, where: string): Safetensors {
  const header = readHeader(file, where);
  const values = file.subarray(8 + header.size);
  const { [metadataName]: metadata = {}, ...entries } = header.entries;
  const tensors: Record<string, StoredTensor> = Object.create(null);
  for (const [name, entry] of Object.entries(entries))
    tensors[name] = readTensor(`${where}: ${name}`, entry, values);
  requireFilled(entries, values.length, where);
  return { tensors, metadata: readMetadata(metadata, where) };
}

/** Whether each tensor begins where the one before it ends. */
function requireFilled(entries: Record<string, unknown>, length: number, where: string): void {
  const parts = Object.entries(entries).map(([name, entry]) => {
    const [begin, end] = (entry as { data_offsets: [number, number] }).data_offsets;
    return { name, begin, end };
  });
  let filled = 0;
  for (const { name, begin, end } of parts.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) {
      throw new InputError({
        field: `${where}: ${name}`,
        given: `at byte ${begin}, where ${filled} bytes are taken`,
        allowed: "right after the tensor before it, without gap or overlap",
      });
    }
    filled = end;
  }
  if (filled !== length) {
    throw new InputError({
      field: where,
      given: `a file with ${length - filled} bytes that belong to no tensor`,
      allowed: "filled by its tensors",
    });
  }
}

function readMetadata(metadata: unknown, where: string): Record<string, string> {
  const isMap = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  if (isMap && Object.values(metadata).every((value) => typeof value === "string"))
    return { ...(metadata as Record<string, string>) };
  throw new InputError({
    field: `${where}: ${metadataName}`,
    given: JSON.stringify(metadata).slice(0, 60),
    allowed: "a map from words to words",
  });
}

function readHeader(file: Uint8Array, where: string): { size: number; entries: Record<string, unknown> } {
  const refuse = (given: string, allowed: string) => new InputError({ field: where, given, allowed });
  if (file.length < 8) throw refuse(`${file.length} bytes long`, "a safetensors file, which has at least 8");
  const size = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (size > longestHeader || 8 + size > file.length) {
    throw refuse(
      `${file.length} bytes long with a header of ${size}`,
      "a whole safetensors file (it was cut short, or it is something else)",
    );
  }
  let entries: unknown;
  try {
    entries = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, 8 + size)));
  } catch {
    entries = null;
  }
  if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
    throw refuse("a file whose header is not a JSON object", "a safetensors file");
  }
  return { size, entries: entries as Record<string, unknown> };
}

function readTensor(field: string, entry: unknown, values: Uint8Array): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(arraysByType, dtype)) {
    throw new InputError({
      field,
      given: `of type ${JSON.stringify(dtype)}`,
      allowed: `one of ${Object.keys(arraysByType).join(", ")}`,
    });
  }
  const array = arraysByType[dtype as StoredType];
  const isSize = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const [begin, end] = Array.isArray(offsets) && offsets.every(isSize) ? (offsets as number[]) : [];
  const fits =
    Array.isArray(shape) &&
    shape.every(isSize) &&
    begin !== undefined &&
    end !== undefined &&
    begin <= end &&
    end <= values.length &&
    end - begin === shape.reduce((a: number, b: number) => a * b, array.BYTES_PER_ELEMENT);
  if (!fits) {
    throw new InputError({
      field,
      given: `of shape ${JSON.stringify(shape)} at ${JSON.stringify(offsets)} of ${values.length} bytes`,
      allowed: "bytes inside the file, as many as the shape needs (the file may have been cut short)",
    });
  }
  // Copied (a Buffer's own slice would not), because typed arrays must begin at a multiple of their element's size.
  const bytes = new Uint8Array(values.subarray(begin, end));
  return { dtype: dtype as StoredType, shape: shape as number[], data: new array(bytes.buffer) };
}

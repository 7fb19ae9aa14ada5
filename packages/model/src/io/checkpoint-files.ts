import { InputError } from "@reformer-ts/internal-checks";

/** Where the files of a checkpoint come from: a folder, a hub, a page. */
export interface CheckpointFiles {
  /** The whole's name, for messages. */
  readonly where: string;
  /** The bytes of a file; null when there is none of this name. */
  read(name: string): Promise<Uint8Array | null>;
}

/**
 * The JSON object in a file.
 *
 * @param where the file's name, for messages
 * @throws InputError when the bytes are not JSON, or not an object
 */
export function parseObject(bytes: Uint8Array, where: string): Record<string, unknown> {
  let value: unknown = null;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // Said below, as for any other value.
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new InputError({ field: where, given: "no JSON object", allowed: "a complete JSON object" });
}

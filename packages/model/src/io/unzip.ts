/** Zip archives in memory, whole or not at all. Names in them are keys of a record and never become paths. */
import { InputError } from "@reformer-ts/internal-checks";
import { unzipSync } from "fflate";
import { mostUnpackedBytes } from "./gunzip";

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * @param where the file's name, for messages
 * @throws InputError when the archive is damaged, cut short, or holds more than `maxBytes`
 */
export function unzip(
  bytes: Uint8Array,
  where: string,
  { maxBytes = mostUnpackedBytes }: { maxBytes?: number } = {},
): Record<string, Uint8Array> {
  const sizes = new Map<string, number>();
  let total = 0;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    sizes.set(name, originalSize);
    total += originalSize;
    if (total <= maxBytes) return true;
    throw new InputError({
      field: where,
      given: `a zip archive of more than ${maxBytes} bytes`,
      allowed: "one that holds at most that many",
    });
  };
  try {
    const entries: Record<string, Uint8Array> = Object.assign(
      Object.create(null),
      unzipSync(bytes, { filter }),
    );
    for (const [name, size] of sizes) {
      if (entries[name]?.length !== size) throw new Error(`${name} is cut short`);
    }
    return entries;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      { field: where, given: "damaged zip", allowed: "a complete zip archive" },
      { cause: error },
    );
  }
}

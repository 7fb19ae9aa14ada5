/** Bytes that claim to be text, checked before anything is trained on them. */

import { InputError } from "@reformer-ts/internal-checks";

/**
 * Strict UTF-8 to text; a byte order mark at the start is dropped.
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError naming the first byte that is not UTF-8
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(name, firstInvalidByte(bytes));
  }
}

/** The error for bytes that are not UTF-8 from `offset` on. */
export function notText(name: string, offset: number): InputError {
  return new InputError({ field: name, given: `not UTF-8 at byte ${offset}`, allowed: "a text in UTF-8" });
}

/**
 * Where UTF-8 first fails (the start of the offending sequence), found by bisection: a prefix that decodes as a stream
 * is valid so far.
 */
export function firstInvalidByte(bytes: Uint8Array): number {
  const validSoFar = (length: number) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (validSoFar(middle)) valid = middle;
    else invalid = middle;
  }
  let start = valid;
  for (let back = 0; back < 3 && start > 0 && (bytes[start - 1]! & 0xc0) === 0x80; back++) start--;
  const lead = bytes[start - 1] ?? 0;
  const missing = start > 0 && lead >= 0xc0 && valid - (start - 1) < sequenceLength(lead);
  return missing ? start - 1 : valid;
}

/** Unix line ends, as corpora are usually counted in. */
export function unixLines(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

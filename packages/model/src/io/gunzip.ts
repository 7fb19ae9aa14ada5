/** gzip by the platform's own stream, which browsers and Node share, and never to more than was asked for. */
import { InputError } from "@reformer-ts/internal-checks";

/** What checkpoints may unpack to: a few kilobytes can claim to be gigabytes. */
export const mostUnpackedBytes = 2 ** 31;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * @param where the file's name, for messages
 * @throws InputError when the bytes are damaged, cut short, or hold more than `maxBytes`
 */
export async function gunzip(
  bytes: Uint8Array,
  where: string,
  { maxBytes = mostUnpackedBytes }: { maxBytes?: number } = {},
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new InputError(
        { field: where, given: "damaged gzip", allowed: "a complete gzip file" },
        { cause: error },
      );
    });
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new InputError({
        field: where,
        given: `a gzip file of more than ${maxBytes} bytes`,
        allowed: "one that holds at most that many",
      });
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

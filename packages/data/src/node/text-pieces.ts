import { openByteSource } from "./byte-source";

/**
 * A text file or folder piece by piece, cut after the last line that ends within `pieceBytes` (a longer line after a character): for tokenizers that need text,
 * and corpora larger than memory. The pieces joined are `readText`.
 * @throws InputError when a file is missing, empty or not UTF-8
 */
export function* textPieces(path: string, { pieceBytes = 2 ** 20 } = {}): Generator<string, void> {
  const source = openByteSource(path);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  try {
    for (let start = 0; start < source.length;) {
      const bytes = Uint8Array.from(source.read(start, Math.min(pieceBytes, source.length - start)));
      const isLast = start + bytes.length === source.length;
      const end = isLast ? bytes.length : lineEnd(bytes);
      yield decoder.decode(bytes.subarray(0, end));
      start += end;
    }
  } finally {
    source.close();
  }
}

/** After the last line feed; where there is none, after the last whole character. */
function lineEnd(bytes: Uint8Array): number {
  const lastLine = bytes.lastIndexOf(10) + 1;
  if (lastLine > 0) return lastLine;
  let end = bytes.length - 1;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return end > 0 ? end : bytes.length;
}

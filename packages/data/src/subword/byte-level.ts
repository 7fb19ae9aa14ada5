/**
 * GPT-2's way to write bytes as visible characters, which `tokenizer.json` calls ByteLevel: printable Latin-1 stands for itself,
 * every other byte for a character from U+0100 on. A vocabulary over it loses nothing and knows no unknown.
 */

/** `byteCharacters[byte]` is the character that stands for it. */
export const byteCharacters: readonly string[] = table();

/** The words that merges never reach across: GPT-2's contractions, letters, digits, signs and white space. */
export const words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

function table(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isVisible = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCodePoint(isVisible ? byte : next++);
  });
}

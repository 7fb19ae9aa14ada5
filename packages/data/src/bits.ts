/** Losses are natural logarithms; people compare bits. */

/**
 * Bits per byte of a text, from the sum of its tokens' losses in nats. For byte tokens `bytes` is the number of tokens;
 * for others the bytes of the text they encode, so that vocabularies can be compared.
 */
export function bitsPerByte(nats: number, bytes: number): number {
  return nats / Math.LN2 / bytes;
}

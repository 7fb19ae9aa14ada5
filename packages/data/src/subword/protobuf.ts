/**
 * As much of protocol buffers as a SentencePiece model needs: the fields of one message, as they lie in the bytes.
 *
 * A generated reader would bring a runtime larger than the tokenizer; the wire format itself is four rules
 * (protobuf.dev/programming-guides/encoding).
 */

import { InputError } from "@reformer-ts/internal-checks";

export interface Field {
  /** The field's number in the .proto file. */
  number: number;
  /** For varints, sizes permitting: enumerations, booleans, counts. For the rest 0. */
  integer: number;
  /** The content: of strings, bytes and messages; of fixed-size numbers, little endian. */
  bytes: Uint8Array;
}

/**
 * The fields of a message, one after the other; a field may come several times.
 * @throws InputError when the bytes are not a message
 */
export function* messageFields(bytes: Uint8Array, name: string): Generator<Field, void> {
  let at = 0;
  const broken = () =>
    new InputError({
      field: name,
      given: `damaged at byte ${at} of a message`,
      allowed: "a whole protocol buffer",
    });

  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 63) throw broken();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (size: number) => {
    if (size > bytes.length - at) throw broken();
    return bytes.subarray(at, (at += size));
  };

  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const field = { number, integer: 0, bytes: bytes.subarray(0, 0) };
    if (tag % 8 === 0) field.integer = varint();
    else if (tag % 8 === 1) field.bytes = take(8);
    else if (tag % 8 === 2) field.bytes = take(varint());
    else if (tag % 8 === 5) field.bytes = take(4);
    else throw broken();
    if (number === 0) throw broken();
    yield field;
  }
}

/** A field's bytes as one little-endian float. */
export function float32Of({ bytes }: Field): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(0, true);
}

export function stringOf({ bytes }: Field): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/**
 * One event as TensorBoard reads it: a protocol buffer (`tensorflow.Event`) within a record (length, checksum, data, checksum).
 * A dozen fields of a format that has not changed in ten years, so they are written here, on any backend.
 */
import { maskedCrc32c } from "./crc32c";

export interface Picture {
  width: number;
  height: number;
  /** Values of a pixel: 1 grey, 3 colours, 4 with opacity. */
  channels: number;
  png: Uint8Array;
}

export type EventContent =
  | { kind: "version" }
  /** Whatever an earlier session wrote from this step on does not count any more. */
  | { kind: "start" }
  | { kind: "scalars"; values: Readonly<Record<string, number>> }
  | { kind: "text"; tag: string; text: string }
  | { kind: "image"; tag: string; image: Picture };

export interface Event {
  /** Seconds since 1970. */
  wallTime: number;
  step: number;
  content: EventContent;
}

/** The bytes of one record. */
export function encodeEvent({ wallTime, step, content }: Event): Uint8Array {
  return record(join(double(1, wallTime), integer(2, step), contentField(content)));
}

function contentField(content: EventContent): Uint8Array {
  switch (content.kind) {
    case "version":
      return text(3, "brain.Event:2");
    case "start":
      return message(7, integer(1, 1));
    case "scalars": {
      const values = Object.entries(content.values);
      return message(5, ...values.map(([tag, value]) => message(1, text(1, tag), float(2, value))));
    }
    case "text": {
      // A tensor of one string (type 7), shown by the plug-in that its metadata names.
      const value = message(8, integer(1, 7), message(2, message(2, integer(1, 1))), text(8, content.text));
      const metadata = message(9, message(1, text(1, "text")));
      return message(5, message(1, text(1, `${content.tag}/text_summary`), metadata, value));
    }
    case "image": {
      const { width, height, channels, png } = content.image;
      const image = [integer(1, height), integer(2, width), integer(3, channels), bytes(4, png)];
      return message(5, message(1, text(1, content.tag), message(4, ...image)));
    }
  }
}

function record(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return join(length, fixed32(maskedCrc32c(length)), data, fixed32(maskedCrc32c(data)));
}

/** Kinds of fields. */
const wire = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

const key = (field: number, kind: number) => varint((field << 3) | kind);
const integer = (field: number, value: number) => join(key(field, wire.varint), varint(value));
const text = (field: number, value: string) => bytes(field, new TextEncoder().encode(value));
const message = (field: number, ...fields: Uint8Array[]) => bytes(field, join(...fields));

function bytes(field: number, value: Uint8Array): Uint8Array {
  return join(key(field, wire.delimited), varint(value.length), value);
}

function float(field: number, value: number): Uint8Array {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setFloat32(0, value, true);
  return join(key(field, wire.fixed32), content);
}

function double(field: number, value: number): Uint8Array {
  const content = new Uint8Array(8);
  new DataView(content.buffer).setFloat64(0, value, true);
  return join(key(field, wire.fixed64), content);
}

function fixed32(value: number): Uint8Array {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setUint32(0, value, true);
  return content;
}

/** Seven bits a byte, the lowest first; `value` is a whole number from 0 to 2^53. */
function varint(value: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    digits.push((rest % 128) | (rest >= 128 ? 128 : 0));
    if (rest < 128) return Uint8Array.from(digits);
  }
}

function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Reads a file from the front, never past its end: whatever a file says of its own sizes is held against what is there. */
import { InputError } from "@reformer-ts/internal-checks";

export interface ByteCursor {
  /** Where the next byte comes from. */
  readonly position: number;
  readonly left: number;
  byte(): number;
  /** A view of the next `count` bytes, not a copy. */
  bytes(count: number): Uint8Array;
  /** Little-endian, without sign. */
  uint16(): number;
  uint32(): number;
  int32(): number;
  /** Eight bytes as a number that JavaScript holds exactly. */
  uint64(): number;
  /** Big-endian, the one place where pickle is. */
  float64BigEndian(): number;
  /** The bytes up to a line feed, as text, without it. */
  line(): string;
  /** Ends reading: the file is not what it should be. */
  refuse(given: string): never;
}

/**
 * @param where the file's name, for messages
 * @param what a whole one would be, such as "a whole pickle"
 */
export function byteCursor(file: Uint8Array, where: string, what: string, start = 0): ByteCursor {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let position = start;
  const refuse = (given: string): never => {
    throw new InputError({ field: where, given, allowed: what });
  };
  /** Moves on and returns where the next `count` bytes begin. */
  const take = (count: number) => {
    if (!(count >= 0 && count <= file.length - position)) refuse(`cut short at byte ${position}`);
    position += count;
    return position - count;
  };
  return {
    get position() {
      return position;
    },
    get left() {
      return file.length - position;
    },
    byte: () => file[take(1)]!,
    bytes(count) {
      const from = take(count);
      return file.subarray(from, from + count);
    },
    uint16: () => view.getUint16(take(2), true),
    uint32: () => view.getUint32(take(4), true),
    int32: () => view.getInt32(take(4), true),
    uint64() {
      const value = view.getBigUint64(take(8), true);
      return value <= Number.MAX_SAFE_INTEGER ? Number(value) : refuse(`naming a size of ${value}`);
    },
    float64BigEndian: () => view.getFloat64(take(8), false),
    line() {
      const end = file.indexOf(0x0a, position);
      if (end < 0) refuse(`cut short at byte ${position}`);
      const from = take(end + 1 - position);
      return new TextDecoder().decode(file.subarray(from, end));
    },
    refuse,
  };
}

import { checkRange, type TokenSource } from "./token-source";

/**
 * Records of one size that are made when they are asked for, as one long source: pictures decoded from their files, lines of a
 * table. What reads whole records makes each once.
 *
 * @param record record `index`, exactly `length` tokens
 */
export function recordSource(
  { count, length }: { count: number; length: number },
  record: (index: number) => ArrayLike<number>,
): TokenSource {
  return {
    length: count * length,
    read(start, size) {
      checkRange(count * length, start, size);
      const tokens = new Int32Array(size);
      for (let done = 0; done < size;) {
        const index = Math.floor((start + done) / length);
        const from = start + done - index * length;
        const part = Math.min(size - done, length - from);
        const made = record(index);
        for (let i = 0; i < part; i++) tokens[done + i] = made[from + i]!;
        done += part;
      }
      return tokens;
    },
  };
}

/** Some records of a source, in the order of `indices`, without copying them. */
export function selectRecords(
  source: TokenSource,
  { length, indices }: { length: number; indices: readonly number[] },
): TokenSource {
  return recordSource({ count: indices.length, length }, (i) => source.read(indices[i]! * length, length));
}

/**
 * Where tokens come from: anything that has a length and can be read at an offset.
 *
 * Windows never ask for more than they show, so a source may be an array in memory, a part of another source, or a file
 * far larger than memory (`openByteSource` in "@reformer-ts/data/node"). Reading is synchronous: a page cache answers
 * faster than an event loop turns.
 */

import { InputError } from "@reformer-ts/internal-checks";

export interface TokenSource {
  /** Number of tokens. */
  readonly length: number;
  /**
   * Tokens `start … start + count - 1`, in an array that the caller owns.
   * @throws InputError when that range does not lie inside the source
   */
  read(start: number, count: number): Int32Array;
}

/** Arrays that can hold tokens without widening them: a byte corpus stays one byte a token. */
export type TokenArray = Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** A source over an array, which is neither copied nor changed. */
export function tokensOf(array: TokenArray): TokenSource {
  return {
    length: array.length,
    read(start, count) {
      checkRange(array.length, start, count);
      return Int32Array.from(array.subarray(start, start + count));
    },
  };
}

/** Tokens `start … end - 1` of another source, without copying them. */
export function sliceOf(source: TokenSource, start: number, end: number): TokenSource {
  checkRange(source.length, start, end - start);
  const length = end - start;
  return {
    length,
    read(from, count) {
      checkRange(length, from, count);
      return source.read(start + from, count);
    },
  };
}

/** Several sources laid end to end. */
export function concatenate(sources: readonly TokenSource[]): TokenSource {
  const starts = [0];
  for (const source of sources) starts.push(starts.at(-1)! + source.length);
  const length = starts.at(-1)!;
  return {
    length,
    read(start, count) {
      checkRange(length, start, count);
      const tokens = new Int32Array(count);
      let i = lastAtMost(starts, start);
      for (let done = 0; done < count; i++) {
        const from = start + done - starts[i]!;
        const part = Math.min(count - done, sources[i]!.length - from);
        if (part > 0) tokens.set(sources[i]!.read(from, part), done);
        done += Math.max(part, 0);
      }
      return tokens;
    },
  };
}

/** @throws InputError unless `start … start + count - 1` lies inside a source of `length` tokens */
export function checkRange(length: number, start: number, count: number): void {
  const inside = Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count >= 0;
  if (!inside || start + count > length) {
    throw new InputError({
      field: "tokens",
      given: `read from ${start}, ${count} of them`,
      allowed: `read inside the ${length} tokens of the source`,
    });
  }
}

/** Index of the last of the ascending `starts` that is not above `value`. */
function lastAtMost(starts: readonly number[], value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

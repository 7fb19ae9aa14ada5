/**
 * Vectors of one layer and sequence, by position, in pages: appending never moves what is there, and two texts with one
 * beginning share its full pages.
 */
export interface History {
  readonly length: number;
  /** Bytes of the pages that are kept. */
  readonly bytes: number;
  /** Appends room for one vector and returns it, to be written by the caller. */
  append(): Float32Array;
  /** Appends room for `count` vectors, to be written where {@link page} and {@link offset} say. */
  grow(count: number): void;
  /** Leaves out positions that nobody will ask for: the next vector stands at `length`. Only of an empty history. */
  skip(length: number): void;
  /** The numbers around `position`; its own begin at {@link offset}. */
  page(position: number): Float32Array;
  offset(position: number): number;
  /** A copy that goes its own way. */
  fork(): History;
}

/** Positions of a page. */
const pageLength = 256;

/**
 * @param width numbers of a vector
 * @param keep only this many of the newest positions are needed; older pages are let go
 */
export function history(width: number, keep = Infinity): History {
  return continued([], 0, width, keep);
}

/** Takes `pages`, empty where they were let go. */
function continued(pages: Float32Array[], length: number, width: number, keep: number): History {
  const none = new Float32Array();
  const offset = (position: number) => (position % pageLength) * width;
  const numberOf = (position: number) => Math.floor(position / pageLength);
  return {
    get length() {
      return length;
    },
    get bytes() {
      return pages.reduce((sum, { byteLength }) => sum + byteLength, 0);
    },
    offset,
    page: (position) => pages[numberOf(position)]!,
    append() {
      const number = numberOf(length);
      if (number === pages.length) {
        pages.push(new Float32Array(pageLength * width));
        const old = numberOf(length - keep) - 1;
        if (old >= 0) pages[old] = none;
      }
      const at = offset(length++);
      return pages[number]!.subarray(at, at + width);
    },
    grow(count) {
      length += count;
      while (pages.length * pageLength < length) pages.push(new Float32Array(pageLength * width));
    },
    skip(to) {
      length = to;
      pages.push(...Array.from({ length: numberOf(to) }, () => none));
    },
    fork() {
      const copies = [...pages];
      const last = numberOf(length);
      // A page that is not full yet will differ.
      if (last < copies.length) copies[last] = copies[last]!.slice();
      return continued(copies, length, width, keep);
    },
  };
}

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
  return continued(new Map(), 0, width, keep);
}

/** Takes `pages`, by number. */
function continued(pages: Map<number, Float32Array>, length: number, width: number, keep: number): History {
  const offset = (position: number) => (position % pageLength) * width;
  return {
    get length() {
      return length;
    },
    get bytes() {
      return pages.size * pageLength * width * Float32Array.BYTES_PER_ELEMENT;
    },
    offset,
    page: (position) => pages.get((position - (position % pageLength)) / pageLength)!,
    append() {
      const number = Math.floor(length / pageLength);
      if (!pages.has(number)) {
        pages.set(number, new Float32Array(pageLength * width));
        pages.delete(Math.floor((length - keep) / pageLength) - 1);
      }
      const at = offset(length++);
      return pages.get(number)!.subarray(at, at + width);
    },
    skip(to) {
      length = to;
    },
    fork() {
      const copies = new Map(pages);
      const last = Math.floor(length / pageLength);
      // A page that is not full yet will differ.
      if (pages.has(last)) copies.set(last, pages.get(last)!.slice());
      return continued(copies, length, width, keep);
    },
  };
}

/** Vectors of one layer and sequence, by position, in memory that grows by doubling. */
export interface History {
  readonly length: number;
  append(vector: Float32Array): void;
  /** `width` numbers starting here belong to `position`. */
  offset(position: number): number;
  values(): Float32Array;
  /** A copy that goes its own way. */
  fork(): History;
}

/** @param keep only this many of the newest positions are needed; older ones may be overwritten */
export function history(width: number, keep = Infinity): History {
  return continued(new Float32Array(width * Math.min(keep, 256)), 0, width, keep);
}

/** Takes `values`. */
function continued(values: Float32Array, length: number, width: number, keep: number): History {
  const offset = (position: number) => (keep === Infinity ? position : position % keep) * width;
  return {
    get length() {
      return length;
    },
    offset,
    values: () => values,
    append(vector) {
      const at = offset(length);
      if (at + width > values.length) {
        const grown = new Float32Array(Math.min(values.length * 2, keep * width));
        grown.set(values);
        values = grown;
      }
      values.set(vector, at);
      length++;
    },
    fork: () => continued(values.slice(), length, width, keep),
  };
}

/** Which parts of a circle fall into which bucket, found by hashing directions all around it. */

export interface Sector {
  /** Degrees; `to` may exceed 360 where a sector lies across the zero. */
  from: number;
  to: number;
  bucket: number;
}

/** @param probeBuckets the buckets of evenly spaced directions, the first at 0 degrees */
export function findSectors(probeBuckets: Int32Array): Sector[] {
  const step = 360 / probeBuckets.length;
  const found: Sector[] = [];
  probeBuckets.forEach((bucket, probe) => {
    const last = found.at(-1);
    if (last?.bucket === bucket) last.to += step;
    else found.push({ from: probe * step, to: (probe + 1) * step, bucket });
  });
  const [first, last] = [found[0], found.at(-1)];
  if (first && last && first !== last && first.bucket === last.bucket) {
    last.to += first.to;
    found.shift();
  }
  return found;
}

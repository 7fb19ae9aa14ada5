/** Counters whose sums up to any of them are known at logarithmic cost (Fenwick 1994, a binary indexed tree). */
export interface Counts {
  increment(index: number): void;
  /** Sum of the counters before `index`. */
  before(index: number): number;
  /** The first index up to which, itself included, more than `sum` was counted. At most that of the last counter. */
  find(sum: number): number;
  fork(): Counts;
}

export function counts(size: number): Counts {
  return continued(new Int32Array(size + 1));
}

/** Takes `tree`: node i holds the sum of the last `i & -i` counters up to the i-th. */
function continued(tree: Int32Array): Counts {
  const size = tree.length - 1;
  const highest = 2 ** Math.floor(Math.log2(size));
  return {
    increment(index) {
      for (let node = index + 1; node <= size; node += node & -node) tree[node]!++;
    },
    before(index) {
      let sum = 0;
      for (let node = index; node > 0; node -= node & -node) sum += tree[node]!;
      return sum;
    },
    find(sum) {
      let node = 0;
      let left = sum;
      for (let step = highest; step > 0; step >>= 1) {
        if (node + step > size || tree[node + step]! > left) continue;
        node += step;
        left -= tree[node]!;
      }
      return Math.min(node, size - 1);
    },
    fork: () => continued(tree.slice()),
  };
}

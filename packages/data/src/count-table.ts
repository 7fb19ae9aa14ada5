/**
 * Counts by number, for millions of different numbers: two typed arrays with open addressing, where a Map would take five times
 * the memory.
 */
export class CountTable {
  #keys = new Float64Array(1024).fill(-1);
  #counts = new Uint32Array(1024);
  #used = 0;

  /** Adds one, and returns what the count was before. */
  increment(key: number): number {
    if (2 * this.#used > this.#keys.length) this.#grow();
    const slot = this.#slotOf(key);
    if (this.#keys[slot] === -1) {
      this.#keys[slot] = key;
      this.#used++;
    }
    return this.#counts[slot]!++;
  }

  /** How often `key`, a safe integer from 0, was counted. */
  get(key: number): number {
    return this.#counts[this.#slotOf(key)]!;
  }

  /** The slot that holds the key, or the empty one where it would go. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    const low = key >>> 0;
    const high = (key - low) / 0x100000000;
    let slot = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Float64Array(2 * keys.length).fill(-1);
    this.#counts = new Uint32Array(2 * keys.length);
    keys.forEach((key, i) => {
      if (key === -1) return;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#counts[slot] = counts[i]!;
    });
  }
}

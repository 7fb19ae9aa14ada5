/**
 * xoshiro128** (Blackman and Vigna, public domain): small, fast, its whole state four integers that a checkpoint holds.
 */

/** Four unsigned 32-bit integers, not all zero. */
export type RandomState = readonly [number, number, number, number];

export class Random {
  #state: Uint32Array;

  private constructor(state: Uint32Array) {
    this.#state = state;
  }

  /** A stream that is a function of `seed`; the seed is spread over the state by splitmix32. */
  static fromSeed(seed: number): Random {
    let x = seed >>> 0;
    const next = () => {
      x = (x + 0x9e3779b9) | 0;
      let z = x ^ (x >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    return new Random(Uint32Array.of(next(), next(), next(), next()));
  }

  static fromState(state: RandomState): Random {
    return new Random(Uint32Array.from(state));
  }

  get state(): RandomState {
    const [a, b, c, d] = this.#state as unknown as RandomState;
    return [a, b, c, d];
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform in [0, 1), on a grid of 2^-32. */
  uniform(): number {
    return this.bits() / 0x100000000;
  }

  /** Uniform among 0 … bound - 1, for bounds up to 2^53; the bias is below bound / 2^53. */
  integer(bound: number): number {
    const wide = (this.bits() * 0x200000 + (this.bits() >>> 11)) / 0x20000000000000;
    return Math.floor(wide * bound);
  }

  /** `count` draws from the normal distribution with mean 0 and variance 1 (Box–Muller). */
  normals(count: number): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      values[i] = radius * Math.cos(angle);
      if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

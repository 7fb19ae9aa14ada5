/**
 * Rotations as transformers draws them from a config's `hash_seed`: torch's own generator and its way to normals.
 *
 * torch seeds MT19937, makes floats of 24 bits, and turns blocks of sixteen into normals by Box-Muller, the first eight
 * with the last eight. It computes in 32-bit floats; we in 64, which agrees to 2.4e-7.
 */
import { InputError } from "@reformer-ts/internal-checks";
import * as tf from "@tensorflow/tfjs-core";
import { resolveNumBuckets, rotationSize } from "./num-buckets";
import type { RotationOptions } from "./rotations";

/**
 * The rotations that transformers draws from its `hash_seed`, by torch's generator.
 *
 * @returns `[heads, depth, numHashes, rotationSize]`; the caller owns it. Every layer of one shape gets the same, since
 *          transformers seeds anew for each.
 * @throws InputError when there are fewer than 16 numbers to draw, for which torch takes another path
 */
export function torchRotations({ heads, depth, numHashes, numBuckets, seed }: RotationOptions): tf.Tensor4D {
  const size = rotationSize(resolveNumBuckets(numBuckets, { length: 1, chunkLength: 1 }));
  return tf.tensor4d(torchNormals(heads * depth * numHashes * size, seed), [heads, depth, numHashes, size]);
}

/** `torch.manual_seed(seed); torch.randn(count)` on a CPU, for 16 numbers or more. */
export function torchNormals(count: number, seed: number): Float32Array {
  if (count < 16) {
    throw new InputError({
      field: "rotations",
      given: `${count} numbers`,
      allowed: "at least 16 to follow torch's hash_seed",
    });
  }
  const next = mersenneTwister(seed);
  const uniform = () => (next() & 0xffffff) * 2 ** -24;
  const values = Float32Array.from({ length: count }, uniform);
  for (let start = 0; start + 16 <= count; start += 16) toNormals(values.subarray(start, start + 16));
  if (count % 16 !== 0) {
    const last = values.subarray(count - 16);
    for (let i = 0; i < 16; i++) last[i] = uniform();
    toNormals(last);
  }
  return values;
}

function toNormals(block: Float32Array): void {
  for (let i = 0; i < 8; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - block[i]!));
    const angle = 2 * Math.PI * block[i + 8]!;
    block[i] = radius * Math.cos(angle);
    block[i + 8] = radius * Math.sin(angle);
  }
}

/** MT19937 (Matsumoto and Nishimura 1998) as 32-bit unsigned integers. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  let index = 624;
  const twist = () => {
    for (let i = 0; i < 624; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff);
      state[i] = state[(i + 397) % 624]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    index = 0;
  };
  return () => {
    if (index === 624) twist();
    let y = state[index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

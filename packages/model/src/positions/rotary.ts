/**
 * Rotary positions (Su et al. 2021, arXiv 2104.09864): queries and keys are turned by angles that grow with their
 * position, so that a score depends on how far apart two tokens stand. Nothing is learned, and no length is too long.
 *
 * Coordinate i is paired with i + depth / 2. LSH layers hash vectors before they are turned, as reformer-pytorch does:
 * what a token is decides its bucket, not where it stands.
 */
import {
  add,
  concat,
  mul,
  slice,
  sub,
  tensor,
  tidy,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";

/**
 * @param x `[batch, heads, length, depth]`, of positions 0, 1, …; depth is even
 * @param direction -1 turns back, which is also the gradient
 * @returns the same shape; the caller owns it
 */
export function rotate(x: Tensor, direction: 1 | -1 = 1): Tensor4D {
  const [, , length, depth] = x.shape as [number, number, number, number];
  const half = depth / 2;
  const { cosines, sines } = turns(length, half);
  return tidy(() => {
    const c = tensor(cosines, [1, 1, length, half]);
    const s = mul(tensor(sines, [1, 1, length, half]), direction);
    const first = slice(x, [0, 0, 0, 0], [-1, -1, -1, half]);
    const second = slice(x, [0, 0, 0, half], [-1, -1, -1, half]);
    return concat([sub(mul(first, c), mul(second, s)), add(mul(second, c), mul(first, s))], 3) as Tensor4D;
  });
}

/** One token's heads, side by side, each of `depth` numbers, turned by its position. */
export function rotateVector(vector: Float32Array, depth: number, position: number): Float32Array {
  const half = depth / 2;
  const turned = new Float32Array(vector.length);
  for (let start = 0; start < vector.length; start += depth) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequency(i, half);
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [a, b] = [vector[start + i]!, vector[start + half + i]!];
      turned[start + i] = a * c - b * s;
      turned[start + half + i] = b * c + a * s;
    }
  }
  return turned;
}

/** Wavelengths from 2 pi to 20,000 pi, as those of sinusoidal positions. */
const frequency = (i: number, half: number) => 10000 ** (-i / half);

/** `[length, half]` each, in double precision on the host, because angles far out are large. */
function turns(length: number, half: number): { cosines: Float32Array; sines: Float32Array } {
  if (lastTurns.length === length && lastTurns.half === half) return lastTurns;
  const cosines = new Float32Array(length * half);
  const sines = new Float32Array(length * half);
  for (let i = 0; i < half; i++) {
    const step = frequency(i, half);
    for (let position = 0; position < length; position++) {
      cosines[position * half + i] = Math.cos(position * step);
      sines[position * half + i] = Math.sin(position * step);
    }
  }
  lastTurns = { length, half, cosines, sines };
  return lastTurns;
}

/** All layers of a pass ask for the same angles. */
let lastTurns = { length: 0, half: 0, cosines: new Float32Array(), sines: new Float32Array() };

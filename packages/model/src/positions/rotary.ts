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

/** Positions that are turned at a time: angles, halves and products exist for these alone. */
const pieceLength = 16_384;

/**
 * @param x `[batch, heads, length, depth]`, of positions 0, 1, …; depth is even
 * @param direction -1 turns back, which is also the gradient
 * @returns the same shape; the caller owns it
 */
export function rotate(x: Tensor, direction: 1 | -1 = 1): Tensor4D {
  const length = x.shape[2]!;
  const pieces = Array.from({ length: Math.ceil(length / pieceLength) }, (_, i) =>
    rotatePiece(x, i * pieceLength, Math.min(pieceLength, length - i * pieceLength), direction),
  );
  if (pieces.length === 1) return pieces[0]!;
  const whole = concat(pieces, 2);
  for (const piece of pieces) piece.dispose();
  return whole;
}

/** `count` positions of `x`, from `start` on, turned. */
function rotatePiece(x: Tensor, start: number, count: number, direction: 1 | -1): Tensor4D {
  const half = x.shape[3]! / 2;
  const { cosines, sines } = turns(start, count, half);
  return tidy(() => {
    const c = tensor(cosines, [1, 1, count, half]);
    const s = mul(tensor(sines, [1, 1, count, half]), direction);
    const first = slice(x, [0, 0, start, 0], [-1, -1, count, half]);
    const second = slice(x, [0, 0, start, half], [-1, -1, count, half]);
    return concat([sub(mul(first, c), mul(second, s)), add(mul(second, c), mul(first, s))], 3) as Tensor4D;
  });
}

/** `rows`, `[count, depth]` of positions from `start` on, are turned where they stand. */
export function rotateRows(rows: Float32Array, depth: number, start: number): void {
  const count = rows.length / depth;
  for (let from = 0; from < count; from += pieceLength) {
    const size = Math.min(pieceLength, count - from);
    const turn = turns(start + from, size, depth / 2);
    for (let i = 0; i < size; i++) turnRow(rows, (from + i) * depth, turn, i);
  }
}

interface Turns {
  /** `[count, half]` each */
  cosines: Float32Array;
  sines: Float32Array;
  half: number;
}

/** The row of `rows` that begins at `at`, by the `i`-th turn. */
function turnRow(rows: Float32Array, at: number, { cosines, sines, half }: Turns, i: number): void {
  for (let d = 0, k = i * half; d < half; d++, k++) {
    const [a, b] = [rows[at + d]!, rows[at + half + d]!];
    rows[at + d] = a * cosines[k]! - b * sines[k]!;
    rows[at + half + d] = b * cosines[k]! + a * sines[k]!;
  }
}

/** Wavelengths from 2 pi to 20,000 pi, as those of sinusoidal positions. */
const frequency = (i: number, half: number) => 10000 ** (-i / half);

/**
 * Of positions from `start` on, at most {@link pieceLength} of them: in double precision on the host, because angles far out are large.
 * Every piece is the first one turned once more, so sines are only looked up for one piece.
 */
function turns(start: number, count: number, half: number): Turns {
  const base = baseTurns(half);
  if (start === 0) {
    const [cosines, sines] = [base.first.cosines, base.first.sines].map((all) =>
      all.subarray(0, count * half),
    );
    return { cosines: cosines!, sines: sines!, half };
  }
  const cosines = new Float32Array(count * half);
  const sines = new Float32Array(count * half);
  for (let i = 0; i < half; i++) {
    const angle = start * frequency(i, half);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (let at = i; at < count * half; at += half) {
      cosines[at] = base.cosines[at]! * c - base.sines[at]! * s;
      sines[at] = base.sines[at]! * c + base.cosines[at]! * s;
    }
  }
  return { cosines, sines, half };
}

/** Of the first {@link pieceLength} positions; all layers of a pass ask for the same. */
function baseTurns(half: number): BaseTurns {
  if (lastBase?.half === half) return lastBase;
  const cosines = new Float64Array(pieceLength * half);
  const sines = new Float64Array(pieceLength * half);
  for (let i = 0; i < half; i++) {
    const step = frequency(i, half);
    for (let position = 0; position < pieceLength; position++) {
      cosines[position * half + i] = Math.cos(position * step);
      sines[position * half + i] = Math.sin(position * step);
    }
  }
  const first = { cosines: Float32Array.from(cosines), sines: Float32Array.from(sines) };
  return (lastBase = { half, cosines, sines, first });
}

interface BaseTurns {
  half: number;
  cosines: Float64Array;
  sines: Float64Array;
  /** The same, rounded. */
  first: { cosines: Float32Array; sines: Float32Array };
}

let lastBase: BaseTurns | undefined;

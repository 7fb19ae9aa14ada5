/** What layers that treat every position alone share: layer norm of a block of rows, and sums over rows. */
import { madd, sumOf } from "../../../internal/wasm/assembly/vectors";

/** Rows that are worked on at a time: what they need stays in the second cache. */
export const blockRows = 128;

/**
 * `y = unit * scale + bias` of `count` rows of x; `inverse[row]` is one over the row's deviation. Rows of unit and y
 * from count up to `filled` become zero.
 */
export function layerNorm(
  count: i32,
  filled: i32,
  width: i32,
  x: usize,
  scale: usize,
  bias: usize,
  epsilon: f32,
  unit: usize,
  inverse: usize,
  y: usize,
): void {
  const wide = <usize>width << 2;
  const missing = <usize>(filled - count) * wide;
  memory.fill(unit + <usize>count * wide, 0, missing);
  memory.fill(y + <usize>count * wide, 0, missing);
  for (let row = 0; row < count; row++, x += wide, unit += wide, y += wide, inverse += 4) {
    let sum = f32x4.splat(0), squares = f32x4.splat(0);
    for (let c: usize = 0; c < wide; c += 16) sum = f32x4.add(sum, v128.load(x + c));
    const mean = f32x4.splat(sumOf(sum) / <f32>width);
    for (let c: usize = 0; c < wide; c += 16) {
      const off = f32x4.sub(v128.load(x + c), mean);
      squares = madd(off, off, squares);
    }
    const factor: f32 = 1 / sqrt<f32>(sumOf(squares) / <f32>width + epsilon);
    store<f32>(inverse, factor);
    for (let c: usize = 0; c < wide; c += 16) {
      const one = f32x4.mul(f32x4.sub(v128.load(x + c), mean), f32x4.splat(factor));
      v128.store(unit + c, one);
      v128.store(y + c, madd(one, v128.load(scale + c), v128.load(bias + c)));
    }
  }
}

/**
 * With `g = dy * scale`: `dx = (g - mean(g) - unit * mean(g * unit)) * inverse`; adds to dScale and dBias. `dx` may be
 * where `dy` is.
 */
export function layerNormGrad(
  count: i32,
  width: i32,
  dy: usize,
  scale: usize,
  unit: usize,
  inverse: usize,
  dx: usize,
  dScale: usize,
  dBias: usize,
): void {
  const wide = <usize>width << 2;
  for (let row = 0; row < count; row++, dy += wide, unit += wide, dx += wide, inverse += 4) {
    let sum = f32x4.splat(0), along = f32x4.splat(0);
    for (let c: usize = 0; c < wide; c += 16) {
      const given = v128.load(dy + c), one = v128.load(unit + c);
      const g = f32x4.mul(given, v128.load(scale + c));
      sum = f32x4.add(sum, g);
      along = madd(g, one, along);
      v128.store(dScale + c, madd(given, one, v128.load(dScale + c)));
      v128.store(dBias + c, f32x4.add(given, v128.load(dBias + c)));
    }
    const mean = f32x4.splat(sumOf(sum) / <f32>width), slope = f32x4.splat(sumOf(along) / <f32>width);
    const factor = v128.load32_splat(inverse);
    for (let c: usize = 0; c < wide; c += 16) {
      const g = f32x4.mul(v128.load(dy + c), v128.load(scale + c));
      const straight = f32x4.sub(f32x4.sub(g, mean), f32x4.mul(v128.load(unit + c), slope));
      v128.store(dx + c, f32x4.mul(straight, factor));
    }
  }
}

/** `sums[width] +=` the sum of the rows. */
export function addColumns(count: i32, width: i32, from: usize, sums: usize): void {
  const wide = <usize>width << 2;
  for (let row = 0; row < count; row++, from += wide) {
    for (let c: usize = 0; c < wide; c += 16) {
      v128.store(sums + c, f32x4.add(v128.load(sums + c), v128.load(from + c)));
    }
  }
}

/** `to[row] = from[row] + addend` */
export function addToRows(count: i32, width: i32, from: usize, addend: usize, to: usize): void {
  const wide = <usize>width << 2;
  for (let row = 0; row < count; row++, from += wide, to += wide) {
    for (let c: usize = 0; c < wide; c += 16) {
      v128.store(to + c, f32x4.add(v128.load(from + c), v128.load(addend + c)));
    }
  }
}

/** Copies `count` rows, and zeros up to `filled`. */
export function fillRows(count: i32, filled: i32, width: i32, from: usize, to: usize): void {
  const wide = <usize>width << 2;
  memory.copy(to, from, <usize>count * wide);
  memory.fill(to + <usize>count * wide, 0, <usize>(filled - count) * wide);
}

/** `to[columns, rows]` from `from[rows, columns]`: weights, for the products of a backward pass. */
export { transpose } from "../../../internal/wasm/assembly/blocks";

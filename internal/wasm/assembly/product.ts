/**
 * Products of matrices, `c[rows, columns] (+)= a[rows, inner] b[inner, columns]`. A tile of four rows and up to twelve
 * columns stays in registers (there are sixteen) while a whole row of products is summed.
 *
 * The loops of the three widths are written out: one for all, with the width known where it is compiled, was slower in
 * nearly every trial.
 *
 * All strides are in bytes. The left operand lies as it likes: `aRow` from row to row, `aStep` along the sum; so one
 * function multiplies by a matrix and by its transpose. Rows and columns are multiples of four.
 */
import { madd } from "./vectors";

export function product(
  rows: i32,
  columns: i32,
  inner: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  adds: bool,
): void {
  let left = columns;
  while (left > 0) {
    const width = tileWidth(left);
    sweep(rows, width, inner, a, aRow, aStep, b, bStep, c, cRow, adds);
    b += width << 2;
    c += width << 2;
    left -= width;
  }
}

/** Twelve wherever that leaves no four alone. */
// @ts-ignore: decorator
@inline
function tileWidth(left: i32): i32 {
  return left >= 12 && left != 16 ? 12 : left >= 8 ? 8 : 4;
}

function sweep(
  rows: i32,
  width: i32,
  inner: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  adds: bool,
): void {
  for (let row = 0; row < rows; row += 4) {
    if (width == 12) tile12(inner, a, aRow, aStep, b, bStep, c, cRow, adds);
    else if (width == 8) tile8(inner, a, aRow, aStep, b, bStep, c, cRow, adds);
    else tile4(inner, a, aRow, aStep, b, bStep, c, cRow, adds);
    a += aRow << 2;
    c += cRow << 2;
  }
}

function tile12(
  inner: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  adds: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s02 = s00;
  let s10 = s00, s11 = s00, s12 = s00;
  let s20 = s00, s21 = s00, s22 = s00;
  let s30 = s00, s31 = s00, s32 = s00;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
  if (adds) {
    s00 = v128.load(c); s01 = v128.load(c, 16); s02 = v128.load(c, 32);
    s10 = v128.load(c1); s11 = v128.load(c1, 16); s12 = v128.load(c1, 32);
    s20 = v128.load(c2); s21 = v128.load(c2, 16); s22 = v128.load(c2, 32);
    s30 = v128.load(c3); s31 = v128.load(c3, 16); s32 = v128.load(c3, 32);
  }
  for (let k = inner; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00); s01 = madd(x, b1, s01); s02 = madd(x, b2, s02);
    x = v128.load32_splat(a1);
    s10 = madd(x, b0, s10); s11 = madd(x, b1, s11); s12 = madd(x, b2, s12);
    x = v128.load32_splat(a2);
    s20 = madd(x, b0, s20); s21 = madd(x, b1, s21); s22 = madd(x, b2, s22);
    x = v128.load32_splat(a3);
    s30 = madd(x, b0, s30); s31 = madd(x, b1, s31); s32 = madd(x, b2, s32);
    a += aStep; a1 += aStep; a2 += aStep; a3 += aStep;
    b += bStep;
  }
  v128.store(c, s00); v128.store(c, s01, 16); v128.store(c, s02, 32);
  v128.store(c1, s10); v128.store(c1, s11, 16); v128.store(c1, s12, 32);
  v128.store(c2, s20); v128.store(c2, s21, 16); v128.store(c2, s22, 32);
  v128.store(c3, s30); v128.store(c3, s31, 16); v128.store(c3, s32, 32);
}

function tile8(
  inner: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  adds: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00;
  let s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00;
  let s30 = s00, s31 = s00;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
  if (adds) {
    s00 = v128.load(c); s01 = v128.load(c, 16);
    s10 = v128.load(c1); s11 = v128.load(c1, 16);
    s20 = v128.load(c2); s21 = v128.load(c2, 16);
    s30 = v128.load(c3); s31 = v128.load(c3, 16);
  }
  for (let k = inner; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00); s01 = madd(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = madd(x, b0, s10); s11 = madd(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = madd(x, b0, s20); s21 = madd(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = madd(x, b0, s30); s31 = madd(x, b1, s31);
    a += aStep; a1 += aStep; a2 += aStep; a3 += aStep;
    b += bStep;
  }
  v128.store(c, s00); v128.store(c, s01, 16);
  v128.store(c1, s10); v128.store(c1, s11, 16);
  v128.store(c2, s20); v128.store(c2, s21, 16);
  v128.store(c3, s30); v128.store(c3, s31, 16);
}

function tile4(
  inner: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  adds: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
  if (adds) {
    s0 = v128.load(c);
    s1 = v128.load(c1);
    s2 = v128.load(c2);
    s3 = v128.load(c3);
  }
  for (let k = inner; k > 0; k--) {
    const b0 = v128.load(b);
    s0 = madd(v128.load32_splat(a), b0, s0);
    s1 = madd(v128.load32_splat(a1), b0, s1);
    s2 = madd(v128.load32_splat(a2), b0, s2);
    s3 = madd(v128.load32_splat(a3), b0, s3);
    a += aStep; a1 += aStep; a2 += aStep; a3 += aStep;
    b += bStep;
  }
  v128.store(c, s0);
  v128.store(c1, s1);
  v128.store(c2, s2);
  v128.store(c3, s3);
}

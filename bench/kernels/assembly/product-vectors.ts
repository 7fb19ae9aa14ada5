/** v3 of the product: four columns at a time, one vector of sums in a register. Strides as in internal/wasm/assembly/product.ts. */
import { madd } from "../../../internal/wasm/assembly/vectors";

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
  for (let i = 0; i < rows; i++, a += aRow, c += cRow) {
    for (let j: usize = 0; j < (<usize>columns) << 2; j += 16) {
      let sum = adds ? v128.load(c + j) : f32x4.splat(0);
      for (let k = 0, left = a, right = b + j; k < inner; k++, left += aStep, right += bStep) {
        sum = madd(v128.load32_splat(left), v128.load(right), sum);
      }
      v128.store(c + j, sum);
    }
  }
}

/** v1 of the product: three loops over single numbers. Strides as in internal/wasm/assembly/product.ts. */
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
    for (let j: usize = 0; j < (<usize>columns) << 2; j += 4) {
      let sum: f32 = adds ? load<f32>(c + j) : 0;
      for (let k = 0, left = a, right = b + j; k < inner; k++, left += aStep, right += bStep) {
        sum += load<f32>(left) * load<f32>(right);
      }
      store<f32>(c + j, sum);
    }
  }
}

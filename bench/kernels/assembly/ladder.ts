/** The rungs below the product that ships, on square matrices of multiples of four; only to be timed. */
import { madd } from "../../../internal/wasm/assembly/vectors";

export { product } from "../../../internal/wasm/assembly/product";

/** v1: three loops over single numbers. */
export function single(size: i32, a: usize, b: usize, c: usize): void {
  const row = <usize>size << 2;
  for (let i: usize = 0; i < <usize>size; i++) {
    for (let j: usize = 0; j < <usize>size; j++) {
      let sum: f32 = 0;
      for (let k: usize = 0; k < <usize>size; k++) sum += load<f32>(a + i * row + (k << 2)) * load<f32>(b + k * row + (j << 2));
      store<f32>(c + i * row + (j << 2), sum);
    }
  }
}

/** v2: four columns at a time, the sums going through memory. */
export function rows(size: i32, a: usize, b: usize, c: usize): void {
  const row = <usize>size << 2;
  memory.fill(c, 0, size * row);
  for (let i: usize = 0; i < <usize>size; i++) {
    const to = c + i * row;
    for (let k: usize = 0; k < <usize>size; k++) {
      const factor = v128.load32_splat(a + i * row + (k << 2)), from = b + k * row;
      for (let j: usize = 0; j < row; j += 16) v128.store(to + j, madd(factor, v128.load(from + j), v128.load(to + j)));
    }
  }
}

/** v3: four columns at a time, one vector of sums in a register. */
export function columns(size: i32, a: usize, b: usize, c: usize): void {
  const row = <usize>size << 2;
  for (let i: usize = 0; i < <usize>size; i++) {
    for (let j: usize = 0; j < row; j += 16) {
      let sum = f32x4.splat(0);
      for (let k: usize = 0; k < <usize>size; k++) {
        sum = madd(v128.load32_splat(a + i * row + (k << 2)), v128.load(b + k * row + j), sum);
      }
      v128.store(c + i * row + j, sum);
    }
  }
}

/** The rungs of the product, on square matrices of multiples of four; only to be timed. */
import { madd } from "../../../internal/wasm/assembly/vectors";

export { product as single } from "./product-single";
export { product as columns } from "./product-vectors";
export { product } from "../../../internal/wasm/assembly/product";

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

/** Keys from shared queries, and back: see src/normalize-keys.ts. */
import { sumOf } from "../../../internal/wasm/assembly/vectors";

const epsilon: f32 = 1e-6;

/** The sum of the products of two rows. */
function dot(count: i32, a: usize, b: usize): f32 {
  let sums = f32x4.splat(0);
  let i = 0;
  for (; i <= count - 4; i += 4, a += 16, b += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(a), v128.load(b)));
  }
  let sum = sumOf(sums);
  for (; i < count; i++, a += 4, b += 4) sum += load<f32>(a) * load<f32>(b);
  return sum;
}

/** `k = q rsqrt(mean(q²) + 1e-6) / sqrt(depth)`, of `[rows, depth]`. */
export function normalizeKeys(rows: i32, depth: i32, query: usize, key: usize): void {
  const unit: f32 = 1 / sqrt<f32>(<f32>depth);
  for (let row = 0; row < rows; row++) {
    const scale = unit / sqrt<f32>(dot(depth, query, query) / <f32>depth + epsilon);
    let i = 0;
    for (; i <= depth - 4; i += 4, query += 16, key += 16) {
      v128.store(key, f32x4.mul(v128.load(query), f32x4.splat(scale)));
    }
    for (; i < depth; i++, query += 4, key += 4) store<f32>(key, load<f32>(query) * scale);
  }
}

/** `dQuery + r / sqrt(depth) (dKey - r² q mean(q dKey))` with `r = rsqrt(mean(q²) + 1e-6)`. */
export function normalizeKeysGrad(
  rows: i32,
  depth: i32,
  query: usize,
  dKey: usize,
  dQuery: usize,
  total: usize,
): void {
  const unit: f32 = 1 / sqrt<f32>(<f32>depth);
  for (let row = 0; row < rows; row++) {
    const r: f32 = 1 / sqrt<f32>(dot(depth, query, query) / <f32>depth + epsilon);
    const along = ((r * r) / <f32>depth) * dot(depth, query, dKey);
    const scale = r * unit;
    const slope = f32x4.splat(along),
      factor = f32x4.splat(scale);
    let i = 0;
    for (; i <= depth - 4; i += 4, query += 16, dKey += 16, dQuery += 16, total += 16) {
      const through = f32x4.sub(v128.load(dKey), f32x4.mul(v128.load(query), slope));
      v128.store(total, f32x4.add(v128.load(dQuery), f32x4.mul(through, factor)));
    }
    for (; i < depth; i++, query += 4, dKey += 4, dQuery += 4, total += 4) {
      store<f32>(total, load<f32>(dQuery) + (load<f32>(dKey) - load<f32>(query) * along) * scale);
    }
  }
}

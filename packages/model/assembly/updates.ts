/** Adam's update of one parameter, and the sum of rows by segment, which is the gradient of an embedding. */
import { addRow } from "../../../internal/wasm/assembly/blocks";

/** Contract: `ReformerAdam` in src/kernels/names.ts. `rest1` is 1 - beta1, before rounding. */
export function adam(
  count: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
  size: f32,
  keep: f32,
  value: usize,
  gradient: usize,
  first: usize,
  second: usize,
  toValue: usize,
  toFirst: usize,
  toSecond: usize,
): void {
  const end = <usize>count << 2, whole = end & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const g = v128.load(gradient + at);
    const m = f32x4.add(
      f32x4.mul(v128.load(first + at), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(rest1)),
    );
    const v = f32x4.add(
      f32x4.mul(v128.load(second + at), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
    );
    const step = f32x4.div(f32x4.mul(m, f32x4.splat(size)), f32x4.add(f32x4.sqrt(v), f32x4.splat(epsilon)));
    v128.store(toFirst + at, m);
    v128.store(toSecond + at, v);
    v128.store(toValue + at, f32x4.sub(f32x4.mul(v128.load(value + at), f32x4.splat(keep)), step));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at);
    const m = load<f32>(first + at) * beta1 + g * rest1;
    const v = load<f32>(second + at) * beta2 + g * g * rest2;
    store<f32>(toFirst + at, m);
    store<f32>(toSecond + at, v);
    store<f32>(toValue + at, load<f32>(value + at) * keep - (m * size) / (sqrt<f32>(v) + epsilon));
  }
}

/** Rows of a segment below 0, or from segmentCount on, are dropped. Numbers are float32, or int32. */
export function sumSegments(
  rows: i32,
  width: i32,
  segmentCount: i32,
  x: usize,
  segments: usize,
  sums: usize,
  areIntegers: bool,
): void {
  const wide = <usize>width << 2;
  memory.fill(sums, 0, <usize>segmentCount * wide);
  for (let row = 0; row < rows; row++, x += wide, segments += 4) {
    const segment = load<i32>(segments);
    if (segment < 0 || segment >= segmentCount) continue;
    const to = sums + <usize>segment * wide;
    if (!areIntegers) addRow(width, x, to);
    else for (let at: usize = 0; at < wide; at += 4) store<i32>(to + at, load<i32>(to + at) + load<i32>(x + at));
  }
}

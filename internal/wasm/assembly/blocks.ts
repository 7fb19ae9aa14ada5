/** Blocks of rows on their way into scratch memory and out of it. */

/** Copies `count` numbers. Short rows are what it is for; `memory.copy` has a cost of its own. */
// @ts-ignore: decorator
@inline
export function copyRow(count: i32, from: usize, to: usize): void {
  let i = 0;
  for (; i <= count - 4; i += 4, from += 16, to += 16) v128.store(to, v128.load(from));
  for (; i < count; i++, from += 4, to += 4) store<f32>(to, load<f32>(from));
}

// @ts-ignore: decorator
@inline
export function addRow(count: i32, from: usize, to: usize): void {
  let i = 0;
  for (; i <= count - 4; i += 4, from += 16, to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  }
  for (; i < count; i++, from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/** `to = to scale` */
// @ts-ignore: decorator
@inline
export function scaleRow(count: i32, scale: f32, to: usize): void {
  const factor = f32x4.splat(scale);
  let i = 0;
  for (; i <= count - 4; i += 4, to += 16) v128.store(to, f32x4.mul(v128.load(to), factor));
  for (; i < count; i++, to += 4) store<f32>(to, load<f32>(to) * scale);
}

/** `to[columns, rows]` from `from[rows, columns]`, both of multiples of four, `fromRow` bytes from row to row. */
export function transpose(rows: i32, columns: i32, from: usize, fromRow: usize, to: usize): void {
  const toRow = (<usize>rows) << 2;
  for (let row = 0; row < rows; row += 4, from += fromRow << 2, to += 16) {
    let at = from, into = to;
    for (let column = 0; column < columns; column += 4, at += 16, into += toRow << 2) {
      const a = v128.load(at), b = v128.load(at + fromRow);
      const c = v128.load(at + 2 * fromRow), d = v128.load(at + 3 * fromRow);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(into, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
      v128.store(into + toRow, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
      v128.store(into + 2 * toRow, v128.shuffle<f32>(ef, gh, 0, 1, 4, 5));
      v128.store(into + 3 * toRow, v128.shuffle<f32>(ef, gh, 2, 3, 6, 7));
    }
  }
}

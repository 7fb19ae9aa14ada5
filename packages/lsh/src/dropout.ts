/**
 * Which attention weights are dropped, as a function of place: no state, so that forward, backward, reference and every
 * kernel agree, however they cut the work.
 *
 * A weight's place is (group, slot of its query, column of its key in the query's window). 32-bit integer arithmetic
 * alone, so that it reads the same in TypeScript, AssemblyScript, WGSL and C.
 */

/** The stream of one query: all columns of one slot draw from it. */
export function dropoutRow(seed: number, group: number, slot: number): number {
  return scramble(scramble(seed ^ Math.imul(group, 0x9e3779b1)) ^ Math.imul(slot + 1, 0x85ebca77));
}

/** Whether the weight in `column` of the row is kept: 16 bits of a draw against the rate. */
export function keepWeight(row: number, column: number, rate: number): boolean {
  const draw = scramble(row + Math.imul(column >>> 1, 0x9e3779b9));
  return (column & 1 ? draw >>> 16 : draw & 0xffff) >= dropThreshold(rate);
}

/** Draws below this are dropped: the rate on a grid of 2^-16. */
export function dropThreshold(rate: number): number {
  return Math.round(rate * 0x10000);
}

/** A row of weights: 0 where dropped, 1 / (1 - rate) where kept; two columns share the halves of one draw. */
export function fillDropoutRow(
  target: Float32Array,
  start: number,
  columns: number,
  row: number,
  rate: number,
): void {
  const threshold = dropThreshold(rate);
  const scale = 1 / (1 - rate);
  for (let column = 0; column < columns; column += 2) {
    const draw = scramble(row + Math.imul(column >>> 1, 0x9e3779b9));
    target[start + column] = (draw & 0xffff) >= threshold ? scale : 0;
    if (column + 1 < columns) target[start + column + 1] = draw >>> 16 >= threshold ? scale : 0;
  }
}

/** A bijection of 32 bits that leaves no visible pattern (Wellons' lowbias32, public domain). */
function scramble(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

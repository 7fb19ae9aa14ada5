/**
 * Scratch memory, laid out piece by piece: once from address 0, to know how much is needed, and once where it lies. Its
 * size is counted in f64, since an address would wrap around beyond 4 GB, and too little memory be asked for.
 */
let next: usize, bytes: f64;

export function openScratch(start: usize): void {
  next = start;
  bytes = 0;
}

/** @returns the address of the next `rows * columns` numbers */
export function piece(rows: i32, columns: i32): usize {
  const start = next;
  next += (<usize>rows * columns) << 2;
  bytes += <f64>rows * <f64>columns * 4;
  return start;
}

/** @returns the bytes of all pieces since {@link openScratch} */
export function scratchBytes(): f64 {
  return bytes;
}

/** What position embeddings cost: one table for all positions, or two small ones for rows and columns (axial). */

export interface AxialShape {
  /** Rows and columns: `length = rows · columns`. */
  rows: number;
  columns: number;
  /** Numbers of a vector that say the row; the others say the column. */
  rowDims: number;
  dModel: number;
}

export const bytesPerNumber = 4;

export function fullParameters({ rows, columns, dModel }: AxialShape): number {
  return rows * columns * dModel;
}

export function axialParameters({ rows, columns, rowDims, dModel }: AxialShape): number {
  return rows * rowDims + columns * (dModel - rowDims);
}

/** Row by row, as one reads. */
export function placeOf(position: number, { columns }: AxialShape): { row: number; column: number } {
  return { row: Math.floor(position / columns), column: position % columns };
}

/**
 * How alike two positions' vectors are, as a cosine, when tables are random and numbers are many: the share of the
 * numbers that they have in common.
 */
export function likeness(a: number, b: number, shape: AxialShape): number {
  const [one, other] = [placeOf(a, shape), placeOf(b, shape)];
  const rowShare = one.row === other.row ? shape.rowDims : 0;
  const columnShare = one.column === other.column ? shape.dModel - shape.rowDims : 0;
  return (rowShare + columnShare) / shape.dModel;
}

/** The squarest grid of a length that is a power of two. */
export function squarest(length: number): { rows: number; columns: number } {
  const exponent = Math.round(Math.log2(length));
  const rows = 2 ** Math.floor(exponent / 2);
  return { rows, columns: length / rows };
}

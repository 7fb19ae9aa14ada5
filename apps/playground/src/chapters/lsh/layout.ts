/** Where everything in the figure stands, as plain numbers: drawing and pointing both read it. */

export interface FigureInput {
  width: number;
  length: number;
  paddedLength: number;
  chunkLength: number;
}

export type RowName = "sequence" | "hash" | "sort" | "chunk" | "attend";

/** The stage at which a row appears. */
export const stageOf: Record<RowName, number> = { sequence: 1, hash: 1, sort: 2, chunk: 3, attend: 4 };

export interface FigureLayout {
  width: number;
  height: number;
  /** Free room on the left for the names of the rows; 0 when they stand above. */
  gutter: number;
  /** Side of a cell without its margin. */
  cell: number;
  rowHeight: number;
  /** The top of every row. */
  tops: Record<RowName, number>;
  /** The left edge of a position in the two upper rows, and of a slot in the others. */
  positionX: (position: number) => number;
  sortX: (slot: number) => number;
  chunkX: (slot: number) => number;
  showsLetters: boolean;
}

/** Below this, a sequence is scrolled rather than squeezed. */
const minPitch = 4.2;
const maxPitch = 30;
const legiblePitch = 9.5;
/** Between chunks, in cells. */
const gapInCells = 0.7;
const gutterFrom = 640;
const gutterWidth = 84;

export function layOutFigure({ width, length, paddedLength, chunkLength }: FigureInput): FigureLayout {
  const chunks = paddedLength / chunkLength;
  const pitches = paddedLength + (chunks - 1) * gapInCells;
  const gutter = width >= gutterFrom ? gutterWidth : 0;
  const pitch = Math.min(maxPitch, Math.max(minPitch, (width - gutter) / pitches));
  const chunkedWidth = pitch * pitches;
  const total = Math.max(width, gutter + chunkedWidth);
  const margin = Math.min(2, pitch * 0.12);
  const cell = pitch - margin;
  const rowHeight = Math.max(cell, 20);
  // Names of the rows stand at their left where there is room, and above them where there is not.
  const above = gutter > 0 ? 4 : 22;
  const sequence = above;
  const hash = sequence + rowHeight + 3;
  const sort = hash + rowHeight + 130;
  const chunk = sort + rowHeight + 8 + above;
  const attend = chunk + rowHeight + 118;
  const left = gutter + (total - gutter - chunkedWidth) / 2;
  const spread = (count: number) => (count > 0 ? chunkedWidth / count : chunkedWidth);
  return {
    width: total,
    height: attend + rowHeight + 4,
    gutter,
    cell,
    rowHeight,
    tops: { sequence, hash, sort, chunk, attend },
    positionX: (position) => left + position * spread(length) + (spread(length) - cell) / 2,
    sortX: (slot) => left + slot * spread(paddedLength) + (spread(paddedLength) - cell) / 2,
    chunkX: (slot) => left + (slot + Math.floor(slot / chunkLength) * gapInCells) * pitch + margin / 2,
    showsLetters: pitch >= legiblePitch,
  };
}

export interface FigurePlace {
  row: RowName;
  position: number;
}

/**
 * What is under a point of the figure; undefined beside the rows and over empty slots.
 *
 * @param order the positions of the drawn round's slots, -1 in empty ones
 */
export function placeAt(
  layout: FigureLayout,
  { length, order }: { length: number; order: Int32Array },
  { x, y }: { x: number; y: number },
): FigurePlace | undefined {
  const row = (Object.keys(layout.tops) as RowName[]).find(
    (name) => y >= layout.tops[name] && y < layout.tops[name] + layout.rowHeight,
  );
  if (row === undefined) return undefined;
  const isByPosition = row === "sequence" || row === "hash";
  const left = isByPosition ? layout.positionX : row === "sort" ? layout.sortX : layout.chunkX;
  const count = isByPosition ? length : order.length;
  for (let index = 0; index < count; index++) {
    const start = left(index);
    if (x < start - 1 || x > start + layout.cell + 1) continue;
    const position = isByPosition ? index : order[index]!;
    return position < 0 ? undefined : { row, position };
  }
  return undefined;
}

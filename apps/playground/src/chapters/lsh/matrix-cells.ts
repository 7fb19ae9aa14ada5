/**
 * Who attends to whom, as two matrices: in the sequence's own order, over all rounds, and in the sorted order of one
 * round, where what is found gathers along the diagonal.
 */
import type { MatrixCells } from "../../draw/matrix";
import { type Picture, roundOrder } from "./picture";
import { chunksPerRound, slotsOf, windowOf } from "./windows";

export interface MatrixPicture extends MatrixCells {
  /** The position that each row and column stands for, -1 for an empty slot. */
  positions: Int32Array;
}

/** The largest weight in full ink, and the square root to bring out small ones; a caption says so. */
function inkFor({ result }: Picture): (weight: number) => number {
  const largest = result.fullWeights.reduce((most, weight) => Math.max(most, weight), 0);
  return (weight) => Math.sqrt(weight / largest);
}

export function originalOrder(picture: Picture, round: number): MatrixPicture {
  const { request, result } = picture;
  const { length, numBuckets } = request;
  const cells = emptyCells(length);
  const inkOf = inkFor(picture);
  cells.positions.forEach((_, i) => (cells.positions[i] = i));
  for (let query = 0; query < length; query++) {
    for (let key = 0; key < length; key++) {
      const cell = query * length + key;
      const isFound = result.lshWeights[cell]! > 0;
      cells.ink[cell] = inkOf(result.fullWeights[cell]!);
      cells.looked[cell] = isFound ? 1 : 0;
      cells.colour[cell] = isFound ? result.buckets[round * length + key]! % (numBuckets / 2) : -1;
    }
  }
  return cells;
}

export function sortedOrder(picture: Picture, round: number): MatrixPicture {
  const { request, result } = picture;
  const { length, numBuckets, chunkLength, causal, acrossBuckets } = request;
  const size = result.paddedLength;
  const order = roundOrder(picture, round);
  const bucket = (position: number) => result.buckets[round * length + position]!;
  const cells = emptyCells(size);
  const inkOf = inkFor(picture);
  cells.positions.set(order);
  const windows = Array.from({ length: chunksPerRound(request) }, (_, chunk) =>
    windowOf(request, { round, chunk }).flatMap((seen) => (seen.round === round ? [seen.chunk] : [])),
  );
  for (let row = 0; row < size; row++) {
    const query = order[row]!;
    if (query < 0) continue;
    const window = windows[Math.floor(row / chunkLength)]!;
    for (let column = 0; column < size; column++) {
      const key = order[column]!;
      if (key < 0) continue;
      const cell = row * size + column;
      const isAllowed = !(causal && key > query) && (acrossBuckets || bucket(key) === bucket(query));
      const isLooked = isAllowed && window.includes(Math.floor(column / chunkLength));
      cells.ink[cell] = inkOf(result.fullWeights[query * length + key]!);
      cells.looked[cell] = isLooked ? 1 : 0;
      cells.colour[cell] = isLooked ? bucket(key) % (numBuckets / 2) : -1;
    }
  }
  return cells;
}

/** The row and column of a position. */
export function placeOf(picture: Picture, round: number | undefined, position: number | undefined) {
  if (position === undefined) return undefined;
  return round === undefined ? position : slotsOf(picture, round)[position];
}

function emptyCells(size: number): MatrixPicture {
  return {
    size,
    ink: new Float32Array(size * size),
    colour: new Int16Array(size * size).fill(-1),
    looked: new Uint8Array(size * size),
    positions: new Int32Array(size).fill(-1),
  };
}

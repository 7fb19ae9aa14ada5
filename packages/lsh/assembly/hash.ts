/**
 * Angular hashing (section 2): the nearest of K directions, `argmax([xR ; -xR])`, of 64 vectors at a time. A block's
 * projections are laid out `[direction, vector]`, so that four vectors find theirs at once.
 */
import { copyRow, transpose } from "../../../internal/wasm/assembly/blocks";
import { openScratch, piece, scratchBytes } from "../../../internal/wasm/assembly/layout";
import { product } from "../../../internal/wasm/assembly/product";
import { padded } from "../../../internal/wasm/assembly/vectors";

const blockLength = 64;

let rows: usize, across: usize, rotation: usize, projections: usize;

/** @returns the bytes of scratch memory that {@link hash} needs */
export function hashBytes(depth: i32, rotationSize: i32): f64 {
  layOut(0, padded(depth), padded(rotationSize));
  return scratchBytes();
}

function layOut(start: usize, wide: i32, size: i32): void {
  openScratch(start);
  rows = piece(blockLength, wide);
  across = piece(wide, blockLength);
  rotation = piece(wide, size);
  projections = piece(size, blockLength);
}

/**
 * @param vectors   `[groups, length, depth]`
 * @param rotations `[heads, depth, numHashes, rotationSize]`
 * @param factors   int32 `[factorCount]`
 * @param buckets   int32 `[groups, numHashes, length]`, written
 */
export function hash(
  scratch: usize,
  groups: i32,
  heads: i32,
  length: i32,
  depth: i32,
  numHashes: i32,
  rotationSize: i32,
  factorCount: i32,
  vectors: usize,
  rotations: usize,
  factors: usize,
  buckets: usize,
): void {
  const wide = padded(depth),
    size = padded(rotationSize);
  layOut(scratch, wide, size);
  memory.fill(rotation, 0, (<usize>(size * wide)) << 2);
  for (let group = 0; group < groups; group++) {
    const ofGroup = vectors + ((<usize>group * length * depth) << 2);
    for (let round = 0; round < numHashes; round++) {
      for (let d = 0; d < depth; d++) {
        const from = <usize>(((group % heads) * depth + d) * numHashes + round) * rotationSize;
        copyRow(rotationSize, rotations + (from << 2), rotation + ((<usize>(d * size)) << 2));
      }
      const to = buckets + ((<usize>(group * numHashes + round) * length) << 2);
      for (let start = 0; start < length; start += blockLength) {
        const count = min(blockLength, length - start);
        memory.fill(rows, 0, (<usize>(wide * blockLength)) << 2);
        for (let i = 0; i < count; i++) {
          copyRow(depth, ofGroup + ((<usize>(start + i) * depth) << 2), rows + ((<usize>(i * wide)) << 2));
        }
        transpose(blockLength, wide, rows, (<usize>wide) << 2, across);
        product(
          size,
          blockLength,
          depth,
          rotation,
          4,
          (<usize>size) << 2,
          across,
          blockLength << 2,
          projections,
          blockLength << 2,
          false,
        );
        for (let i = 0; i < count; i += 4) {
          const nearest = nearestDirections(projections + ((<usize>i) << 2), factors, factorCount);
          const target = to + ((<usize>(start + i)) << 2);
          if (i + 4 <= count) v128.store(target, nearest);
          else storeSome(target, nearest, count - i);
        }
      }
    }
  }
}

/** Of four vectors, whose projections lie `blockLength` numbers from direction to direction. */
function nearestDirections(projections: usize, factors: usize, factorCount: i32): v128 {
  let bucket = i32x4.splat(0);
  let stride = 1;
  for (let f = 0; f < factorCount; f++) {
    const factor = load<i32>(factors + ((<usize>f) << 2)),
      half = factor >> 1;
    let highest = v128.load(projections),
      lowest = highest;
    let atHighest = i32x4.splat(0),
      atLowest = atHighest;
    for (let direction = 0; direction < half; direction++, projections += blockLength << 2) {
      const x = v128.load(projections);
      const rises = f32x4.gt(x, highest),
        falls = f32x4.lt(x, lowest);
      const here = i32x4.splat(direction);
      highest = v128.bitselect(x, highest, rises);
      atHighest = v128.bitselect(here, atHighest, rises);
      lowest = v128.bitselect(x, lowest, falls);
      atLowest = v128.bitselect(here, atLowest, falls);
    }
    const isOpposite = f32x4.gt(f32x4.neg(lowest), highest);
    const digit = v128.bitselect(i32x4.add(atLowest, i32x4.splat(half)), atHighest, isOpposite);
    bucket = i32x4.add(bucket, i32x4.mul(digit, i32x4.splat(stride)));
    stride *= factor;
  }
  return bucket;
}

function storeSome(to: usize, values: v128, count: i32): void {
  store<i32>(to, i32x4.extract_lane(values, 0));
  if (count > 1) store<i32>(to, i32x4.extract_lane(values, 1), 4);
  if (count > 2) store<i32>(to, i32x4.extract_lane(values, 2), 8);
}

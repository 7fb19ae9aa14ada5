/**
 * One of the two streams of a prompt, in segments. A single segment stays on the backend; several wait on the host, for
 * the streams of a book outgrow what a backend can address.
 */
import { add, concat, slice, tensor3d, type Tensor3D } from "@tensorflow/tfjs-core";
import type { Segment } from "./segments";

export interface Stream {
  /** Segment `i` behind the `before` positions in front of it, `[batch, before + length, dModel]`; the caller owns it. */
  lend(i: number, before?: number): Tensor3D;
  /** Adds `y` to segment `i`. Takes it. */
  add(i: number, y: Tensor3D): Promise<void>;
  /** The last position, `[batch * dModel]`. */
  newest(): Promise<Float32Array>;
  /** Lets go of segment `i`, which nobody will ask for. */
  drop(i: number): void;
  dispose(): void;
}

/**
 * Both streams as they begin: copies of the embedding.
 *
 * @param embed a segment's vectors, `[batch, length, dModel]`, for the caller to own
 */
export async function openStreams(
  segments: readonly Segment[],
  embed: (segment: Segment) => Tensor3D,
): Promise<[Stream, Stream]> {
  if (segments.length === 1) {
    const x = embed(segments[0]!);
    return [onBackend(x), onBackend(x.clone())];
  }
  const parts: Float32Array[] = [];
  let shape: [number, number] | undefined;
  for (const segment of segments) {
    const x = embed(segment);
    shape ??= [x.shape[0], x.shape[2]];
    parts.push(await valuesOf(x));
  }
  return [onHost(segments, parts, shape!), onHost(segments, [...parts], shape!)];
}

/** Takes `x`. */
function onBackend(x: Tensor3D): Stream {
  return {
    lend: () => x.clone(),
    async add(_i, y) {
      x = replaceBySum(x, y);
    },
    newest: () => valuesOf(lastOf(x)),
    drop() {},
    dispose: () => void (x.isDisposed || x.dispose()),
  };
}

/** Takes the list `parts`, but never changes what is in it: both streams begin with the same arrays. */
function onHost(
  segments: readonly Segment[],
  parts: (Float32Array | undefined)[],
  [batch, width]: readonly [number, number],
): Stream {
  const lend = (i: number) => tensor3d(parts[i]!, [batch, segments[i]!.length, width]);
  const tailOf = (i: number, count: number) =>
    consume(lend(i), (x) => slice(x, [0, x.shape[1] - count, 0], [-1, count, -1]));
  return {
    lend(i, before = 0) {
      if (before === 0) return lend(i);
      const pieces = [tailOf(i - 1, before), lend(i)];
      const whole = concat(pieces, 1);
      for (const piece of pieces) piece.dispose();
      return whole;
    },
    async add(i, y) {
      const sums = await valuesOf(y);
      const terms = parts[i]!;
      for (let at = 0; at < sums.length; at++) sums[at]! += terms[at]!;
      parts[i] = sums;
    },
    newest: () => valuesOf(tailOf(segments.length - 1, 1)),
    drop: (i) => void (parts[i] = undefined),
    dispose: () => void (parts.length = 0),
  };
}

const lastOf = (x: Tensor3D) => slice(x, [0, x.shape[1] - 1, 0], [-1, 1, -1]);

/** Takes `x`. */
async function valuesOf(x: Tensor3D): Promise<Float32Array> {
  const values = (await x.data()) as Float32Array;
  x.dispose();
  return values;
}

function consume<Result>(x: Tensor3D, use: (x: Tensor3D) => Result): Result {
  const result = use(x);
  x.dispose();
  return result;
}

/** `x + y` in place of both. */
export function replaceBySum(x: Tensor3D, y: Tensor3D): Tensor3D {
  const sum = add(x, y) as Tensor3D;
  x.dispose();
  y.dispose();
  return sum;
}

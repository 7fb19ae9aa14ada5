/** The most bytes that tensors take during a forward and backward pass, by depth, with reversibility on and off. */
import { backward, forward } from "@reformer-ts/reversible";
import * as tf from "@tensorflow/tfjs-core";
import { type Block, type BlockSizes, disposeBlocks, makeBlocks, normal } from "./blocks";

export interface MemoryRequest extends BlockSizes {
  depths: number[];
  seed: number;
}

export interface MemoryPoint {
  depth: number;
  /** Beyond the parameters, which both ways have alike. */
  reversibleBytes: number;
  keptBytes: number;
}

interface Context {
  signal: AbortSignal;
  report: (point: MemoryPoint) => void;
}

export async function memoryByDepth(
  request: MemoryRequest,
  { signal, report }: Context,
): Promise<MemoryPoint[]> {
  const points: MemoryPoint[] = [];
  for (const depth of request.depths) {
    // A pause between depths, so that a message to stop is heard.
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    const blocks = makeBlocks(depth, request, request.seed);
    try {
      const point = {
        depth,
        reversibleBytes: await peakBytes(blocks, request, 0),
        keptBytes: await peakBytes(blocks, request, depth),
      };
      points.push(point);
      report(point);
    } finally {
      disposeBlocks(blocks);
    }
  }
  return points;
}

async function peakBytes(
  blocks: Block[],
  { length, dModel, seed }: MemoryRequest,
  keepLayers: number,
): Promise<number> {
  // tfjs's profiler would read results back to look for NaN, when they may be gone.
  tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
  const before = tf.memory().numBytes;
  const { peakBytes: peak, result } = await tf.profile(() =>
    tf.tidy(() => {
      const stream = (name: string) => normal([length, dModel], seed, name);
      const ran = forward(blocks, { x1: stream("x1"), x2: stream("x2") }, { seed, keepLayers });
      const { d1, d2 } = backward(
        blocks,
        ran,
        { d1: stream("d1"), d2: stream("d2") },
        ran.trace,
        (_, gradient) => gradient.dispose(),
      );
      return tf.add(d1, d2);
    }),
  );
  tf.dispose(result);
  return peak - before;
}

/**
 * A reversible stack there and back. The streams are noted where they enter attention and feed-forward, once on the way
 * up and once on the way down, where they have been rebuilt by subtraction.
 */
import { backward, forward, type Residual, type ReversibleBlock } from "@reformer-ts/reversible";
import * as tf from "@tensorflow/tfjs-core";
import { type BlockSizes, disposeBlocks, makeBlocks, normal } from "./blocks";

export interface RebuildRequest extends BlockSizes {
  layers: number;
  seed: number;
}

/** One stream at one layer, before and after. */
export interface Stream {
  /** `[dModel]`: the first position's numbers. */
  there: Float32Array;
  back: Float32Array;
  /** The largest difference in the whole `[length, dModel]`. */
  error: number;
  /** The largest number in it, to compare the error with. */
  scale: number;
}

export interface RebuildResult {
  /** What enters attention and what enters the feed-forward, per layer. */
  layers: { x2: Stream; y1: Stream }[];
}

type Notes = Map<string, Float32Array>;

export async function rebuild({ layers, length, dModel, seed }: RebuildRequest): Promise<RebuildResult> {
  const blocks = makeBlocks(layers, { length, dModel }, seed);
  try {
    const there: Notes = new Map();
    const back: Notes = new Map();
    const noted = blocks.map(({ f, g }, layer): ReversibleBlock => ({
      f: noting(f, `${layer}.x2`, there, back),
      g: noting(g, `${layer}.y1`, there, back),
    }));
    const [x1, x2, d1, d2] = ["x1", "x2", "d1", "d2"].map((name) => normal([length, dModel], seed, name)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const ran = forward(noted, { x1, x2 }, { seed });
    const gradients = backward(noted, ran, { d1, d2 }, ran.trace, (_, gradient) => gradient.dispose());
    tf.dispose([gradients.d1, gradients.d2]);
    const stream = (name: string) => compare(there.get(name)!, back.get(name)!, dModel);
    return {
      layers: blocks.map((_, layer) => ({ x2: stream(`${layer}.x2`), y1: stream(`${layer}.y1`) })),
    };
  } finally {
    disposeBlocks(blocks);
  }
}

/** The same residual, which writes down what it is given. */
function noting(residual: Residual, name: string, there: Notes, back: Notes): Residual {
  const note = (notes: Notes, x: tf.Tensor) => notes.set(name, Float32Array.from(x.dataSync()));
  return {
    forward: (x, seed) => {
      note(there, x);
      return residual.forward(x, seed);
    },
    forwardAndGrad: (x, dy, saved, seed, sink) => {
      note(back, x);
      return residual.forwardAndGrad(x, dy, saved, seed, sink);
    },
    keep: (x, seed) => residual.keep(x, seed),
  };
}

function compare(there: Float32Array, back: Float32Array, dModel: number): Stream {
  let error = 0;
  let scale = 0;
  there.forEach((value, i) => {
    error = Math.max(error, Math.abs(value - back[i]!));
    scale = Math.max(scale, Math.abs(value));
  });
  return { there: there.slice(0, dModel), back: back.slice(0, dModel), error, scale };
}

/** Prompts of one length in one parallel pass on the backend, which leaves the caches of the decoder filled. */
import {
  add,
  reshape,
  slice,
  tensor2d,
  tidy,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { hashVectors } from "@reformer-ts/lsh";
import { residualSeed } from "@reformer-ts/reversible";
import { attentionFunction } from "../attention";
import { attentionMechanism, type Attended } from "../attention-mechanism";
import type { Pass } from "../pass";
import type { Reformer } from "../reformer";
import type { LayerCache } from "./layer-cache";
import { layerRotations } from "./layer-rotations";

/** Nothing is dropped while writing. */
const pass: Pass = { training: false };

/**
 * @param prompts `[batch, length]`, at least one token
 * @param caches of each sequence, by layer, empty
 * @param tell is called after every layer
 * @returns logits of the next token, `[vocabSize]` per sequence
 */
export async function readPrompt(
  model: Reformer,
  prompts: readonly Int32Array[],
  caches: readonly (readonly LayerCache[])[],
  tell: (layersDone: number) => void = () => {},
): Promise<Float32Array[]> {
  const { config } = model;
  const blocks = model.blocks(pass);
  let x1 = embed(model, prompts);
  let x2 = x1.clone() as Tensor3D;
  for (const [layer, { g }] of blocks.entries()) {
    x1 = replaceBySum(
      x1,
      await attendAndFill(
        model,
        layer,
        x2,
        caches.map((ofSequence) => ofSequence[layer]!),
      ),
    );
    x2 = replaceBySum(x2, g.forward(x1, 0).y as Tensor3D);
    tell(layer + 1);
  }
  const logits = tidy(() => {
    const last = [0, prompts[0]!.length - 1, 0];
    const [row1, row2] = [x1, x2].map(
      (x) => reshape(slice(x, last, [-1, 1, -1]), [-1, config.dModel]) as Tensor2D,
    );
    return model.head.logits(row1!, row2!);
  });
  const values = (await logits.data()) as Float32Array;
  for (const used of [x1, x2, logits]) used.dispose();
  return rows(values, config.vocabSize);
}

/** `[batch, length, dModel]` */
function embed(model: Reformer, prompts: readonly Int32Array[]): Tensor3D {
  const length = prompts[0]!.length;
  const flat = new Int32Array(prompts.length * length);
  for (const [i, prompt] of prompts.entries()) flat.set(prompt, i * length);
  return tidy(() => model.embedding(pass).forward(tensor2d(flat, [prompts.length, length], "int32"), 0));
}

/** Attention of one layer, `[batch, length, dModel]` to the same, with what it projected left in the caches. */
async function attendAndFill(
  model: Reformer,
  layer: number,
  x: Tensor3D,
  caches: readonly LayerCache[],
): Promise<Tensor3D> {
  const { config, parameters } = model;
  const length = x.shape[1];
  const seed = residualSeed(config.hashSeed, layer, "f");
  const mechanism = attentionMechanism(config, layer, pass);
  const attention = attentionFunction(config, parameters, `layers.${layer}.attention`, mechanism, pass);
  const { y, state, saved } = attention.run(x, seed);
  const { attended } = state;
  const count = Math.min(length, caches[0]!.reach);
  const projections = await Promise.all(
    attended.projections.map((projection) =>
      readAndDispose<Float32Array>(tidy(() => newest(projection, count))),
    ),
  );
  const buckets = await bucketsOf(model, layer, seed, attended);
  for (const tensor of saved) tensor.dispose();
  attention.release(state);
  for (const [sequence, cache] of caches.entries()) {
    cache.begin({
      length,
      count,
      projections: projections.map((values) => part(values, sequence, caches.length)),
      buckets: buckets && part(buckets, sequence, caches.length),
    });
  }
  return y;
}

/** `[batch, heads, length, depth]` to its last `count` positions. */
function newest(x: Tensor4D, count: number): Tensor4D {
  return slice(x, [0, 0, x.shape[2] - count, 0], [-1, -1, count, -1]);
}

/** `[batch, heads, numHashes, length]`, of LSH layers. Short sequences attend without hashing, but will grow. */
async function bucketsOf(
  { config }: Reformer,
  layer: number,
  seed: number,
  { buckets, projections }: Attended,
): Promise<Int32Array | undefined> {
  if (buckets) return (await buckets.data()) as Int32Array;
  const rotations = layerRotations(config, layer, seed);
  if (rotations === null) return undefined;
  const hashed = hashVectors(projections[0]!, rotations, config.numBuckets as number | number[]);
  rotations.dispose();
  return readAndDispose<Int32Array>(hashed);
}

async function readAndDispose<Values extends Float32Array | Int32Array>(x: Tensor4D): Promise<Values> {
  const values = await x.data();
  x.dispose();
  return values as Values;
}

function part<Values extends Float32Array | Int32Array>(
  values: Values,
  index: number,
  parts: number,
): Values {
  const size = values.length / parts;
  return values.subarray(index * size, (index + 1) * size) as Values;
}

/** `x + y` in place of both. */
export function replaceBySum(x: Tensor3D, y: Tensor3D): Tensor3D {
  const sum = add(x, y) as Tensor3D;
  x.dispose();
  y.dispose();
  return sum;
}

/** `values` in rows of `width`: views, not copies. */
export function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
}

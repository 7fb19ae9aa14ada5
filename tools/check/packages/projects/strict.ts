import * as tf from "@tensorflow/tfjs";
import { lshAttention, type LshOptions } from "@reformer-ts/lsh";
import { lshSelfAttention } from "@reformer-ts/lsh/layers";
import { reversibleStack, type ReversibleBlock } from "@reformer-ts/reversible";
import { reversibleBlocks } from "@reformer-ts/reversible/layers";
import { createReformer, initializeParameters, resolveConfig, type Reformer } from "@reformer-ts/model";
import { byteTokenizer, type TokenSource } from "@reformer-ts/data";
import { openByteSource } from "@reformer-ts/data/node";
import { decodeImage } from "@reformer-ts/data/images";
import { parseMidi } from "@reformer-ts/data/midi";
import { trainBytePairs } from "@reformer-ts/data/subword";

export const options: LshOptions = { chunkLength: 16, numBuckets: "auto", numHashes: 2 };
export const attended: tf.Tensor4D = lshAttention(tf.ones([1, 1, 64, 8]), tf.ones([1, 1, 64, 8]), options);
export const model: Reformer = createReformer(resolveConfig({}), initializeParameters(resolveConfig({}), 1));
export const blocks: readonly ReversibleBlock[] = model.blocks({ training: false });
export const stack = reversibleStack(blocks, {});
export const source: TokenSource = openByteSource("book.txt");
export const text: string = byteTokenizer().decode(source.read(0, 4));
export const sequential = tf.sequential({
  layers: [lshSelfAttention({ numHeads: 2, chunkLength: 16, inputShape: [64, 8] })],
});
export const others = [reversibleBlocks, decodeImage, parseMidi, trainBytePairs];
// @ts-expect-error a chunk length is a number
export const wrong: LshOptions = { chunkLength: "16", numBuckets: 2 };

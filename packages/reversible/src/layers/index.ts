/**
 * Reversible blocks for tfjs-layers, an optional peer that only this entry imports.
 *
 * The class is registered by a call and not by the import: importing has no side effects, so a bundler may drop this
 * entry where nothing of it is used. Making a layer registers it too; only a program that does nothing but load a
 * saved model calls {@link registerReversibleLayers} itself.
 */
import { serialization } from "@tensorflow/tfjs-core";
import { ReversibleBlocks, type LayerPair, type ReversibleBlocksArguments } from "./reversible-blocks";

export { ReversibleBlocks, type LayerPair, type ReversibleBlocksArguments };

/** Lets `tf.loadLayersModel` find the layers of this package; calling it again does nothing new. */
export function registerReversibleLayers(): void {
  serialization.registerClass(ReversibleBlocks);
}

/**
 * Reversible blocks, one after the other, as one layer `[batch, ..., 2 n] -> [batch, ..., 2 n]`.
 *
 * The layers in `blocks` work on `[batch, ..., n]` and are part of this layer from then on: their weights are its
 * weights. Between forward and backward it keeps its output, whatever the number of blocks.
 */
export function reversibleBlocks(options: ReversibleBlocksArguments): ReversibleBlocks {
  registerReversibleLayers();
  return new ReversibleBlocks(options);
}

/** One reversible block around any two layers; see {@link reversibleBlocks}. */
export function reversibleBlock({
  f,
  g,
  ...options
}: LayerPair & Omit<ReversibleBlocksArguments, "blocks">): ReversibleBlocks {
  return reversibleBlocks({ ...options, blocks: [{ f, g }] });
}

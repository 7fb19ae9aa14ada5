/**
 * Self-attention for tfjs-layers, an optional peer that only this entry imports.
 *
 * Classes are registered by a call and not by the import: importing has no side effects, so a bundler may drop this
 * entry where nothing of it is used. Making a layer registers them too; only a program that does nothing but load a
 * saved model calls {@link registerAttentionLayers} itself.
 */
import { serialization } from "@tensorflow/tfjs-core";
import { LocalSelfAttention, type LocalSelfAttentionArguments } from "./local-self-attention";
import { LshSelfAttention, type LshSelfAttentionArguments } from "./lsh-self-attention";

export {
  LocalSelfAttention,
  type LocalSelfAttentionArguments,
  LshSelfAttention,
  type LshSelfAttentionArguments,
};

/** Lets `tf.loadLayersModel` find the layers of this package; calling it again does nothing new. */
export function registerAttentionLayers(): void {
  serialization.registerClass(LshSelfAttention);
  serialization.registerClass(LocalSelfAttention);
}

/** LSH self-attention, `[batch, length, width]` to the same shape. */
export function lshSelfAttention(options: LshSelfAttentionArguments): LshSelfAttention {
  registerAttentionLayers();
  return new LshSelfAttention(options);
}

/** Local self-attention, `[batch, length, width]` to the same shape. */
export function localSelfAttention(options: LocalSelfAttentionArguments): LocalSelfAttention {
  registerAttentionLayers();
  return new LocalSelfAttention(options);
}

/** An attention layer that reads a prompt. */
import { residualSeed } from "@reformer-ts/reversible";
import { attentionEnds, type AttentionEnds } from "../attention-ends";
import { attentionMechanism, type AttentionMechanism, type OneHead } from "../attention-mechanism";
import { withMemoryKeys } from "../memory-keys";
import type { Parameters } from "../parameters";
import type { Pass } from "../pass";
import type { Reformer } from "../reformer";
import type { LayerCache } from "./layer-cache";
import type { Segment } from "./segments";
import type { Stream } from "./stream";

/** Nothing is dropped while reading. */
export const readingPass: Pass = { training: false };

/** A layer, and what it is to read. */
export interface Reading {
  model: Reformer;
  /** Index of the layer, from the input up. */
  layer: number;
  segments: readonly Segment[];
  /** Tokens of the prompt. */
  length: number;
  /** What is added to, and what is looked at. */
  x1: Stream;
  x2: Stream;
  /** Of the layer, by sequence. */
  caches: readonly LayerCache[];
  /** Is told how much of the layer is done, from 0 to 1. */
  tell: (share: number) => void;
}

export interface ReadingLayer {
  ends: AttentionEnds;
  mechanism: AttentionMechanism;
  /** The half residual's seed: of its rotations. */
  seed: number;
}

/** @param one a single head, whose share of the layer's parameters these are */
export function readingLayer(
  { config }: Reformer,
  parameters: Parameters,
  layer: number,
  one?: OneHead,
): ReadingLayer {
  const prefix = `layers.${layer}.attention`;
  const own = one ? { ...config, numHeads: 1 } : config;
  const plain = attentionMechanism(own, layer, readingPass, one);
  const mechanism = withMemoryKeys(own, parameters, prefix, plain);
  return {
    mechanism,
    ends: attentionEnds(own, parameters, prefix, mechanism, readingPass),
    seed: residualSeed(config.hashSeed, layer, "f"),
  };
}

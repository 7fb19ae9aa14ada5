/**
 * The encoder-decoder Reformer as a sentence, after Trax' `Reformer` (§5 of the paper, machine translation): embed the
 * source, run a bidirectional reversible stack, average its streams into a memory; embed the target, run a causal
 * reversible stack whose layers look at themselves, at the memory, and feed forward, average, predict.
 */
import type { Tensor3D } from "@tensorflow/tfjs-core";
import type { Residual } from "@reformer-ts/reversible";
import { attention } from "../attention";
import { attentionMechanism } from "../attention-mechanism";
import { embedding, type Embedding } from "../embedding";
import { feedForward } from "../feed-forward";
import type { Head } from "../heads";
import type { FinalNorm } from "../heads/final-norm";
import { tokenHead } from "../heads/token-head";
import type { Parameters } from "../parameters";
import type { Pass } from "../pass";
import { residual } from "../residual";
import { sidesOf, type EncoderDecoderConfig, type Sides } from "./config";
import { crossAttentionFunction, memoryHeads, type Memory } from "./cross-attention";
import { meanNorm } from "./mean-norm";
import { sideParameters, type Side } from "./parameters";

/** One side for one pass: its halves take turns on two streams, two to an encoder layer and three to a decoder layer. */
export interface Stack {
  embedding: Embedding;
  halves: readonly Residual[];
}

export interface EncoderDecoder {
  readonly config: EncoderDecoderConfig;
  readonly sides: Sides;
  readonly parameters: Parameters;
  /** Each side's parameters, under the names of its own configuration. */
  readonly views: Record<Side, Parameters>;
  /** From the encoder's streams to the memory. */
  readonly memoryNorm: FinalNorm;
  readonly head: Head;
  encoder(pass: Pass): Stack;
  /** @param giveMemory owns every gradient of the memory's vectors that it is given; their sum is the gradient */
  decoder(pass: Pass, memory: Memory, giveMemory: (gradient: Tensor3D) => void): Stack;
}

/** Halves of a decoder layer: self-attention, attention to the memory, feed-forward. */
export const decoderHalves = 3;

/**
 * A model around parameters that the caller goes on owning. Gradients carry the names of their side's configuration,
 * but for the head's, which are the model's.
 */
export function createEncoderDecoder(config: EncoderDecoderConfig, parameters: Parameters): EncoderDecoder {
  const sides = sidesOf(config);
  const views = {
    encoder: sideParameters(config, "encoder", parameters),
    decoder: sideParameters(config, "decoder", parameters),
  };
  const selfAttention = (side: Side, layer: number, pass: Pass) => {
    const mechanism = attentionMechanism(sides[side], layer, pass);
    return attention(sides[side], views[side], `layers.${layer}.attention`, mechanism, pass);
  };
  const expansion = (side: Side, layer: number, pass: Pass) =>
    feedForward(sides[side], views[side], `layers.${layer}.feedForward`, pass);
  return {
    config,
    sides,
    parameters,
    views,
    memoryNorm: meanNorm(config, views.encoder),
    head: tokenHead(sides.decoder, parameters, meanNorm(config, views.decoder)),
    encoder: (pass) => ({
      embedding: embedding(sides.encoder, views.encoder, pass),
      halves: sides.encoder.layers.flatMap((_, i) => [
        selfAttention("encoder", i, pass),
        expansion("encoder", i, pass),
      ]),
    }),
    decoder: (pass, memory, giveMemory) => ({
      embedding: embedding(sides.decoder, views.decoder, pass),
      halves: sides.decoder.layers.flatMap((_, i) => {
        const prefix = `layers.${i}.crossAttention`;
        const source = memoryHeads(sides.decoder, views.decoder, prefix, memory, giveMemory);
        const looked = { mask: memory.mask, source };
        return [
          selfAttention("decoder", i, pass),
          residual(crossAttentionFunction(sides.decoder, views.decoder, prefix, looked, pass)),
          expansion("decoder", i, pass),
        ];
      }),
    }),
  };
}

/**
 * Parameters of an encoder-decoder: those of two Reformers under `encoder.` and `decoder.`, with a third sublayer in the
 * decoder. One table of tokens serves both sides where they share a vocabulary; positions are each side's own, as in
 * Trax. The layers of a side see a view in which its own name is left out, so they are the very layers of a Reformer.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { GradientSink } from "@reformer-ts/reversible";
import { drawParameters, parameterShapes, type Parameters } from "../parameters";
import { summingSink } from "../residual";
import { sharingSink, withSharedNames } from "../shared-parameters";
import { sidesOf, type EncoderDecoderConfig } from "./config";

export type Side = "encoder" | "decoder";

/** The table that both sides read when they share a vocabulary. */
const tokenTable = "embedding.tokens";

/** Every parameter's shape, in the order of the forward pass. Dense weights are `[in, out]`. */
export function encoderDecoderShapes(config: EncoderDecoderConfig): Record<string, number[]> {
  const { dModel, vocabSize, headBias } = config;
  const sides = sidesOf(config);
  const shapes: Record<string, number[]> = {};
  for (const side of ["encoder", "decoder"] as const) {
    for (const [name, shape] of Object.entries(parameterShapes(sides[side]))) {
      if (/^(embedding|layers)\./.test(name)) shapes[fullName(config, side, name)] = shape;
    }
    if (side === "decoder") Object.assign(shapes, crossShapes(config));
    shapes[`${side}.norm.scale`] = [dModel];
    shapes[`${side}.norm.bias`] = [dModel];
  }
  return {
    ...shapes,
    "head.weight": [dModel, vocabSize],
    ...(headBias ? { "head.bias": [vocabSize] } : {}),
  };
}

function crossShapes({ dModel, numHeads, dHead, decoderLayers }: EncoderDecoderConfig) {
  const inner = numHeads * dHead;
  const ofLayer = {
    "norm.scale": [dModel],
    "norm.bias": [dModel],
    query: [dModel, inner],
    key: [dModel, inner],
    value: [dModel, inner],
    output: [inner, dModel],
  };
  const entries = decoderLayers.flatMap((_, i) =>
    Object.entries(ofLayer).map(([name, shape]) => [`decoder.layers.${i}.crossAttention.${name}`, shape]),
  );
  return Object.fromEntries(entries) as Record<string, number[]>;
}

/** Fresh parameters, a function of the seed alone. */
export function initializeEncoderDecoder(config: EncoderDecoderConfig, seed: number): Parameters {
  return drawParameters(encoderDecoderShapes(config), sidesOf(config).decoder, seed);
}

/** The name of what a side itself calls `name`. */
function fullName({ sourceVocabSize }: EncoderDecoderConfig, side: Side, name: string): string {
  return name === tokenTable && sourceVocabSize === null ? name : `${side}.${name}`;
}

/** The parameters of a side, under the names of its own configuration. */
export function sideParameters(config: EncoderDecoderConfig, side: Side, all: Parameters): Parameters {
  const named = {
    ...all,
    get: (name: string) => all.get(fullName(config, side, name)),
    set: (name: string, value: Tensor) => all.set(fullName(config, side, name), value),
  };
  return withSharedNames(sidesOf(config)[side], named);
}

export interface SideSinks {
  encoder: GradientSink;
  decoder: GradientSink;
  /** Hands on what was held back because it is used in several places. */
  flush(): void;
}

/** Sinks that take a side's own names and give each parameter's gradient to `sink` once, under its full name. */
export function sideSinks(config: EncoderDecoderConfig, sink: GradientSink): SideSinks {
  const sides = sidesOf(config);
  const tables = summingSink();
  const sinkOf = (side: Side) =>
    sharingSink(sides[side], (name, gradient) => {
      const full = fullName(config, side, name);
      (full === tokenTable ? tables.sink : sink)(full, gradient);
    });
  const [encoder, decoder] = [sinkOf("encoder"), sinkOf("decoder")];
  return {
    encoder: encoder.sink,
    decoder: decoder.sink,
    flush() {
      encoder.flush();
      decoder.flush();
      tables.flush(sink);
    },
  };
}

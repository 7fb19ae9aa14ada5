/** The kinds of models that can be trained, told apart by what their configuration says. */
import {
  type EncoderDecoder,
  type EncoderDecoderConfig,
  encoderDecoderSchema,
  encoderDecoderShapes,
  initializeEncoderDecoder,
  initializeParameters,
  parameterShapes,
  type Parameters,
  type Reformer,
  type ReformerConfig,
  reformerSchema,
  resolveConfig,
  resolveEncoderDecoder,
} from "@reformer-ts/model";
import * as z from "zod";

export type ModelConfig = ReformerConfig | EncoderDecoderConfig;
export type Model = Reformer | EncoderDecoder;

/** A model that reads one sequence and writes another. */
export function isEncoderDecoder(config: object): config is EncoderDecoderConfig {
  return "decoderLayers" in config;
}

/** Keys of either kind; what both have is described as a Reformer's. */
export const modelSchema = z.strictObject({
  ...reformerSchema.shape,
  ...encoderDecoderSchema.pick({
    encoderLayers: true,
    decoderLayers: true,
    sourceVocabSize: true,
    padToken: true,
    endToken: true,
  }).shape,
});

/** The keys that a kind of model has. */
export const modelKeys = {
  reformer: new Set(Object.keys(reformerSchema.shape)),
  encoderDecoder: new Set(Object.keys(encoderDecoderSchema.shape)),
} as const;

/** @throws InputError naming the key, what was given and what is allowed */
export function resolveStored(options: unknown, where: string): ModelConfig {
  const paired = typeof options === "object" && options !== null && isEncoderDecoder(options);
  return paired ? resolveEncoderDecoder(options, where) : resolveConfig(options, where);
}

export function shapesOf(config: ModelConfig): Record<string, number[]> {
  return isEncoderDecoder(config) ? encoderDecoderShapes(config) : parameterShapes(config);
}

/** How many numbers a model of this configuration learns. */
export function sizeOf(config: ModelConfig): number {
  return Object.values(shapesOf(config)).reduce(
    (total, shape) => total + shape.reduce((a, b) => a * b, 1),
    0,
  );
}

/** Fresh parameters, a function of the seed alone. */
export function initialize(config: ModelConfig, seed: number): Parameters {
  return isEncoderDecoder(config)
    ? initializeEncoderDecoder(config, seed)
    : initializeParameters(config, seed);
}

/** Its layers in words. */
export function layersText(config: ModelConfig): string {
  if (!isEncoderDecoder(config)) return `${config.layers.length} layers (${config.layers.join(" ")})`;
  const { encoderLayers, decoderLayers } = config;
  return `${encoderLayers.length} encoder layers (${encoderLayers.join(" ")}), ${decoderLayers.length} decoder layers (${decoderLayers.join(" ")})`;
}

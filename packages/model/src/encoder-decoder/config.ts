/**
 * What an encoder-decoder Reformer is, as data: the Reformer's own schema with layers for two stacks. Both sides share
 * every width; each is a {@link ReformerConfig} of its own to the layers that it is made of.
 */
import { InputError } from "@reformer-ts/internal-checks";
import * as z from "zod";
import { attentionKinds, reformerSchema, resolveConfig, type ReformerConfig } from "../config";
import { parse } from "../parse";

const count = z.int().min(1);
const token = z.int().min(0);
const kinds = z
  .array(z.enum(attentionKinds))
  .min(1)
  .default(["full", "full", "full", "full", "full", "full"]);

/** Every key of an encoder-decoder: what it is, its default, what is allowed. */
export const encoderDecoderSchema = reformerSchema
  .omit({ layers: true, causal: true, head: true, numClasses: true, tieEmbeddings: true })
  .extend({
    sourceVocabSize: count
      .nullable()
      .default(null)
      .describe("number of distinct tokens of the source; null: vocabSize, and one table for both sides"),
    encoderLayers: kinds.describe("kind of attention of every encoder layer, from the input up"),
    decoderLayers: kinds.describe("kind of self-attention of every decoder layer, from the input up"),
    chunksAfter: z.int().min(0).default(1).describe("later chunks that a chunk of the encoder attends to"),
    headBias: z.boolean().default(true).describe("whether the output projection has a bias"),
    padToken: token
      .default(0)
      .describe("token that fills up a source, where nobody attends to it, and begins a target"),
    endToken: token.default(1).describe("token that ends a target"),
  });

/** A complete, valid configuration of an encoder-decoder. */
export type EncoderDecoderConfig = z.output<typeof encoderDecoderSchema>;
/** What a user writes: any subset. */
export type EncoderDecoderOptions = z.input<typeof encoderDecoderSchema>;

/**
 * Fills in defaults and refuses what cannot be. What it returns comes back unchanged when it is resolved again.
 *
 * @throws InputError naming the key, what was given and what is allowed
 */
export function resolveEncoderDecoder(options: unknown, where = "config"): EncoderDecoderConfig {
  const config = parse(encoderDecoderSchema, options, where);
  const { encoder, decoder } = sidesOf(config, where);
  checkToken("padToken", config.padToken, Math.min(encoder.vocabSize, decoder.vocabSize), where);
  checkToken("endToken", config.endToken, decoder.vocabSize, where);
  const { numBuckets, localChunkLength, localChunksBefore, axialShape, axialDims } = decoder;
  const { localChunksAfter } = encoder;
  return {
    ...config,
    numBuckets,
    localChunkLength,
    localChunksBefore,
    localChunksAfter,
    axialShape,
    axialDims,
  };
}

export interface Sides {
  /** Sees both ways. */
  encoder: ReformerConfig;
  /** Sees what was written so far. */
  decoder: ReformerConfig;
}

/** The configurations of the two stacks. Routing is strict in the decoder alone: an encoder has no past to keep. */
export function sidesOf(config: EncoderDecoderConfig, where = "config"): Sides {
  const { sourceVocabSize, encoderLayers, decoderLayers, padToken: _, endToken: __, ...shared } = config;
  const ofEncoder = {
    ...shared,
    vocabSize: sourceVocabSize ?? shared.vocabSize,
    layers: encoderLayers,
    causal: false,
    routing: "classic",
  };
  const ofDecoder = { ...shared, layers: decoderLayers, chunksAfter: 0, localChunksAfter: 0 };
  return { encoder: resolveConfig(ofEncoder, where), decoder: resolveConfig(ofDecoder, where) };
}

function checkToken(key: string, value: number, below: number, where: string): void {
  if (value < below) return;
  throw new InputError({
    field: `${where}.${key}`,
    given: String(value),
    allowed: `a token from 0 to ${below - 1}`,
  });
}

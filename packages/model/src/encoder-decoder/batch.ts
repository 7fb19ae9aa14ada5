/** Pairs of sequences: what is read, and what is written about it. */
import { tensor2d, type Tensor2D } from "@tensorflow/tfjs-core";
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import { checkBatch, checkIds, checkLength, type Batch } from "../batch";
import type { EncoderDecoder } from "./model";

export interface PairBatch extends Batch {
  /** `[batch, sourceLength]`, filled up with the padding token */
  source: Int32Array;
  sourceLength: number;
}

/** The source as the encoder takes it. */
export interface Source {
  /** `[batch, sourceLength]` int32 */
  tokens: Tensor2D;
  /** `[batch, sourceLength]` int32, 0 where there is padding */
  mask: Tensor2D;
}

/** The caller owns both tensors. */
export function sourceTensors(
  { config }: EncoderDecoder,
  { source, batch, sourceLength }: Pick<PairBatch, "source" | "batch" | "sourceLength">,
): Source {
  const mask = Int32Array.from(source, (token) => (token === config.padToken ? 0 : 1));
  return {
    tokens: tensor2d(source, [batch, sourceLength], "int32"),
    mask: tensor2d(mask, [batch, sourceLength], "int32"),
  };
}

/** @throws InputError when there is no token, one is unknown, or a sequence outgrows the position table */
export function checkPairBatch(model: EncoderDecoder, batch: PairBatch): void {
  checkSource(model, batch);
  checkBatch(model.sides.decoder, batch);
}

/** @throws InputError when a token of the source is unknown, or the source outgrows the position table or is empty */
export function checkSource(
  { sides: { encoder } }: EncoderDecoder,
  { source, batch, sourceLength }: Pick<PairBatch, "source" | "batch" | "sourceLength">,
): void {
  requireInteger("batch", batch, 1);
  if (!(Number.isInteger(sourceLength) && sourceLength >= 1)) {
    throw new InputError({ field: "source", given: "empty", allowed: "at least one token long" });
  }
  checkIds("source", source, {
    count: batch * sourceLength,
    least: 0,
    below: encoder.vocabSize,
    what: "token",
  });
  checkLength(encoder, "source", sourceLength);
}

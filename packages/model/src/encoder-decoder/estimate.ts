/** How many bytes of tensors a training step of an encoder-decoder needs at its peak, from its configuration alone, and plans from that. */
import { InputError } from "@reformer-ts/internal-checks";
import { estimateStepBytes, type MemoryChoices } from "../memory/estimate";
import { gigabytes } from "../memory/plan";
import type { ReformerConfig } from "../config";
import { countParameters } from "../parameters";
import { sidesOf, type EncoderDecoderConfig } from "./config";
import { encoderDecoderShapes } from "./parameters";

export interface PairShape {
  batch: number;
  /** Tokens of the longest sequence on either side. */
  length: number;
}

const bytesOfNumber = 4;
/** Rows whose logits exist together. */
const headPiece = 2048;

/**
 * Either stack alone needs what a Reformer of its layers does. While the decoder goes back, the encoder holds its last two
 * streams, what its kept layers left, the memory and the gradient of it.
 */
export function estimatePairBytes(
  config: EncoderDecoderConfig,
  shape: PairShape,
  keepLayers: number,
): number {
  const { encoder, decoder } = sidesOf(config);
  const work = (side: ReformerConfig, attendsInFull: boolean) => {
    const choices = { keepLayers: Math.min(keepLayers, side.layers.length), headByHead: false };
    // As many keys as two chunks: of full attention, all.
    const chunkLength = attendsInFull ? Math.ceil(shape.length / 2) : side.chunkLength;
    const whole = estimateStepBytes({ ...side, chunkLength }, { ...shape, fused: false }, choices);
    return whole - 3 * bytesOfNumber * countParameters(side);
  };
  const tokens = shape.batch * shape.length;
  const { dModel, numHeads, dHead } = config;
  const waiting = bytesOfNumber * tokens * 4 * dModel;
  const inner = numHeads * dHead;
  const kept = Math.min(keepLayers, encoder.layers.length);
  const keptByEncoder = bytesOfNumber * kept * tokens * (4 * dModel + 5 * inner + 2 * config.dFF);
  // The decoder's third sublayer: queries of its own, keys and values of the memory, and their gradients.
  const looks = Math.min(keepLayers, decoder.layers.length) + 1;
  const cross = bytesOfNumber * tokens * (looks * (2 * dModel + 5 * inner) + 4 * inner);
  const keptByDecoder = keptByEncoder + cross;
  const logits = bytesOfNumber * (6 * config.vocabSize + 8 * dModel) * Math.min(tokens, headPiece);
  const parameters = Object.values(encoderDecoderShapes(config))
    .map((sizes) => sizes.reduce((a, b) => a * b, 1))
    .reduce((a, b) => a + b, 0);
  return (
    3 * bytesOfNumber * parameters +
    Math.max(
      waiting + keptByEncoder + work(decoder, true) + cross,
      waiting + work(encoder, encoder.layers.includes("full")),
      waiting + keptByEncoder + keptByDecoder + logits,
    )
  );
}

/**
 * The fastest way to take a step whose tensors fit: as many layers of either side as possible keep their activations.
 *
 * @param budget bytes for tensors, parameters and moments included
 * @throws InputError when not even recomputing everything does, with the estimate
 */
export function planPairMemory(
  config: EncoderDecoderConfig,
  shape: PairShape,
  budget: number,
): MemoryChoices {
  const depth = Math.max(config.encoderLayers.length, config.decoderLayers.length);
  for (let keepLayers = depth; keepLayers >= 0; keepLayers--) {
    if (estimatePairBytes(config, shape, keepLayers) <= budget) return { keepLayers, headByHead: false };
  }
  throw new InputError({
    field: "batch",
    given: `${shape.batch} pairs of ${shape.length} tokens, a step of which needs an estimated ${gigabytes(estimatePairBytes(config, shape, 0))} of tensors at the least`,
    allowed: `what fits into the ${gigabytes(Math.max(0, budget))} that there are for them: fewer pairs, shorter ones or a smaller model; accumulate makes a step of several batches`,
  });
}

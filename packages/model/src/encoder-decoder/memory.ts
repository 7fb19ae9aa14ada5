/** The encoder, forward and back: from a source to the memory that every decoder layer reads. */
import { add, reshape, tidy, type Tensor2D, type Tensor3D } from "@tensorflow/tfjs-core";
import {
  backwardHalves,
  forwardHalves,
  inferHalves,
  type GradientSink,
  type Streams,
} from "@reformer-ts/reversible";
import { disposeNorm } from "../layer-norm";
import type { Pass } from "../pass";
import type { Source } from "./batch";
import type { EncoderDecoder, Stack } from "./model";

/** The memory of a pass that goes back. */
export interface EncodedSource {
  /** `[batch, sourceLength, dModel]`; lives until {@link pull} */
  vectors: Tensor3D;
  /** Pulls the gradient of the vectors through the encoder, once. Takes `dVectors`; releases everything. */
  pull(dVectors: Tensor3D, sink: GradientSink): void;
}

/** Both streams begin as the embedding. Takes it. */
export const doubled = (x: Tensor3D): Streams => ({ x1: x, x2: x.clone() });

/**
 * What the encoder answers, with nothing kept for a backward pass.
 *
 * @returns `[batch, sourceLength, dModel]`; the caller owns it
 */
export function inferMemory(model: EncoderDecoder, source: Source, pass: Pass, seed: number): Tensor3D {
  const { embedding, halves } = model.encoder({ ...pass, keyMask: source.mask });
  const streams = inferHalves(halves, doubled(embedding.forward(source.tokens, seed)), seed);
  const vectors = normalize(model, streams);
  streams.x1.dispose();
  streams.x2.dispose();
  return vectors;
}

/** The same, ready to go back: it keeps the two streams at the encoder's end, and of every layer what rebuilding needs. */
export function encodeForGradient(
  model: EncoderDecoder,
  source: Source,
  pass: Pass,
  { seed, keepLayers }: { seed: number; keepLayers: number },
): EncodedSource {
  const { embedding, halves }: Stack = model.encoder({ ...pass, keyMask: source.mask });
  const x = embedding.forward(source.tokens, seed);
  const { trace, ...streams } = forwardHalves(halves, doubled(x), { seed, keepHalves: 2 * keepLayers });
  const vectors = normalize(model, streams);
  return {
    vectors,
    pull(dVectors, sink) {
      const { d1, d2, gradients } = pullNorm(model, streams, dVectors);
      vectors.dispose();
      dVectors.dispose();
      for (const [name, gradient] of Object.entries(gradients)) sink(name, gradient);
      const pulled = backwardHalves(halves, streams, { d1, d2 }, trace, sink);
      const dx = add(pulled.d1, pulled.d2) as Tensor3D;
      embedding.pull(source.tokens, dx, seed, sink);
      for (const tensor of [dx, pulled.d1, pulled.d2]) tensor.dispose();
    },
  };
}

function normalize(model: EncoderDecoder, streams: Streams): Tensor3D {
  return tidy(() => {
    const { y, state } = model.memoryNorm.forward(...rowsOf(model, streams));
    disposeNorm(state);
    return reshape(y, streams.x1.shape as Tensor3D["shape"]);
  });
}

/** The norm is repeated rather than kept: it costs nothing beside the decoder that ran in between. */
function pullNorm(model: EncoderDecoder, streams: Streams, dVectors: Tensor3D) {
  return tidy(() => {
    const { state } = model.memoryNorm.forward(...rowsOf(model, streams));
    const dRows = reshape(dVectors, [-1, model.config.dModel]) as Tensor2D;
    const { d1, d2, gradients } = model.memoryNorm.grad(dRows, state);
    const shape = streams.x1.shape;
    return { d1: reshape(d1, shape), d2: reshape(d2, shape), gradients };
  });
}

function rowsOf({ config: { dModel } }: EncoderDecoder, { x1, x2 }: Streams): [Tensor2D, Tensor2D] {
  return [reshape(x1, [-1, dModel]) as Tensor2D, reshape(x2, [-1, dModel]) as Tensor2D];
}

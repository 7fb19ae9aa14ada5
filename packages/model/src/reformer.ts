/** The Reformer as a sentence: embed, run the reversible stack, concatenate the streams, predict. */
import { add, div, tensor2d, tidy, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import { backward, forward, infer, type GradientSink, type ReversibleBlock, type Streams } from "@reformer-ts/reversible";
import { attention } from "./attention";
import type { ReformerConfig } from "./config";
import { embedding, type Embedding } from "./embedding";
import { feedForward } from "./feed-forward";
import { head, type Head } from "./head";
import type { Parameters } from "./parameters";

export interface Reformer {
  readonly config: ReformerConfig;
  readonly parameters: Parameters;
  readonly embedding: Embedding;
  readonly blocks: readonly ReversibleBlock[];
  readonly head: Head;
}

/** Token ids, row after row. */
export interface Batch {
  /** `[batch, length]` */
  inputs: Int32Array;
  /** `[batch, length]`, what each position should predict; -1 where nothing is asked */
  targets: Int32Array;
  batch: number;
  length: number;
}

/** A model around parameters that the caller goes on owning. */
export function createReformer(config: ReformerConfig, parameters: Parameters): Reformer {
  const blocks = config.layers.map((kind, i) => ({
    f: attention(config, kind, parameters, `layers.${i}.attention`),
    g: feedForward(config, parameters, `layers.${i}.feedForward`),
  }));
  return {
    config,
    parameters,
    embedding: embedding(config, parameters),
    blocks,
    head: head(config, parameters),
  };
}

/**
 * The two streams after the last layer.
 *
 * @param tokens `[batch, length]` int32
 * @returns each `[batch, length, dModel]`; the caller owns them
 */
export function encode(model: Reformer, tokens: Tensor2D, seed = model.config.hashSeed): Streams {
  const x = withoutDropout(model).embedding.forward(tokens, seed);
  return infer(withoutDropout(model).blocks, { x1: x, x2: x.clone() }, seed);
}

/**
 * Negative log-likelihood of a batch, summed over what is counted.
 *
 * @returns nats, owned by the caller, and how many targets were counted
 * @throws InputError when a token or the length does not fit the model
 */
export function evaluateBatch(model: Reformer, batch: Batch): { nats: Scalar; count: number } {
  checkBatch(model.config, batch);
  const nats = tidy(() => {
    const streams = encode(model, tensor2d(batch.inputs, [batch.batch, batch.length], "int32"));
    return model.head.nats(streams, batch.targets);
  });
  return { nats, count: countTargets(batch) };
}

export interface GradientOptions {
  /** Decides dropout and hash rotations of this pass. */
  seed: number;
  /** Owns every gradient it is given. Layers arrive from the last to the first. */
  sink: GradientSink;
  /** Layers, counted from the input, whose activations are kept instead of rebuilt. */
  keepLayers?: number;
}

/**
 * Mean negative log-likelihood per counted target, in nats, and the gradient of every parameter.
 *
 * @returns the loss; the caller owns it
 * @throws InputError when a token or the length does not fit the model, or nothing is counted
 */
export function lossAndGradients(model: Reformer, batch: Batch, { seed, sink, keepLayers = 0 }: GradientOptions): Scalar {
  checkBatch(model.config, batch);
  const count = countTargets(batch);
  if (count === 0) {
    throw new InputError({ field: "targets", given: "-1 everywhere", allowed: "0 or more in at least one place" });
  }
  const tokens = tensor2d(batch.inputs, [batch.batch, batch.length], "int32");
  const x = model.embedding.forward(tokens, seed);
  const { x1, x2, trace } = forward(model.blocks, { x1: x, x2: x.clone() }, { seed, keepLayers });
  const { nats, d1, d2 } = model.head.natsAndGrad({ x1, x2 }, batch.targets, count, sink);
  const pulled = backward(model.blocks, { x1, x2 }, { d1, d2 }, trace, sink);
  // Both streams start as copies of the embedding, so its gradient is their sum.
  const dx = add(pulled.d1, pulled.d2) as typeof x;
  model.embedding.pull(tokens, dx, seed, sink);
  for (const tensor of [tokens, dx, pulled.d1, pulled.d2]) tensor.dispose();
  const loss = tidy(() => div(nats, count) as Scalar);
  nats.dispose();
  return loss;
}

const inferenceModels = new WeakMap<Reformer, Reformer>();

/** The same model as it is outside training. */
function withoutDropout(model: Reformer): Reformer {
  const { hiddenDropout, lshDropout, localDropout } = model.config;
  if (hiddenDropout === 0 && lshDropout === 0 && localDropout === 0) return model;
  let quiet = inferenceModels.get(model);
  if (quiet === undefined) {
    const config = { ...model.config, hiddenDropout: 0, lshDropout: 0, localDropout: 0 };
    quiet = createReformer(config, model.parameters);
    inferenceModels.set(model, quiet);
  }
  return quiet;
}

const countTargets = ({ targets }: Batch) => targets.reduce((count, target) => count + (target < 0 ? 0 : 1), 0);

function checkBatch({ vocabSize, maxLength, positions }: ReformerConfig, { inputs, targets, batch, length }: Batch): void {
  for (const [field, tokens, least] of [
    ["inputs", inputs, 0],
    ["targets", targets, -1],
  ] as const) {
    if (tokens.length !== batch * length) {
      throw new InputError({ field, given: `${tokens.length} tokens`, allowed: `batch x length = ${batch * length}` });
    }
    const wrong = tokens.findIndex((token) => token < least || token >= vocabSize);
    if (wrong >= 0) {
      throw new InputError({
        field: `${field}[${wrong}]`,
        given: String(tokens[wrong]),
        allowed: `a token from ${least} to ${vocabSize - 1}`,
      });
    }
  }
  if (length > maxLength && (positions === "axial" || positions === "learned")) {
    throw new InputError({
      field: "length",
      given: `${length} tokens`,
      allowed: `at most maxLength = ${maxLength}, the size of the position table`,
    });
  }
}

/**
 * LSH self-attention as a layer of tfjs-layers, projections included: `[batch, length, width]` to the same shape.
 *
 * In training every call hashes with rotations of its own, as the authors train; outside training they are those of
 * `seed`, so that a prediction can be repeated.
 */
import { serialization, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { initializers, layers, type LayerVariable } from "@tensorflow/tfjs-layers";
import { lshAttention } from "../differentiable";
import { resolveNumBuckets } from "../num-buckets";
import {
  type CallArguments,
  depthOf,
  masksOfCall,
  randomSeed,
  type SelfAttentionArguments,
  withDefaults,
} from "./arguments";
import { projectFromHeads, projectToHeads, type Shape, widthOf } from "./heads";

export interface LshSelfAttentionArguments extends SelfAttentionArguments {
  /** Rounds of hashing. Default 1. */
  numHashes?: number;
  /** One even number, even factors, or 'auto' for about 2 length / chunkLength, the default. */
  numBuckets?: number | number[] | "auto";
  /** Count a key that several rounds show to a query once (eq. 16). Default false. */
  duplicateCorrection?: boolean;
  /** Attend to keys of other buckets that share the window. Default true. */
  acrossBuckets?: boolean;
  /** Seed of the rotations outside training. Default 0. */
  seed?: number;
}

/** LSH self-attention as a layer, projections included; made by `lshSelfAttention`. */
export class LshSelfAttention extends layers.Layer {
  static readonly className = "LshSelfAttention";
  override supportsMasking = true;
  readonly #common: ReturnType<typeof withDefaults>;
  readonly #hashing: Required<
    Pick<
      LshSelfAttentionArguments,
      "numHashes" | "numBuckets" | "duplicateCorrection" | "acrossBuckets" | "seed"
    >
  >;
  #queryKey?: LayerVariable;
  #value?: LayerVariable;
  #output?: LayerVariable;

  /** @throws InputError when an option is out of range */
  constructor(options: LshSelfAttentionArguments) {
    super(options);
    const {
      numHashes = 1,
      numBuckets = "auto",
      duplicateCorrection = false,
      acrossBuckets = true,
      seed = 0,
    } = options;
    if (numBuckets !== "auto") resolveNumBuckets(numBuckets, { length: 1, chunkLength: 1 });
    this.#common = withDefaults(options);
    this.#hashing = { numHashes, numBuckets, duplicateCorrection, acrossBuckets, seed };
  }

  /** @throws InputError when the input is not `[batch, length, width]`, or heads cannot share its width */
  override build(inputShape: Shape | Shape[]): void {
    const width = widthOf(inputShape, this.name);
    const inner = this.#common.numHeads * depthOf(width, this.#common);
    const weight = (name: string, shape: Shape) =>
      this.addWeight(name, shape, "float32", initializers.glorotUniform({}));
    this.#queryKey = weight("query_key", [width, inner]);
    this.#value = weight("value", [width, inner]);
    this.#output = weight("output", [inner, width]);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], given: CallArguments = {}): Tensor {
    const { numHeads, dHead: _, dropout, ...chunking } = this.#common;
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const output = lshAttention(
        projectToHeads(x, this.#queryKey!.read(), numHeads),
        projectToHeads(x, this.#value!.read(), numHeads),
        {
          ...chunking,
          ...this.#hashing,
          ...masksOfCall(given, dropout),
          ...(given.training ? { seed: randomSeed() } : {}),
        },
      );
      return projectFromHeads(output, this.#output!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#common, ...this.#hashing };
  }
}

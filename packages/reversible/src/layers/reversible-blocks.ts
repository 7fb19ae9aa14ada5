/**
 * Reversible blocks as one layer of tfjs-layers.
 *
 * A sequential model has one stream and a reversible block two, so the layer cuts the last axis of its input in half
 * (channels, as in RevNet) and joins the halves at its output: the shape stays, and the layer goes anywhere. Doubling
 * the stream inside the layer would have doubled the width at every use instead; who wants the Reformer's copies puts
 * a concatenation in front once.
 *
 * All blocks are in *one* layer because that is what saves memory: a model keeps the output of each of its layers, so
 * reversible blocks in a row of layers would keep one output each, and in one layer they keep one in all.
 */
import { concat, serialization, split, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { input, layers, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { InputError } from "@reformer-ts/internal-checks";
import { deriveSeed } from "@reformer-ts/internal-random";
import { parametersOf } from "../parameters";
import { reversibleStack } from "../reversible-stack";
import { layerResidual } from "./layer-residual";
import { deserialiseLayer, serialiseLayer, type SerialisedLayer } from "./serialised-layer";

type Shape = (number | null)[];
type LayerArguments = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** The two layers of a block: `y1 = x1 + f(x2)`, `y2 = x2 + g(y1)`. Each keeps the shape of its input. */
export interface LayerPair {
  f: layers.Layer;
  g: layers.Layer;
}

export interface ReversibleBlocksArguments extends LayerArguments {
  blocks: LayerPair[];
  /** How many blocks, counted from the input, keep their activations instead of rebuilding them. */
  keepLayers?: number;
  /** Makes dropout inside the blocks reproducible: the n-th call of a layer draws what depends on `seed` and n. */
  seed?: number;
}

/** A reversible stack as a layer; made by `reversibleBlocks`. */
export class ReversibleBlocks extends layers.Layer {
  static readonly className = "ReversibleBlocks";
  readonly #blocks: readonly LayerPair[];
  readonly #keepLayers: number;
  readonly #seed: number | undefined;
  #calls = 0;

  constructor({ blocks, keepLayers = 0, seed, ...rest }: ReversibleBlocksArguments) {
    super(rest);
    this.#blocks = blocks;
    this.#keepLayers = Math.min(keepLayers, blocks.length); // JSON has no Infinity.
    this.#seed = seed;
  }

  get #layers(): layers.Layer[] {
    return this.#blocks.flatMap(({ f, g }) => [f, g]);
  }

  /** @throws InputError if the last axis cannot be halved, or a layer changes the shape or has state between calls */
  override build(inputShape: Shape | Shape[]): void {
    const half = halved(onlyShape(inputShape), this.name);
    for (const layer of this.#layers) buildInside(layer, half);
    this.trainableWeights = this.#layers.flatMap((layer) => layer.trainableWeights);
    this.nonTrainableWeights = this.#layers.flatMap((layer) => layer.nonTrainableWeights);
    this.addLoss(this.#layers.flatMap((layer) => layer.losses));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], { training = false }: { training?: boolean } = {}): Tensor {
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const blocks = this.#blocks.map(({ f, g }) => ({
        f: layerResidual(f, training),
        g: layerResidual(g, training),
      }));
      const [x1, x2] = split(x, 2, -1) as [Tensor, Tensor];
      const stack = reversibleStack(blocks, parametersOf(blocks));
      return concat(stack(x1, x2, { seed: this.#nextSeed(), keepLayers: this.#keepLayers }), -1);
    });
  }

  #nextSeed(): number {
    if (this.#seed === undefined) return Math.floor(Math.random() * 2 ** 32);
    return deriveSeed(this.#seed, "call", this.#calls++);
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      blocks: this.#blocks.map(({ f, g }) => ({ f: serialiseLayer(f), g: serialiseLayer(g) })),
      keepLayers: this.#keepLayers,
      seed: this.#seed ?? null,
    };
  }

  static override fromConfig<T extends serialization.Serializable>(
    layerClass: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const blocks = (config["blocks"] as unknown as { f: SerialisedLayer; g: SerialisedLayer }[]).map(
      ({ f, g }) => ({ f: deserialiseLayer(f), g: deserialiseLayer(g) }),
    );
    const seed = config["seed"] ?? undefined;
    return new layerClass({ ...config, blocks, seed } as unknown as serialization.ConfigDict);
  }
}

/** Builds `layer` under its own name, by applying it to a placeholder of shape `shape`, and checks what it gives. */
function buildInside(layer: layers.Layer, shape: Shape): void {
  const output = layer.apply(input({ batchShape: shape })) as SymbolicTensor;
  if (output.shape.join() !== shape.join()) {
    throw new InputError({
      field: `the output of layer "${layer.name}" in a reversible block`,
      given: `of shape ${printed(output.shape)}`,
      allowed: `of the shape of its input, half of the block's, ${printed(shape)}`,
    });
  }
  if (layer.stateful) {
    throw new InputError({
      field: `layer "${layer.name}" in a reversible block`,
      given: "stateful",
      allowed: "without state between calls, since it runs twice per step",
    });
  }
}

function onlyShape(inputShape: Shape | Shape[]): Shape {
  return Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as Shape);
}

function halved(shape: Shape, name: string): Shape {
  const last = shape.at(-1);
  if (shape.length < 2 || last == null || last % 2 !== 0) {
    throw new InputError({
      field: `the input of layer "${name}"`,
      given: `of shape ${printed(shape)}`,
      allowed: "of two or more axes, the last of an even size, whose halves are the two streams",
    });
  }
  return [...shape.slice(0, -1), last / 2];
}

function printed(shape: Shape): string {
  return `[${shape.map((size) => size ?? "any").join(", ")}]`;
}

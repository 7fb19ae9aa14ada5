/**
 * Local self-attention as a layer of tfjs-layers, projections included: `[batch, length, width]` to the same shape.
 * A token sees its own chunk and the neighbouring ones.
 */
import { serialization, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { initializers, layers, type LayerVariable } from "@tensorflow/tfjs-layers";
import { localAttention } from "../differentiable";
import {
  type CallArguments,
  depthOf,
  masksOfCall,
  type SelfAttentionArguments,
  withDefaults,
} from "./arguments";
import { projectFromHeads, projectToHeads, type Shape, widthOf } from "./heads";

export type LocalSelfAttentionArguments = SelfAttentionArguments;

/** Local self-attention as a layer, projections included; made by `localSelfAttention`. */
export class LocalSelfAttention extends layers.Layer {
  static readonly className = "LocalSelfAttention";
  override supportsMasking = true;
  readonly #common: ReturnType<typeof withDefaults>;
  #projections: LayerVariable[] = [];
  #output?: LayerVariable;

  /** @throws InputError when an option is out of range */
  constructor(options: LocalSelfAttentionArguments) {
    super(options);
    this.#common = withDefaults(options);
  }

  /** @throws InputError when the input is not `[batch, length, width]`, or heads cannot share its width */
  override build(inputShape: Shape | Shape[]): void {
    const width = widthOf(inputShape, this.name);
    const inner = this.#common.numHeads * depthOf(width, this.#common);
    const weight = (name: string, shape: Shape) =>
      this.addWeight(name, shape, "float32", initializers.glorotUniform({}));
    this.#projections = ["query", "key", "value"].map((name) => weight(name, [width, inner]));
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
      const [query, key, value] = this.#projections.map((kernel) =>
        projectToHeads(x, kernel.read(), numHeads),
      ) as [Tensor, Tensor, Tensor];
      const output = localAttention(query, key, value, { ...chunking, ...masksOfCall(given, dropout) });
      return projectFromHeads(output, this.#output!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#common };
  }
}

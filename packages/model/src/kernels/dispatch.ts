/**
 * Layers ask here, never which backend runs: a function below runs the kernel registered for the current backend.
 * Whether there is one says {@link hasKernel}; otherwise the caller composes plain ops.
 */
import {
  dispose,
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type Scalar,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import {
  modelKernelNames,
  roomName,
  type AddAttentionInputs,
  type AddFeedForwardInputs,
  type AddHeadsGradInputs,
  type AddMergedHeadsAttributes,
  type AddMergedHeadsInputs,
  type AdamAttributes,
  type AdamInputs,
  type AttentionAttributes,
  type FeedForwardAttributes,
  type FeedForwardGradAttributes,
  type FeedForwardGradInputs,
  type FeedForwardInputs,
  type HeadsAttributes,
  type HeadsGradInputs,
  type HeadsInputs,
  type MergeHeadsGradInputs,
  type MergeHeadsInputs,
  type RoomAttributes,
  type TokenHeadAttributes,
  type TokenHeadInputs,
  type UndoAttentionInputs,
  type UndoFeedForwardInputs,
  type WriteRowsAttributes,
  type WriteRowsInputs,
} from "./names";

export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

export function runFeedForward(inputs: FeedForwardInputs, attributes: FeedForwardAttributes) {
  const [y, activated] = run(modelKernelNames.feedForward, inputs, attributes);
  return { y: y!, activated: activated! };
}

export function runFeedForwardGrad(inputs: FeedForwardGradInputs, attributes: FeedForwardGradAttributes) {
  const [y, dx, ...gradients] = run(modelKernelNames.feedForwardGrad, inputs, attributes);
  return { y: y!, dx: dx!, gradients: feedForwardGradients(gradients) };
}

/** Takes `inputs.stream`. @returns what it has become */
export function runAddFeedForward(inputs: AddFeedForwardInputs, epsilon: number): Tensor {
  const [sum, activated] = run(modelKernelNames.addFeedForward, inputs, { epsilon, keep: false });
  dispose([inputs.stream, activated!]);
  return sum!;
}

/** Takes `inputs.stream` and `inputs.gradient`. @returns what they have become */
export function runUndoFeedForward(inputs: UndoFeedForwardInputs, epsilon: number) {
  const [stream, gradient, ...gradients] = run(modelKernelNames.undoFeedForward, inputs, {
    epsilon,
    output: true,
  });
  dispose([inputs.stream, inputs.gradient]);
  return { stream: stream!, gradient: gradient!, gradients: feedForwardGradients(gradients) };
}

function feedForwardGradients(gradients: Tensor[]) {
  const [scale, bias, expand, expandBias, contract, contractBias] = gradients;
  return {
    "norm.scale": scale!,
    "norm.bias": bias!,
    "expand.weight": expand!,
    "expand.bias": expandBias!,
    "contract.weight": contract!,
    "contract.bias": contractBias!,
  };
}

/** @returns the projections by the given weights, two or three */
export function runHeads(inputs: HeadsInputs, attributes: HeadsAttributes): Tensor4D[] {
  return withoutAbsent(run(modelKernelNames.heads, inputs, attributes), inputs.third) as Tensor4D[];
}

export function runHeadsGrad(inputs: HeadsGradInputs, attributes: HeadsAttributes) {
  const gradients = run(modelKernelNames.headsGrad, inputs, attributes);
  const [dx, scale, bias, ...weights] = withoutAbsent(gradients, inputs.third);
  return { dx: dx!, scale: scale!, bias: bias!, weights };
}

/** Takes `inputs.gradient`. @returns what it has become, as `dx` */
export function runAddHeadsGrad(inputs: AddHeadsGradInputs, attributes: HeadsAttributes) {
  const gradients = run(modelKernelNames.addHeadsGrad, inputs, attributes);
  inputs.gradient.dispose();
  const [dx, scale, bias, ...weights] = withoutAbsent(gradients, inputs.third);
  return { dx: dx!, scale: scale!, bias: bias!, weights };
}

/** Takes `inputs.stream`. @returns what it has become */
export function runAddMergedHeads(
  inputs: AddMergedHeadsInputs,
  attributes: AddMergedHeadsAttributes,
): Tensor3D {
  const [sum] = run(modelKernelNames.addMergedHeads, inputs, attributes);
  inputs.stream.dispose();
  return sum as Tensor3D;
}

/** Takes `inputs.stream`. @returns what it has become */
export function runAddAttention(inputs: AddAttentionInputs, attributes: AttentionAttributes): Tensor {
  const [sum] = run(modelKernelNames.addAttention, inputs, attributes);
  inputs.stream.dispose();
  return sum!;
}

/** Takes `inputs.stream` and `inputs.gradient`. @returns what they have become */
export function runUndoAttention(inputs: UndoAttentionInputs, attributes: AttentionAttributes) {
  const made = run(modelKernelNames.undoAttention, inputs, attributes);
  dispose([inputs.stream, inputs.gradient]);
  const [stream, gradient, scale, bias, output, ...weights] = withoutAbsent(made, inputs.third);
  return {
    stream: stream!,
    gradient: gradient!,
    gradients: { scale: scale!, bias: bias!, output: output!, weights },
  };
}

export function runMergeHeads(inputs: MergeHeadsInputs): Tensor3D {
  return run(modelKernelNames.mergeHeads, inputs, {})[0] as Tensor3D;
}

export function runMergeHeadsGrad(inputs: MergeHeadsGradInputs) {
  const [dHeads, dWeight] = run(modelKernelNames.mergeHeadsGrad, inputs, {});
  return { dHeads: dHeads as Tensor4D, dWeight: dWeight! };
}

/** Drops the empty last tensor, which stands for a third weight that was not given. */
function withoutAbsent(tensors: Tensor[], third: Tensor | undefined): Tensor[] {
  if (third !== undefined) return tensors;
  tensors.at(-1)!.dispose();
  return tensors.slice(0, -1);
}

export function runTokenHead(inputs: TokenHeadInputs, attributes: TokenHeadAttributes) {
  const [nats, d1, d2, scale, bias, weight] = run(modelKernelNames.tokenHead, inputs, attributes);
  return {
    nats: nats as Scalar,
    d1: d1!,
    d2: d2!,
    gradients: { "head.weight": weight!, "norm.scale": scale!, "norm.bias": bias! },
  };
}

/** Takes `inputs.stream`. @returns what it has become */
export function runWriteRows(inputs: WriteRowsInputs, attributes: WriteRowsAttributes): Tensor {
  const [written] = run(modelKernelNames.writeRows, inputs, attributes);
  inputs.stream.dispose();
  return written!;
}

export function runAdam(inputs: AdamInputs, attributes: AdamAttributes) {
  const [value, first, second] = run(modelKernelNames.adam, inputs, attributes);
  return { value: value!, first: first!, second: second! };
}

/** @throws Error where the backend can tell that it has no room */
export function runRoom(attributes: RoomAttributes): void {
  if (hasKernel(roomName)) run(roomName, {}, attributes);
}

function run(name: string, inputs: object, attributes: object): Tensor[] {
  const present = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  return engine().runKernel(name, present, attributes as NamedAttrMap) as Tensor[];
}

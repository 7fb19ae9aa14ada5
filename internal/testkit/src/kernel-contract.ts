/** What a kernel is held to: its cases, their reference, and what it has to refuse. */
import * as tf from "@tensorflow/tfjs-core";
import type * as fc from "fast-check";
import type { Tolerance } from "./all-close";

/** Of order 1, in float32. */
export const outputTolerance: Tolerance = { absolute: 1e-5, relative: 1e-5 };
export const gradientTolerance: Tolerance = { absolute: 1e-4, relative: 1e-4 };

/** What a refusal says in one of its forms. */
export const refusal = /must|need|are not|is empty|too |do not fit/;

export interface ExpectedTensor {
  shape: readonly number[];
  values: ArrayLike<number>;
  /** Absent: to the last bit, as integers are. */
  tolerance?: Tolerance;
}

export interface KernelCall {
  /** Absent inputs are not handed over. */
  inputs: Record<string, tf.Tensor | undefined>;
  attributes: object;
}

export interface KernelContract<Case> {
  name: string;
  cases: fc.Arbitrary<Case>;
  /** The tensors of a case; the suite disposes them. */
  call(testCase: Case): KernelCall;
  /** What the reference makes of them, in the kernel's order. */
  expected(testCase: Case, call: KernelCall): readonly ExpectedTensor[];
  /** A case with every optional input, from which refused ones are made. */
  example: Case;
  /** Inputs whose last axis no other input depends on. */
  free?: readonly string[];
  /** Inputs whose memory the kernel writes over, unless another tensor shares it. */
  takes?: readonly string[];
  /** Inputs that may be NaN and no output: the example does without them, or outputs are integers. */
  hidesNaN?: readonly string[];
  /** Inputs of integers or floats. */
  ofAnyType?: readonly string[];
  /** The kernel takes tensors of any shape, all of the same. */
  anyShape?: boolean;
  /** More that is refused, by what is wrong with it: given a good call, a bad one. */
  refused?: Record<string, (call: KernelCall) => KernelCall>;
  /** What only who reads the inputs can refuse. A device does not: there it must do no harm. */
  refusedContents?: Record<string, (call: KernelCall) => KernelCall>;
  /** What holds of the outputs all the same, where nonsense cannot be refused; it expects, as tests do. */
  nonsense?(outputs: readonly ArrayLike<number>[], call: KernelCall): void;
}

/** Runs the kernel of that name of the backend that is open. */
export function runKernel(name: string, { inputs, attributes }: KernelCall): tf.Tensor[] {
  const present = Object.fromEntries(
    Object.entries(inputs).filter(([, tensor]) => tensor),
  ) as tf.NamedTensorMap;
  const outputs = tf.engine().runKernel(name, present, attributes as tf.NamedAttrMap);
  return (Array.isArray(outputs) ? outputs : [outputs]) as tf.Tensor[];
}

/** Makes a call; what it is made from is let go. */
export function callInTidy(make: () => KernelCall): KernelCall {
  let attributes = {};
  const inputs = tf.tidy(() => {
    const made = make();
    attributes = made.attributes;
    return made.inputs as tf.NamedTensorMap;
  });
  return { inputs, attributes };
}

export function disposeAll(tensors: readonly (tf.Tensor | undefined)[]): void {
  for (const tensor of tensors) tensor?.dispose();
}

/** A change of one input of a call. */
export function replaceInput(input: string, change: (tensor: tf.Tensor) => tf.Tensor | undefined) {
  return ({ inputs, attributes }: KernelCall): KernelCall => ({
    inputs: { ...inputs, [input]: change(inputs[input]!) },
    attributes,
  });
}

/** A change of some attributes of a call. */
export function replaceAttributes(changed: object) {
  return ({ inputs, attributes }: KernelCall): KernelCall => ({
    inputs,
    attributes: { ...attributes, ...changed },
  });
}

/**
 * One op of the native library as a kernel of tfjs: tensors in, tensors out, and numbers as a small int32 tensor behind
 * them.
 *
 * Numbers are no attributes, because TensorFlow keeps a compiled kernel for every set of attributes that it ever saw.
 */
import {
  dispose,
  tensor1d,
  type DataId,
  type KernelConfig,
  type KernelFunc,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

import { assertShape, InputError, type Dimensions } from "@reformer-ts/internal-checks";

/** The part of tfjs-node's backend that runs an op by its name. */
interface OpRunner {
  readonly binding: { TF_ATTR_TYPE: number; TF_FLOAT: number };
  refCount(id: DataId): number;
  incRef(id: DataId): void;
  disposeData(id: DataId): void;
  executeSingleOutput(name: string, attributes: object[], inputs: TensorInfo[]): TensorInfo;
  executeMultipleOutputs(name: string, attributes: [], inputs: TensorInfo[], outputs: number): Tensor[];
}

export interface NativeOp<Inputs, Attributes> {
  name: string;
  /** The library's op, when it is not of the same name. */
  op?: string;
  /** Inputs that are written over: what they become is returned, in this order, in front of the op's own outputs. */
  changes?: readonly (keyof Inputs & string)[];
  /**
   * Inputs in the op's order, with their shapes, such as `[groups, length, depth]`, or `any`; those of integers end in
   * ` int32`. An input that is absent is handed over empty; this is for the library to allow or refuse.
   */
  inputs: Record<keyof Inputs & string, string>;
  /** The op's own. Those that `changes` stands for come first and are dropped. */
  outputs: number;
  /** What else the op has to know, in its order: integers, and floats through {@link floatBits}. */
  numbers(attributes: Attributes): readonly number[];
}

/** The library checks everything once more; here a mistake is named in the project's own words. */
export function kernelOf<Inputs extends object, Attributes>(op: NativeOp<Inputs, Attributes>): KernelConfig {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    checkInputs(op, inputs);
    const values = integersOf(op, attrs as unknown as Attributes);
    const absent = { int32: tensor1d([], "int32"), float32: tensor1d([], "float32") };
    const numbers = tensor1d(values, "int32");
    const given = Object.entries<string>(op.inputs).map(
      ([name, form]) => inputs[name] ?? absent[typeOf(form)],
    );
    const runner = backend as unknown as OpRunner;
    const changed = (op.changes ?? []).map((name) => ownMemory(runner, inputs[name]!));
    Object.keys(op.inputs).forEach((name, i) => {
      const at = op.changes?.indexOf(name as keyof Inputs & string) ?? -1;
      if (at >= 0) given[i] = changed[at]!;
    });
    try {
      const made = runner.executeMultipleOutputs(op.op ?? op.name, [], [...given, numbers], op.outputs);
      const replaced = made.splice(0, changed.length);
      dispose(replaced);
      return [...changed, ...made];
    } catch (error) {
      for (const { dataId } of changed) runner.disposeData(dataId);
      throw error;
    } finally {
      dispose([absent, numbers]);
    }
  };
  return { kernelName: op.name, backendName: "tensorflow", kernelFunc };
}

/** The tensor itself, once more, when nobody shares its memory, and otherwise a copy. */
function ownMemory(runner: OpRunner, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  if (runner.refCount(dataId) > 1) {
    const { TF_ATTR_TYPE: type, TF_FLOAT: value } = runner.binding;
    return runner.executeSingleOutput("DeepCopy", [{ name: "T", type, value }], [{ dataId, shape, dtype }]);
  }
  runner.incRef(dataId);
  return { dataId, shape, dtype };
}

function checkInputs<Inputs, Attributes>(
  { inputs, changes = [] }: NativeOp<Inputs, Attributes>,
  given: Record<string, TensorInfo | undefined>,
): void {
  const dimensions: Dimensions = {};
  for (const [name, form] of Object.entries<string>(inputs)) {
    const tensor = given[name];
    if (tensor === undefined) {
      if (!changes.includes(name as keyof Inputs & string)) continue;
      throw new InputError({ field: name, given: "absent", allowed: "a tensor" });
    }
    const shape = form.replace(/ int32$/, "");
    if (shape !== "any") assertShape(name, tensor.shape, shape, dimensions);
    const type = typeOf(form);
    if (tensor.dtype !== type) {
      throw new InputError({ field: name, given: `of type ${tensor.dtype}`, allowed: type });
    }
  }
}

/** @throws InputError when one of the op's numbers is no integer of 32 bits: as one it would be another number */
function integersOf<Inputs, Attributes>(
  { name, numbers }: NativeOp<Inputs, Attributes>,
  attributes: Attributes,
): Int32Array {
  const given = numbers(attributes);
  const values = Int32Array.from(given);
  if (values.every((value, i) => value === given[i])) return values;
  throw new InputError({
    field: `the attributes of ${name}`,
    given: JSON.stringify(attributes),
    allowed: "integers of 32 bits where a number is counted",
  });
}

function typeOf(form: string): "int32" | "float32" {
  return form.endsWith(" int32") ? "int32" : "float32";
}

/** A float as the integer that has the same bits. */
export function floatBits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

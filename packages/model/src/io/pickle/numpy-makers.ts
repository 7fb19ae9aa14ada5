/** What NumPy's and JAX's arrays look like in a pickle, and what becomes of them. */
import { numbersOf, stridedTensor, stridesOf } from "../strided";
import type { StoredTensor, StoredType } from "../safetensors";
import type { Maker } from "./read-pickle";
import { isMade, itemsOf, type Made, type PickleValue } from "./values";

/** An array; null until its state has been given. */
export interface MadeArray extends Made {
  readonly kind: "array";
  tensor: StoredTensor | null;
}

export const isArray = (value: PickleValue | undefined): value is MadeArray =>
  isMade(value) && value.kind === "array";

interface MadeType extends Made {
  readonly kind: "type";
  readonly type: StoredType;
}

export const storedTypes: Readonly<Record<string, StoredType>> = {
  f2: "F16",
  f4: "F32",
  f8: "F64",
  b1: "BOOL",
  i1: "I8",
  i2: "I16",
  i4: "I32",
  i8: "I64",
  u1: "U8",
  u2: "U16",
  u4: "U32",
};

type Refuse = (given: string) => never;

const type: Maker = ([name], refuse) => {
  if (typeof name !== "string" || !Object.hasOwn(storedTypes, name))
    return refuse(`with numbers of type ${String(name)}`);
  const made: MadeType = {
    kind: "type",
    type: storedTypes[name]!,
    setState(state) {
      const order = itemsOf(state)?.[1];
      if (order !== "<" && order !== "|" && order !== "=") refuse("with numbers that are not little-endian");
    },
  };
  return made;
};

const reconstruct: Maker = (_, refuse) => {
  const made: MadeArray = {
    kind: "array",
    tensor: null,
    setState(state) {
      const [, shape, of, fortran, bytes] = itemsOf(state) ?? [];
      made.tensor = arrayOf({ bytes, of, shape, fortran: fortran === true }, refuse);
    },
  };
  return made;
};

const fromBuffer: Maker = ([bytes, of, shape, order], refuse) => {
  const made: MadeArray = {
    kind: "array",
    tensor: arrayOf({ bytes, of, shape, fortran: order === "F" }, refuse),
  };
  return made;
};

/** A single number. */
const scalar: Maker = ([of, bytes], refuse) => {
  const { data } = arrayOf({ bytes, of, shape: [], fortran: false }, refuse);
  const [value] = data as Float32Array;
  return value ?? refuse("with a number of no bytes");
};

/** JAX wraps NumPy's: the function, its arguments, the array's state, and what it remembers besides. */
const reconstructJax: Maker = ([, , state], refuse) => {
  const made = reconstruct([], refuse) as MadeArray;
  made.setState!(state ?? null);
  return made;
};

function arrayOf(
  parts: {
    bytes: PickleValue | undefined;
    of: PickleValue | undefined;
    shape: PickleValue | undefined;
    fortran: boolean;
  },
  refuse: Refuse,
): StoredTensor {
  const bytes = typeof parts.bytes === "string" ? bytesOfText(parts.bytes) : parts.bytes;
  const shape = itemsOf(parts.shape);
  if (
    !(bytes instanceof Uint8Array) ||
    !isType(parts.of) ||
    !shape?.every((size) => typeof size === "number")
  )
    return refuse("with an array that has no bytes, type or shape");
  const sizes = shape as number[];
  const numbers = numbersOf(parts.of.type, bytes);
  const strides = stridesOf(sizes, { fortran: parts.fortran });
  const tensor = numbers && stridedTensor(parts.of.type, numbers, { shape: sizes, strides });
  if (tensor === null || tensor.data.length !== numbers!.length)
    return refuse(`with ${bytes.length} bytes for an array of shape [${sizes.join(", ")}]`);
  return tensor;
}

const isType = (value: PickleValue | undefined): value is MadeType => isMade(value) && value.kind === "type";

/** Python 2 kept bytes as text. */
const bytesOfText = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Protocol 2 has no bytes, so Python 3 writes them as text to be encoded. */
const encode: Maker = ([text, name], refuse) =>
  typeof text === "string" && name === "latin1" ? bytesOfText(text) : refuse("encoding what is no bytes");

const orderedDict: Maker = ([items]) =>
  new Map((itemsOf(items) ?? []).map((pair) => [itemsOf(pair)?.[0] ?? null, itemsOf(pair)?.[1] ?? null]));

/** `defaultdict(list)`: the default is of no use here. */
const defaultDict: Maker = () => new Map<PickleValue, PickleValue>();

export const plainMakers: Readonly<Record<string, Maker>> = {
  "collections.OrderedDict": orderedDict,
  "collections.defaultdict": defaultDict,
  "_codecs.encode": encode,
};

export const numpyMakers: Readonly<Record<string, Maker>> = {
  ...plainMakers,
  "numpy.dtype": type,
  "numpy.core.multiarray._reconstruct": reconstruct,
  "numpy._core.multiarray._reconstruct": reconstruct,
  "numpy.core.numeric._frombuffer": fromBuffer,
  "numpy._core.numeric._frombuffer": fromBuffer,
  "numpy.core.multiarray.scalar": scalar,
  "numpy._core.multiarray.scalar": scalar,
  "jax._src.array._reconstruct_array": reconstructJax,
};

/** What a pickle may become here: plain data. Objects of Python's classes appear as what they are known to hold. */

/** A tuple, told from a list because Python tells them apart. */
export class Tuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A class or function that a pickle names. It is a name here and nothing else; what it makes is decided by a table. */
export class PickleName {
  /** @param path module and name, such as `collections.OrderedDict` */
  constructor(readonly path: string) {}
}

/** An object whose content nobody needs, such as a training history. */
export class Skipped {
  constructor(readonly path: string) {}
}

/** An object that a table of makers made: a type of numbers, an array. */
export interface Made {
  readonly kind: string;
  /** Takes what Python's `__setstate__` would. */
  setState?(state: PickleValue): void;
}

export type PickleDict = Map<PickleValue, PickleValue>;

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | Tuple
  | PickleName
  | Skipped
  | Made;

export const isMade = (value: PickleValue | undefined): value is Made =>
  typeof value === "object" && value !== null && "kind" in value;

/** What a dictionary holds under a name; undefined when it is no dictionary or has no such key. */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

/** The parts of a list or tuple; null for anything else. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | null {
  if (value instanceof Tuple) return value.items;
  return Array.isArray(value) ? value : null;
}

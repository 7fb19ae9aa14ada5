/**
 * Python's pickle (protocols 0 to 5), without Python's danger.
 *
 * A pickle is a program for a small stack machine, and Python lets it call any function by name. Here a name is looked up
 * in a table that the caller gives, of functions written here that make plain data of plain data; what is not in the
 * table ends the reading. Nothing is imported or evaluated, every size is held against the file, and the machine has no
 * jumps, so reading ends with the file.
 *
 * @see Lib/pickletools.py of CPython for the opcodes
 */
import { InputError } from "@reformer-ts/internal-checks";
import { byteCursor, type ByteCursor } from "../byte-cursor";
import { isMade, PickleName, type PickleValue, Skipped, Tuple } from "./values";

/** Makes data of a call's arguments. */
export type Maker = (args: readonly PickleValue[], refuse: (given: string) => never) => PickleValue;

export interface PickleOptions {
  /** The file's name, for messages. */
  where: string;
  /** What each class or function makes, by module and name. */
  makers: Readonly<Record<string, Maker>>;
  /** Classes whose objects nobody needs: they become {@link Skipped}. */
  skipped?: readonly string[];
  /** What a persistent id stands for; without it there must be none. */
  persistent?: (id: PickleValue, refuse: (given: string) => never) => PickleValue;
  /** Where in the file the pickle begins. */
  start?: number;
}

/**
 * @returns the value, and where in the file the pickle ends
 * @throws InputError when the bytes are no pickle, were cut short, or name something outside of the tables
 */
export function readPickle(file: Uint8Array, options: PickleOptions): { value: PickleValue; end: number } {
  const cursor = byteCursor(file, options.where, "a whole pickle of tensors and plain data", options.start);
  const machine = createMachine(cursor, options);
  for (;;) {
    const at = cursor.position;
    const code = cursor.byte();
    if (code === stop) return { value: machine.pop(), end: cursor.position };
    const step = steps[code];
    if (step === undefined) return cursor.refuse(`using opcode ${code} at byte ${at}`);
    step(machine);
  }
}

const stop = 0x2e;

interface Machine {
  cursor: ByteCursor;
  memo: Map<number, PickleValue>;
  push(value: PickleValue): void;
  pop(): PickleValue;
  /** The value on top, which stays. */
  peek(): PickleValue;
  mark(): void;
  /** What was pushed since the last mark, which goes with it. */
  popToMark(): PickleValue[];
  call(callable: PickleValue, args: PickleValue): PickleValue;
  persistent(id: PickleValue): PickleValue;
}

function createMachine(
  cursor: ByteCursor,
  { where, makers, skipped = [], persistent }: PickleOptions,
): Machine {
  let stack: PickleValue[] = [];
  const outer: PickleValue[][] = [];
  const pop = () => {
    const value = stack.pop();
    return value === undefined ? cursor.refuse("taking from an empty stack") : value;
  };
  const refuse = (given: string) => cursor.refuse(given);
  return {
    cursor,
    memo: new Map(),
    push: (value) => void stack.push(value),
    pop,
    peek() {
      const value = stack.at(-1);
      return value === undefined ? cursor.refuse("taking from an empty stack") : value;
    },
    mark() {
      outer.push(stack);
      stack = [];
    },
    popToMark() {
      const items = stack;
      stack = outer.pop() ?? cursor.refuse("without a mark where it needs one");
      return items;
    },
    call(callable, args) {
      const path = callable instanceof PickleName ? callable.path : null;
      const items = args instanceof Tuple ? args.items : null;
      if (path === null || items === null) return cursor.refuse("calling what is no function");
      if (skipped.includes(path)) return new Skipped(path);
      if (Object.hasOwn(makers, path)) return makers[path]!(items, refuse);
      throw new InputError({
        field: where,
        given: `a pickle that asks for ${path}`,
        allowed: "made of tensors and plain data alone: nothing in a file is ever run",
      });
    },
    persistent: (id) =>
      persistent === undefined ? cursor.refuse("with a persistent id") : persistent(id, refuse),
  };
}

type Step = (machine: Machine) => void;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
/** Python 2's strings: bytes, kept as characters of the same number. */
const latin1 = (bytes: Uint8Array) => {
  let result = "";
  for (const byte of bytes) result += String.fromCharCode(byte);
  return result;
};
const pushes =
  (read: (machine: Machine) => PickleValue): Step =>
  (machine) =>
    machine.push(read(machine));

/** By opcode. The letters are CPython's. */
const steps: Readonly<Record<number, Step>> = {
  0x80: ({ cursor }) => void (cursor.byte() > 5 && cursor.refuse("of a protocol after 5")), // PROTO
  0x95: ({ cursor }) => void cursor.uint64(), // FRAME

  0x28: (machine) => machine.mark(), // (
  0x30: (machine) => void machine.pop(), // 0
  0x31: (machine) => void machine.popToMark(), // 1
  0x32: (machine) => machine.push(machine.peek()), // 2

  0x4e: pushes(() => null), // N
  0x88: pushes(() => true),
  0x89: pushes(() => false),
  0x49: pushes(({ cursor }) => textInteger(cursor)), // I
  0x4c: pushes(({ cursor }) => textInteger(cursor)), // L
  0x4a: pushes(({ cursor }) => cursor.int32()), // J
  0x4b: pushes(({ cursor }) => cursor.byte()), // K
  0x4d: pushes(({ cursor }) => cursor.uint16()), // M
  0x8a: pushes(({ cursor }) => longInteger(cursor, cursor.byte())),
  0x46: pushes(({ cursor }) => Number(cursor.line())), // F
  0x47: pushes(({ cursor }) => cursor.float64BigEndian()), // G

  0x54: pushes(({ cursor }) => latin1(cursor.bytes(cursor.int32()))), // T
  0x55: pushes(({ cursor }) => latin1(cursor.bytes(cursor.byte()))), // U
  0x58: pushes(({ cursor }) => text(cursor.bytes(cursor.uint32()))), // X
  0x8c: pushes(({ cursor }) => text(cursor.bytes(cursor.byte()))),
  0x8d: pushes(({ cursor }) => text(cursor.bytes(cursor.uint64()))),
  0x42: pushes(({ cursor }) => cursor.bytes(cursor.uint32())), // B
  0x43: pushes(({ cursor }) => cursor.bytes(cursor.byte())), // C
  0x8e: pushes(({ cursor }) => cursor.bytes(cursor.uint64())),
  0x96: pushes(({ cursor }) => cursor.bytes(cursor.uint64())), // BYTEARRAY8

  0x5d: pushes(() => []), // ]
  0x6c: pushes((machine) => machine.popToMark()), // l
  0x61: (machine) => append(machine, [machine.pop()]), // a
  0x65: (machine) => append(machine, machine.popToMark()), // e
  0x29: pushes(() => new Tuple([])), // )
  0x74: pushes((machine) => new Tuple(machine.popToMark())), // t
  0x85: pushes((machine) => new Tuple([machine.pop()])),
  0x86: (machine) => pushTuple(machine, 2),
  0x87: (machine) => pushTuple(machine, 3),
  0x7d: pushes(() => new Map()), // }
  0x64: (machine) => {
    const items = machine.popToMark(); // d
    machine.push(new Map());
    setItems(machine, items);
  },
  0x73: (machine) => {
    const value = machine.pop(); // s
    setItems(machine, [machine.pop(), value]);
  },
  0x75: (machine) => setItems(machine, machine.popToMark()), // u

  0x63: pushes(({ cursor }) => new PickleName(`${cursor.line()}.${cursor.line()}`)), // c
  0x93: (machine) => {
    const name = machine.pop(); // STACK_GLOBAL
    const module = machine.pop();
    if (typeof name !== "string" || typeof module !== "string")
      machine.cursor.refuse("naming a class by no text");
    machine.push(new PickleName(`${module as string}.${name as string}`));
  },
  0x52: callOnStack, // R
  0x81: callOnStack, // NEWOBJ
  0x62: build, // b
  0x51: pushes((machine) => machine.persistent(machine.pop())), // Q

  0x70: (machine) => remember(machine, Number(machine.cursor.line())), // p
  0x71: (machine) => remember(machine, machine.cursor.byte()), // q
  0x72: (machine) => remember(machine, machine.cursor.uint32()), // r
  0x94: (machine) => remember(machine, machine.memo.size), // MEMOIZE
  0x67: (machine) => recall(machine, Number(machine.cursor.line())), // g
  0x68: (machine) => recall(machine, machine.cursor.byte()), // h
  0x6a: (machine) => recall(machine, machine.cursor.uint32()), // j
};

/** Protocol 0 writes booleans as numbers of two digits, and puts an L after long ones. */
function textInteger(cursor: ByteCursor): PickleValue {
  const line = cursor.line();
  if (line === "00" || line === "01") return line === "01";
  const digits = line.replace(/L$/, "");
  if (!/^-?\d{1,400}$/.test(digits)) cursor.refuse("with a number that is none");
  return exact(BigInt(digits));
}

/** Two's complement, little-endian. */
function longInteger(cursor: ByteCursor, size: number): PickleValue {
  const bytes = cursor.bytes(size);
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = value * 256n + BigInt(bytes[i]!);
  return exact(BigInt.asIntN(size * 8, value));
}

const exact = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function append({ peek, cursor }: Machine, values: readonly PickleValue[]): void {
  const list = peek();
  if (list instanceof Skipped) return;
  if (!Array.isArray(list)) return cursor.refuse("appending to what is no list");
  for (const value of values) list.push(value);
}

function setItems({ peek, cursor }: Machine, items: readonly PickleValue[]): void {
  const dict = peek();
  if (dict instanceof Skipped) return;
  if (!(dict instanceof Map) || items.length % 2 !== 0) return cursor.refuse("filling what is no dictionary");
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
}

function pushTuple(machine: Machine, size: number): void {
  const items = Array.from({ length: size }, () => machine.pop()).toReversed();
  machine.push(new Tuple(items));
}

function callOnStack(machine: Machine): void {
  const args = machine.pop();
  machine.push(machine.call(machine.pop(), args));
}

/** Python hands the state to the object; ours take it where they know what to do with it. A dictionary's is metadata. */
function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.peek();
  if (target instanceof Skipped || target instanceof Map) return;
  if (!isMade(target) || target.setState === undefined)
    return machine.cursor.refuse("giving a state to what has none");
  target.setState(state);
}

function remember(machine: Machine, index: number): void {
  machine.memo.set(index, machine.peek());
}

function recall(machine: Machine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) machine.cursor.refuse(`recalling ${index}, which was never stored`);
  machine.push(value!);
}

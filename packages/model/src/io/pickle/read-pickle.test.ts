import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInputError } from "@reformer-ts/internal-checks";
import { numpyMakers } from "./numpy-makers";
import { readPickle } from "./read-pickle";
import { PickleName, type PickleValue, Tuple } from "./values";

/** Letters as their codes, numbers as they are. */
const pickle = (...parts: (string | number)[]) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number" ? [part] : [...part].map((letter) => letter.charCodeAt(0)),
    ),
  );
const read = (bytes: Uint8Array) => readPickle(bytes, { where: "file", makers: numpyMakers }).value;

describe("readPickle", () => {
  it.each<[string, Uint8Array, PickleValue]>([
    ["protocol 0", pickle("(lp0\nI1\naI01\naF2.5\naL-7L\na."), [1, true, 2.5, -7]],
    [
      "numbers",
      pickle("(J", 255, 255, 255, 255, "K", 7, "M", 1, 1, 0x8a, 2, 0, 128, "t."),
      new Tuple([-1, 7, 257, -32768]),
    ],
    ["a big-endian float", pickle("G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, "."), 1.5],
    ["none and truth", pickle("N", 0x88, 0x89, 0x87, "."), new Tuple([null, true, false])],
    ["a dictionary", pickle("}", 0x8c, 1, "a", "K", 1, "s."), new Map([["a", 1]])],
    ["something remembered", pickle("]", 0x94, "h", 0, 0x86, "."), new Tuple([[], []])],
    ["a name that is never called", pickle("cos\nsystem\n."), new PickleName("os.system")],
    ["a long number", pickle(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, "."), 2n ** 64n],
  ])("reads %s", (_, bytes, expected) => expect(read(bytes)).toEqual(expected));

  it.each<[string, Uint8Array, string]>([
    ["a call of the shell", pickle("cos\nsystem\n(X", 2, 0, 0, 0, "ls", "tR."), "asks for os.system"],
    ["the same by protocol 4", pickle(0x8c, 2, "os", 0x8c, 6, "system", 0x93, ")R."), "asks for os.system"],
    ["a builtin", pickle("cbuiltins\neval\n)R."), "asks for builtins.eval"],
    [
      "what a JavaScript object inherits",
      pickle("cconstructor\nconstructor\n)R."),
      "asks for constructor.constructor",
    ],
    ["a class by protocol 0", pickle("(ios\nsystem\n."), "using opcode 105 at byte 1"],
    ["a class by its registered number", pickle(0x82, 1, "."), "using opcode 130 at byte 0"],
    ["an object with keyword arguments", pickle(0x92, "."), "using opcode 146"],
    ["a buffer outside of the file", pickle(0x97, "."), "using opcode 151"],
    ["a call of text", pickle("X", 1, 0, 0, 0, "a", ")R."), "calling what is no function"],
    ["a persistent id", pickle("K", 1, "Q."), "with a persistent id"],
    ["nothing", pickle(), "cut short at byte 0"],
    ["no end", pickle("N"), "cut short at byte 1"],
    ["text that ends early", pickle("X", 255, 255, 255, 127, "a."), "cut short at byte 5"],
    ["text of a negative size", pickle("T", 255, 255, 255, 255, "."), "cut short"],
    ["a size beyond numbers", pickle(0x8e, 255, 255, 255, 255, 255, 255, 255, 255, "."), "naming a size"],
    ["an empty stack", pickle("."), "taking from an empty stack"],
    ["no mark", pickle("Nt."), "without a mark"],
    ["something never stored", pickle("h", 9, "."), "recalling 9"],
    ["appending to a number", pickle("K", 1, "Na."), "appending to what is no list"],
    ["filling a list", pickle("]NNs."), "filling what is no dictionary"],
    ["half an entry", pickle("}(Nu."), "filling what is no dictionary"],
    ["a state for a number", pickle("K", 1, "Nb."), "giving a state"],
    ["a protocol of the future", pickle(0x80, 6, "N."), "a protocol after 5"],
    ["a number that is none", pickle("Ione\n."), "with a number that is none"],
    [
      "an unknown type of numbers",
      pickle("cnumpy\ndtype\n(X", 2, 0, 0, 0, "O8", "tR."),
      "numbers of type O8",
    ],
    [
      "an array without bytes",
      pickle("cnumpy.core.multiarray\n_reconstruct\n)R(tb."),
      "no bytes, type or shape",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(() => read(bytes)).toThrow(reason);
    expect(() => read(bytes)).toThrow(expect.objectContaining({ name: "InputError" }));
  });

  it("ends every file with a value or one sentence", () => {
    const opcodes = fc.constantFrom(
      ..."(.0124]lae)td}sucRbQNIJKMFGTUXBCpqrghj\u0080\u0095\u0085\u0086\u0087\u0088\u008a\u008c\u0093\u0094\u0081"
        .split("")
        .map((letter) => letter.charCodeAt(0)),
    );
    const bytes = fc.array(fc.oneof(opcodes, fc.nat(255)), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, (file) => {
        expect(problemOf(() => read(Uint8Array.from(file)))).toBe(null);
      }),
      { numRuns: 3000 },
    );
  });
});

/** What was thrown, unless it was meant for a user. */
function problemOf(work: () => void): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return isInputError(error) ? null : error;
  }
}

import { InputError } from "@reformer-ts/internal-checks";
import { expect, it } from "vitest";
import { sentence } from "./sentence";

it.each([
  () => new Float32Array(2 ** 53),
  () => new ArrayBuffer(2 ** 52),
  () => new WebAssembly.Memory({ initial: 1, maximum: 1 }).grow(1),
])("says it plainly when memory is missing: %s", (allocate) => {
  expect(sentence(thrownBy(allocate))).toMatch(/^Your browser has not enough memory/);
});

it("says what a backend that ran out says, and leaves other errors as they are", () => {
  const ofWasm = new WebAssembly.RuntimeError("memory access out of bounds");
  expect(sentence(ofWasm)).toMatch(/^Your browser has not enough memory/);
  expect(sentence(new Error("Aborted(OOM)"))).toMatch(/not enough memory/);
  const ofKernel = new Error("WebAssembly's memory is full: 16777216 bytes more do not fit");
  expect(sentence(ofKernel)).toMatch(/not enough memory/);
  const cause = Object.assign(new Error("its memory is spent"), { name: "NoRoomError" });
  const refused = new InputError({ field: "prompt", given: "long", allowed: "shorter" }, { cause });
  expect(sentence(refused)).toMatch(/^Your browser has not enough memory for this \(its memory is spent\)/);
  expect(sentence(new RangeError("invalid date"))).toBe("RangeError: invalid date");
  const given = { field: "window", given: "none", allowed: "one" };
  expect(sentence(new InputError(given))).toBe(new InputError(given).message);
  expect(sentence("no")).toBe("no");
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { float32Of, messageFields, stringOf } from "./protobuf";

const bytes = (...values: number[]) => Uint8Array.from(values);

const outcome = (message: Uint8Array) => {
  try {
    const sizes = Array.from(messageFields(message, "m"), ({ bytes: content }) => content.length);
    return sizes.reduce((sum, size) => sum + size, 0) <= message.length ? "fields" : "too much";
  } catch (error) {
    return (error as Error).name;
  }
};

describe("messageFields", () => {
  it("reads the wire types that the format has", () => {
    // The examples of the encoding's own documentation: 150 as a varint, "testing" as a string; then a float.
    const message = bytes(
      0x08,
      0x96,
      0x01,
      0x12,
      7,
      ...new TextEncoder().encode("testing"),
      0x1d,
      0,
      0,
      0x20,
      0xc1,
    );
    const [integer, text, float] = [...messageFields(message, "m")];
    expect([integer!.number, integer!.integer]).toEqual([1, 150]);
    expect([text!.number, stringOf(text!)]).toEqual([2, "testing"]);
    expect([float!.number, float32Of(float!)]).toEqual([3, -10]);
  });

  it.each([
    ["a varint without end", bytes(0x08, 0x96)],
    ["a varint beyond all numbers", bytes(0x08, ...Array.from({ length: 12 }, () => 0xff))],
    ["a string longer than the message", bytes(0x12, 9, 0x61)],
    ["a group", bytes(0x0b)],
    ["field number 0", bytes(0x00, 0x01)],
  ])("refuses %s", (_, message) => {
    expect(() => [...messageFields(message, "x.model")]).toThrow(
      /^x.model is damaged at byte \d+ of a message/,
    );
  });

  it("ends on any bytes, with fields or with an InputError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (message) => {
        expect(["fields", "InputError"]).toContain(outcome(message));
      }),
    );
  });
});

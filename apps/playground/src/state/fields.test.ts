import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  choice,
  flag,
  initialState,
  integer,
  nextSeed,
  readState,
  residues,
  seedField,
  text,
  writeState,
} from "./fields";

const fields = {
  count: integer(4, { min: 2, max: 16, step: 2 }),
  on: flag(false),
  kind: choice("a", ["a", "b", "c"]),
  words: text("hello", 12),
  angles: residues([1, 2], 360, { min: 2, max: 5 }),
};

it("has a seed after every seed", () => {
  expect([nextSeed(1), nextSeed(seedField.max)]).toEqual([2, 0]);
});

describe("settings in a link", () => {
  it("names only what differs from the defaults", () => {
    expect(writeState(fields, initialState(fields))).toBe("");
    expect(writeState(fields, { ...initialState(fields), count: 6, on: true })).toBe("count=6&on=1");
  });

  it("reads back whatever it wrote", () => {
    const states = fc.record({
      count: fc.integer({ min: 1, max: 8 }).map((half) => 2 * half),
      on: fc.boolean(),
      kind: fc.constantFrom("a" as const, "b" as const, "c" as const),
      words: fc.string({ unit: "grapheme", maxLength: 4 }).map((words) => [...words].slice(0, 12).join("")),
      angles: fc.array(fc.integer({ min: 0, max: 359 }), { minLength: 2, maxLength: 5 }),
    });
    fc.assert(
      fc.property(states, (state) => {
        expect(readState(fields, writeState(fields, state))).toEqual(state);
      }),
    );
  });

  it("brings numbers into range and onto the grid", () => {
    expect(readState(fields, "count=99").count).toBe(16);
    expect(readState(fields, "count=-5").count).toBe(2);
    expect(readState(fields, "count=7").count).toBe(8);
  });

  it("falls back to the default for what means nothing, and passes over unknown names", () => {
    const nonsense = "count=many&on=yes&kind=z&angles=1..2&other=1";
    expect(readState(fields, nonsense)).toEqual(initialState(fields));
    // Names that every object has.
    for (const name of ["constructor", "__proto__"]) {
      const inherited = `count=${name}&on=${name}&kind=${name}&angles=${name}&${name}=1`;
      expect(readState(fields, inherited)).toEqual(initialState(fields));
    }
    for (const angles of ["3", "1.2.3.4.5.6"])
      expect(readState(fields, `angles=${angles}`).angles).toEqual([1, 2]);
  });

  it("cuts text by characters, not in the middle of one", () => {
    expect(readState(fields, `words=${"😀".repeat(20)}`).words).toBe("😀".repeat(12));
  });
});

import { describe, expect, it } from "vitest";
import { initialState, readState } from "../../state/fields";
import { attendRequest } from "./request";
import { fields, maxLength, minLength, sequenceLength, settle, usedChunkLength } from "./settings";

const initial = settle(initialState(fields));

describe("settings that depend on each other", () => {
  it("draws only rounds that are hashed", () => {
    expect(settle({ ...initial, numHashes: 2, round: 7 }).round).toBe(2);
  });

  it("picks only positions that are there", () => {
    const { query, key } = settle({ ...initial, text: "short text", query: 11, key: 3 });
    expect([query, key]).toEqual([0, 0]);
  });

  it("takes no circle from a link that has too few points to sort", () => {
    const lengthOf = (points: string) =>
      sequenceLength(settle(readState(fields, `source=circle&points=${points}`)));
    expect(lengthOf("10.20")).toBe(initial.points.length);
    expect(lengthOf("10.20.30.40.50.60.70.80")).toBe(minLength);
  });

  it("never leaves a chunk as long as the sequence", () => {
    expect(usedChunkLength({ ...initial, text: "ten chars!", chunkLength: 32 })).toBe(5);
    expect(usedChunkLength(initial)).toBe(initial.chunkLength);
  });

  it("begins with a pair of equal letters in equal company", () => {
    const letters = [...initial.text];
    expect([letters[initial.query - 1], letters[initial.key - 1]]).toEqual(["w", "w"]);
  });
});

describe("what the worker is asked", () => {
  it("is the same for the same link", () => {
    const link = "seed=9&numBuckets=4&source=circle";
    expect(attendRequest(settle(readState(fields, link)))).toEqual(
      attendRequest(settle(readState(fields, link))),
    );
  });

  it("gives every vector the length that is set", () => {
    for (const source of ["text", "circle"] as const) {
      const { vectors, depth } = attendRequest({ ...initial, source, sharpness: 5 });
      for (let row = 0; row < vectors.length; row += depth) {
        expect(Math.hypot(...vectors.subarray(row, row + depth))).toBeCloseTo(5, 4);
      }
    }
  });

  it("hashes no more than the page can draw", () => {
    const { text } = readState(fields, `text=${"x".repeat(1000)}`);
    expect(attendRequest({ ...initial, text }).length).toBe(maxLength);
  });

  it("makes letters alike that stand in like company, whatever their case", () => {
    const { vectors, depth } = attendRequest({ ...initial, text: "a new and A NEW end" });
    const row = (position: number) => vectors.subarray(position * depth, (position + 1) * depth);
    expect(row(4)).toEqual(row(14));
    expect(row(2)).not.toEqual(row(7));
  });
});

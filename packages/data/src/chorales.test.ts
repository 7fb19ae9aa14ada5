import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { musicPieces, musicTokens, musicVocabSize, parseChorales, type Step } from "./chorales";

describe("music", () => {
  it("is four voices a step, each piece begun by its own token", () => {
    const pieces: Step[][] = [[[74, 70, 65, 58]], [[72, 0, 60, 0]]];
    expect(Array.from(musicTokens(pieces))).toEqual([128, 74, 70, 65, 58, 128, 72, 0, 60, 0]);
  });

  it("round-trips", () => {
    const pitch = fc.nat({ max: 127 });
    const piece = fc.array(fc.tuple(pitch, pitch, pitch, pitch), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const tokens = musicTokens(pieces);
        expect(musicPieces(tokens)).toEqual(pieces);
        expect(Math.max(0, ...tokens)).toBeLessThan(musicVocabSize);
      }),
    );
  });

  it("makes the best of what a model emits", () => {
    expect(musicPieces([60, 61, 62, 63, 64, 128, 128, 1, 2, 3, 4])).toEqual([
      [[60, 61, 62, 63]],
      [],
      [[1, 2, 3, 4]],
    ]);
    expect(() => musicPieces([129])).toThrow("token is 129, but must be 0 to 128.");
  });
});

describe("parseChorales", () => {
  it("reads silence as 0 and fills up voices that are not there", () => {
    const json = { train: [[[74, -1, 65, 58], [60]]], valid: [[[]]], test: [[[1, 2]]] };
    expect(parseChorales(json, "jsb.json")).toEqual({
      train: [
        [
          [74, 0, 65, 58],
          [60, 0, 0, 0],
        ],
      ],
      valid: [[[0, 0, 0, 0]]],
      test: [[[1, 2, 0, 0]]],
    });
  });
});

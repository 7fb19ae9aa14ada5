import { describe, expect, it } from "vitest";

import { batches, batchesOnce } from "./batches";
import { byteTokenizer } from "./bytes";
import { alignedPairs, pairExamples, tabSeparatedPairs } from "./pairs";
import { shuffled } from "./records";
import { reserveTokens } from "./reserved";

describe("pairs", () => {
  it("come from two aligned texts or one with tabs, empty ones left out", () => {
    const expected = [
      { source: "a dog", target: "ein Hund" },
      { source: "a cat", target: "eine Katze" },
    ];
    expect(alignedPairs("a dog\n\na cat\n", "ein Hund\nnichts\neine Katze")).toEqual(expected);
    expect(tabSeparatedPairs("a dog\tein Hund\tCC-BY\r\na cat\teine Katze\n")).toEqual(expected);
  });

  it("refuses texts that do not belong together", () => {
    expect(() => alignedPairs("a\nb", "a")).toThrow(
      "translation pairs is 2 lines and 1 lines, but must be two texts with the same number of lines.",
    );
    expect(() => tabSeparatedPairs("a\tb\nc")).toThrow("line 2 is without a tab");
    expect(() => alignedPairs("", "")).toThrow("translation pairs is empty");
  });
});

describe("pairExamples", () => {
  const tokenizer = reserveTokens(byteTokenizer());
  const options = { tokenizer, sourceLength: 5, targetLength: 4 };
  const [a, b, c] = [..."abc"].map((letter) => letter.charCodeAt(0) + 2) as [number, number, number];

  it("asks for each target token after the ones before it, and for the end", () => {
    const examples = pairExamples([{ source: "ab", target: "cb" }], options);
    expect(examples.example(0)).toEqual({
      source: Int32Array.of(a, b, 1, 0, 0),
      inputs: Int32Array.of(0, c, b, 0),
      targets: Int32Array.of(c, b, 1, -1),
    });
  });

  it("leaves out what does not fit with its end token", () => {
    const pairs = [
      { source: "aaaa", target: "ccc" },
      { source: "aaaaa", target: "c" },
      { source: "a", target: "cccc" },
    ];
    const examples = pairExamples(pairs, options);
    expect(examples.count).toBe(1);
    expect(Array.from(examples.example(0).targets)).toEqual([c, c, c, 1]);
    expect(() => pairExamples(pairs.slice(1), options)).toThrow("translation pairs is 2, none of which fits");
  });

  it("is stacked with its sources, also shuffled", () => {
    const examples = pairExamples([{ source: "a", target: "b" }], options);
    const [batch] = batchesOnce(examples, { batch: 2 });
    expect(batch!.sourceShape).toEqual([2, 5]);
    expect(Array.from(batch!.source!)).toEqual([a, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(batch!.counted).toBe(2);
    expect(batches(shuffled(examples, { seed: 1 }), { batch: 3 }).next().sourceShape).toEqual([3, 5]);
  });
});

import { describe, expect, it } from "vitest";

import { copyTask } from "./copy-task";

const first = (seed: number, index: number) => copyTask({ length: 32, seed }).example(index).inputs;

describe("copyTask", () => {
  it("is 0 w 0 w, with only the second w counted", () => {
    const task = copyTask({ length: 64, numSymbols: 7, seed: 3 });
    for (let index = 0; index < 200; index++) {
      const { inputs, targets } = task.example(index);
      const sequence = [...inputs.slice(1), targets.at(-1)!];
      expect(sequence.slice(32)).toEqual(sequence.slice(0, 32));
      expect(sequence[0]).toBe(0);
      expect(Math.min(...sequence.slice(1, 32))).toBeGreaterThanOrEqual(1);
      expect(Math.max(...sequence.slice(1, 32))).toBeLessThanOrEqual(7);
      expect(Array.from(targets.subarray(0, 33))).toEqual(Array.from({ length: 33 }, () => -1));
      expect(Array.from(targets.subarray(33))).toEqual(sequence.slice(33));
    }
  });

  it("is the paper's by default: 1,024 tokens of which 511 count, symbols 1 to 127", () => {
    const task = copyTask({ seed: 0 });
    const targets = Array.from({ length: 40 }, (_, i) => [...task.example(i).targets]).flat();
    const counted = targets.filter((target) => target !== -1);
    expect(task.length).toBe(1024);
    expect(counted).toHaveLength(40 * 511);
    expect(new Set(counted).size).toBe(127);
    expect([Math.min(...counted), Math.max(...counted)]).toEqual([1, 127]);
  });

  it("makes another sequence for every seed and number, and the same one again", () => {
    expect(first(1, 5)).toEqual(first(1, 5));
    expect(first(1, 5)).not.toEqual(first(1, 6));
    expect(first(1, 5)).not.toEqual(first(2, 5));
  });

  it.each([3, 7, 2, 0, 1.5])("refuses length %s", (length) => {
    expect(() => copyTask({ length, seed: 0 })).toThrow(
      `length is ${length}, but must be an even number of at least 4.`,
    );
  });
});

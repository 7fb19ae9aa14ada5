import { expect, test } from "vitest";
import { dropoutRow, fillDropoutRow, keepWeight } from "./dropout";

const draws = (row: number) => Array.from({ length: 64 }, (_, column) => keepWeight(row, column, 0.5));

test("a row at once equals one weight at a time, odd lengths too", () => {
  const row = dropoutRow(7, 3, 11);
  const weights = new Float32Array(9);
  fillDropoutRow(weights, 1, 7, row, 0.25);
  const expected = Array.from({ length: 7 }, (_, column) =>
    keepWeight(row, column, 0.25) ? Math.fround(1 / 0.75) : 0,
  );
  expect(Array.from(weights)).toEqual([0, ...expected, 0]);
});

test.each([0.1, 0.5, 0.9])("drops a share of %d, along rows and down columns", (rate) => {
  const size = 1000;
  const inColumns = new Float64Array(16);
  let kept = 0;
  for (let slot = 0; slot < size; slot++) {
    const row = dropoutRow(1, slot % 7, slot);
    for (let column = 0; column < 16; column++) {
      if (!keepWeight(row, column, rate)) continue;
      kept++;
      inColumns[column]!++;
    }
  }
  // Five standard deviations of a binomial.
  const bound = (count: number) => 5 * Math.sqrt(rate * (1 - rate) * count);
  expect(Math.abs(kept - (1 - rate) * 16 * size)).toBeLessThan(bound(16 * size));
  for (const count of inColumns) expect(Math.abs(count - (1 - rate) * size)).toBeLessThan(bound(size));
});

test("nothing is dropped at rate 0; seeds, groups and slots draw differently", () => {
  expect(Array.from({ length: 64 }, (_, column) => keepWeight(5, column, 0))).not.toContain(false);
  const rows = [dropoutRow(1, 0, 0), dropoutRow(2, 0, 0), dropoutRow(1, 1, 0), dropoutRow(1, 0, 1)];
  expect(new Set(rows.map((row) => draws(row).join())).size).toBe(4);
});

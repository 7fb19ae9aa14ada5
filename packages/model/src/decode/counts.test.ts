import * as fc from "fast-check";
import { expect, it } from "vitest";
import { counts } from "./counts";

it("sums and finds as a plain list does", () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 40 })
        .chain((size) =>
          fc.tuple(fc.constant(size), fc.array(fc.integer({ min: 0, max: size - 1 }), { maxLength: 60 })),
        ),
      ([size, increments]) => {
        const tree = counts(size);
        const list = Array.from({ length: size }, () => 0);
        for (const index of increments) {
          tree.increment(index);
          list[index]!++;
        }
        const before = (index: number) => list.slice(0, index).reduce((a, b) => a + b, 0);
        for (let index = 0; index <= size; index++) expect(tree.before(index)).toBe(before(index));
        for (let sum = 0; sum < increments.length; sum++)
          expect(tree.find(sum)).toBe(list.findIndex((_, index) => before(index + 1) > sum));
      },
    ),
  );
});

it("forks go their own ways", () => {
  const tree = counts(3);
  tree.increment(1);
  const other = tree.fork();
  other.increment(0);
  expect([tree.before(3), other.before(3)]).toEqual([1, 2]);
});

import { expect, test } from "vitest";
import { bucketCount, resolveNumBuckets, rotationSize } from "./num-buckets";

test.each([
  [4096, 64, 4096, [128]],
  [16384, 64, 65536, [16, 32]],
  [65536, 64, 65536, [32, 64]],
  [65536, 256, 65536, [512]],
  [12288, 128, 12288, [128]],
  [96, 16, 96, [8]],
  [17, 16, 17, [2]],
])(
  "'auto' for %i tokens in chunks of %i, at most %i: as transformers",
  (length, chunkLength, maxLength, factors) => {
    expect(resolveNumBuckets("auto", { length, chunkLength, maxLength })).toEqual(factors);
  },
);

test("a number is one factor; factors multiply, and need half as many directions each", () => {
  const size = { length: 8, chunkLength: 4 };
  expect(resolveNumBuckets(6, size)).toEqual([6]);
  expect(bucketCount([4, 6])).toBe(24);
  expect(rotationSize([4, 6])).toBe(5);
});

test.each([0, 3, 2.5, -2, Number.NaN, [], [4, 3], 2 ** 24, [4096, 4096], [65536, 65536], Infinity])(
  "%j buckets are refused",
  (numBuckets) => {
    expect(() => resolveNumBuckets(numBuckets, { length: 8, chunkLength: 4 })).toThrow(
      /must be an even number/,
    );
  },
);

test.each([
  { length: 0 },
  { length: Number.NaN },
  { chunkLength: 0 },
  { chunkLength: 1.5 },
  { maxLength: -1 },
])("'auto' refuses %j", (wrong) => {
  const [[field, size]] = Object.entries(wrong) as [[string, number]];
  const sizes = { length: 8, chunkLength: 4, ...wrong };
  expect(() => resolveNumBuckets("auto", sizes)).toThrow(`${field} is ${size}, but must be an integer`);
});

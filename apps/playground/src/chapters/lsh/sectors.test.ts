import { expect, it } from "vitest";
import { findSectors } from "./sectors";

it("joins neighbours of one bucket, also across zero degrees", () => {
  expect(findSectors(Int32Array.of(2, 0, 0, 1, 1, 1, 2, 2))).toEqual([
    { from: 45, to: 135, bucket: 0 },
    { from: 135, to: 270, bucket: 1 },
    { from: 270, to: 405, bucket: 2 },
  ]);
});

it("leaves a circle of one bucket whole", () => {
  expect(findSectors(Int32Array.of(3, 3, 3, 3))).toEqual([{ from: 0, to: 360, bucket: 3 }]);
});

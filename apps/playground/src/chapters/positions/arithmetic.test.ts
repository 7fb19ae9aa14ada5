import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type AxialShape, axialParameters, fullParameters, likeness, placeOf, squarest } from "./arithmetic";

const novel: AxialShape = { rows: 512, columns: 1024, rowDims: 64, dModel: 256 };

it("counts what google/reformer-crime-and-punishment has", () => {
  expect(axialParameters(novel)).toBe(512 * 64 + 1024 * 192);
  expect(fullParameters(novel)).toBe(524_288 * 256);
});

it("gives every position a place of its own", () => {
  const shape = { rows: 8, columns: 16, rowDims: 4, dModel: 16 };
  const places = Array.from({ length: 128 }, (_, position) => placeOf(position, shape));
  expect(new Set(places.map(({ row, column }) => `${row}/${column}`)).size).toBe(128);
});

it("never takes more than the full table, and positions are like themselves alone", () => {
  const shapes = fc
    .record({
      rows: fc.integer({ min: 2, max: 64 }),
      columns: fc.integer({ min: 2, max: 64 }),
      dModel: fc.integer({ min: 4, max: 64 }),
      share: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    })
    .map(({ share, ...rest }) => ({ ...rest, rowDims: Math.max(1, Math.round(share * (rest.dModel - 1))) }));
  fc.assert(
    fc.property(shapes, fc.nat(), fc.nat(), (shape, a, b) => {
      const length = shape.rows * shape.columns;
      expect(axialParameters(shape)).toBeLessThan(fullParameters(shape));
      expect(likeness(a % length, b % length, shape) === 1).toBe(a % length === b % length);
    }),
  );
});

it("finds the squarest grid", () => {
  expect(squarest(1_048_576)).toEqual({ rows: 1024, columns: 1024 });
  expect(squarest(524_288)).toEqual({ rows: 512, columns: 1024 });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutFigure, placeAt, type RowName } from "./layout";

const shapes = fc
  .record({
    width: fc.integer({ min: 280, max: 1800 }),
    length: fc.integer({ min: 8, max: 96 }),
    chunkLength: fc.integer({ min: 2, max: 32 }),
  })
  .map(({ width, length, chunkLength }) => {
    const chunk = Math.min(chunkLength, Math.floor(length / 2));
    return { width, length, chunkLength: chunk, paddedLength: Math.ceil(length / chunk) * chunk };
  });

describe("the figure's layout", () => {
  it("keeps cells apart, in order and inside, at any width", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const layout = layOutFigure(shape);
        for (const [left, count] of [
          [layout.positionX, shape.length],
          [layout.sortX, shape.paddedLength],
          [layout.chunkX, shape.paddedLength],
        ] as const) {
          expect(left(0)).toBeGreaterThanOrEqual(0);
          expect(left(count - 1) + layout.cell).toBeLessThanOrEqual(layout.width + 0.5);
          for (let i = 1; i < count; i++) expect(left(i)).toBeGreaterThan(left(i - 1) + layout.cell - 1e-6);
        }
      }),
    );
  });

  it("leaves a wider gap between chunks than within them", () => {
    const { chunkX } = layOutFigure({ width: 1000, length: 32, paddedLength: 32, chunkLength: 8 });
    expect(chunkX(8) - chunkX(7)).toBeGreaterThan(1.5 * (chunkX(7) - chunkX(6)));
  });

  it("finds under the pointer what it drew there", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, pick) => {
        const layout = layOutFigure(shape);
        const order = new Int32Array(shape.paddedLength).fill(-1);
        for (let slot = 0; slot < shape.length; slot++) order[slot] = shape.length - 1 - slot;
        const position = pick % shape.length;
        const slot = shape.length - 1 - position;
        const places: [RowName, number][] = [
          ["sequence", layout.positionX(position)],
          ["hash", layout.positionX(position)],
          ["sort", layout.sortX(slot)],
          ["chunk", layout.chunkX(slot)],
          ["attend", layout.chunkX(slot)],
        ];
        for (const [row, x] of places) {
          const point = { x: x + layout.cell / 2, y: layout.tops[row] + 1 };
          expect(placeAt(layout, { length: shape.length, order }, point)).toEqual({ row, position });
        }
      }),
    );
  });

  it("finds nothing between the rows", () => {
    const layout = layOutFigure({ width: 1000, length: 32, paddedLength: 32, chunkLength: 8 });
    const order = Int32Array.from({ length: 32 }, (_, i) => i);
    const y = layout.tops.hash + layout.rowHeight + 20;
    expect(placeAt(layout, { length: 32, order }, { x: 500, y })).toBeUndefined();
  });
});

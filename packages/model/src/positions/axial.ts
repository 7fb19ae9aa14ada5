/**
 * Axial positions (§3): positions form a grid; every axis has a small table of its own, and a position's vector is its
 * coordinates' rows side by side (or added up), so a million positions cost a few thousand rows.
 */
import { add, concat, reshape, slice, sum, tidy, tile, type Tensor2D } from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import type { PositionEncoding } from "./position-encoding";
import { growFirstAxis } from "./grow";

export function axial(config: ReformerConfig, parameters: Parameters): PositionEncoding {
  const shape = config.axialShape!;
  const dims = config.axialDims!;
  const summed = config.axialCombine === "sum";
  const name = (axis: number) => `embedding.positions.${axis}`;
  const perRow = shape.slice(1).reduce((a, b) => a * b, 1);
  /** The part of the grid that `length` positions reach into: only its first axis is cut. */
  const reached = (length: number) => [Math.ceil(length / perRow), ...shape.slice(1)];
  return {
    forward(length, start) {
      const firstRow = Math.floor(start / perRow);
      const grid = reached(start + length - firstRow * perRow);
      return tidy(() => {
        const tables = grid.map((rows, axis) => {
          const table =
            axis === 0 ? slice(parameters.get(name(0)), firstRow, rows) : parameters.get(name(axis));
          return tile(table, [...grid.map((size, other) => (other === axis ? 1 : size)), 1]);
        });
        const joined = summed ? tables.reduce((a, b) => add(a, b)) : concat(tables, grid.length);
        const vectors = reshape(joined, [-1, config.dModel]) as Tensor2D;
        return slice(vectors, [start - firstRow * perRow, 0], [length, -1]);
      });
    },
    pull(dx, sink) {
      const length = dx.shape[1];
      const grid = reached(length);
      const count = grid.reduce((a, b) => a * b, 1);
      const gradients = tidy(() => {
        const flat = growFirstAxis(sum(dx, 0), count);
        const cells = reshape(flat, [...grid, config.dModel]);
        let from = 0;
        return dims.map((dim, axis) => {
          const others = grid.map((_, other) => other).filter((other) => other !== axis);
          const begin = [...grid.map(() => 0), from];
          if (!summed) from += dim;
          const part = sum(slice(cells, begin, [...grid.map(() => -1), dim]), others, true);
          return axis === 0 ? growFirstAxis(part, shape[0]!) : part;
        });
      });
      gradients.forEach((gradient, axis) => sink(name(axis), gradient));
    },
  };
}

/**
 * Axial positions (§3): positions form a grid; every axis has a small table of its own, and a position's vector is its
 * coordinates' rows side by side (or added up), so a million positions cost a few thousand rows.
 */
import {
  add,
  concat,
  dispose,
  reshape,
  slice,
  sum,
  tidy,
  tile,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import type { PositionEncoding } from "./position-encoding";
import { growFirstAxis } from "./grow";

/** Positions whose gradients are summed at a time. */
const pulledLength = 32_768;

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
      const [rows, ...rest] = reached(length) as [number, ...number[]];
      const rowsAtOnce = Math.max(1, Math.floor(pulledLength / perRow));
      // Of the first axis' table every piece has rows of its own; of the others all pieces have the same.
      const firstRows: Tensor[] = [];
      let others: Tensor[] | null = null;
      for (let row = 0; row < rows; row += rowsAtOnce) {
        const grid = [Math.min(rowsAtOnce, rows - row), ...rest];
        const [first, ...sums] = tidy(() => {
          const cells = cellsOf(dx, row * perRow, grid);
          const parts = partsOf(cells);
          return [parts[0]!, ...parts.slice(1).map((part, i) => (others ? add(part, others[i]!) : part))];
        });
        firstRows.push(first!);
        if (others) dispose(others);
        others = sums;
      }
      const whole = tidy(() => growFirstAxis(concat(firstRows, 0), shape[0]!));
      dispose(firstRows);
      sink(name(0), whole);
      others!.forEach((gradient, i) => sink(name(i + 1), gradient));
    },
  };

  /** Gradients of the grid's cells from `start` on, summed over the batch, `[...grid, dModel]`; zeros beyond the sequence. */
  function cellsOf(dx: Tensor3D, start: number, grid: number[]): Tensor {
    const count = grid.reduce((a, b) => a * b, 1);
    const size = Math.min(count, dx.shape[1] - start);
    const flat = sum(slice(dx, [0, start, 0], [-1, size, -1]), 0);
    return reshape(size < count ? growFirstAxis(flat, count) : flat, [...grid, config.dModel]);
  }

  /** What each axis' table gets of them, of the table's rank. */
  function partsOf(cells: Tensor): Tensor[] {
    let from = 0;
    return dims.map((dim, axis) => {
      const all = dims.map((_, other) => other);
      const begin = [...all.map(() => 0), from];
      if (!summed) from += dim;
      const part = slice(cells, begin, [...all.map(() => -1), dim]);
      return sum(
        part,
        all.filter((other) => other !== axis),
        true,
      );
    });
  }
}

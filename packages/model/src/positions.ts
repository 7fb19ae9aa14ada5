/**
 * Where a token stands, as a vector. Axial (§3): positions form a grid; every axis has a small table of its own and a
 * position's vector is its coordinates' rows side by side, so a million positions cost a few thousand rows.
 */
import {
  add,
  concat,
  pad,
  reshape,
  slice,
  sum,
  tensor,
  tidy,
  tile,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import type { GradientSink } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import type { Parameters } from "./parameters";

export interface PositionEncoding {
  /** @returns `[length, dModel]`, of positions from `start` on; the caller owns it */
  forward(length: number, start: number): Tensor2D;
  /** Hands the gradients of the tables to `sink`. `dx` is `[batch, length, dModel]`. */
  pull(dx: Tensor3D, sink: GradientSink): void;
}

export function positionEncoding(config: ReformerConfig, parameters: Parameters): PositionEncoding | null {
  switch (config.positions) {
    case "axial":
      return axial(config, parameters);
    case "learned":
      return learned(config, parameters);
    case "sinusoidal":
      return { forward: (length, start) => sinusoids(length, start, config.dModel), pull: () => {} };
    case "none":
      return null;
  }
}

function axial(config: ReformerConfig, parameters: Parameters): PositionEncoding {
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

function learned(config: ReformerConfig, parameters: Parameters): PositionEncoding {
  const name = "embedding.positions";
  return {
    forward: (length, start) => slice(parameters.get(name) as Tensor2D, [start, 0], [length, -1]),
    pull: (dx, sink) =>
      sink(
        name,
        tidy(() => growFirstAxis(sum(dx, 0), config.maxLength)),
      ),
  };
}

/** Zeros below, up to `size` along the first axis: rows that the sequence did not reach. */
function growFirstAxis(x: Tensor, size: number): Tensor {
  return pad(
    x,
    x.shape.map((axis, i): [number, number] => [0, i === 0 ? size - axis : 0]),
  );
}

/** Sines in the first half of the width, cosines in the second, wavelengths from 2 pi to 20,000 pi (Vaswani et al.). */
function sinusoids(length: number, start: number, dModel: number): Tensor2D {
  const half = Math.ceil(dModel / 2);
  const values = new Float32Array(length * dModel);
  for (let position = 0; position < length; position++) {
    for (let i = 0; i < dModel; i++) {
      const angle = (start + position) / 10000 ** ((i % half) / half);
      values[position * dModel + i] = i < half ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tensor(values, [length, dModel]);
}

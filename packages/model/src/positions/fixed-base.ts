/**
 * Trax' FixedBasePositionalEncoding: a position is written in several bases, each digit scales a learned vector, the
 * digits' vectors stand side by side and the bases are added up. The first position has a vector of its own on top.
 */
import {
  add,
  concat,
  matMul,
  mul,
  pad,
  reshape,
  slice,
  sum,
  tensor,
  tidy,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import type { PositionEncoding } from "./position-encoding";

export function fixedBase(config: ReformerConfig, parameters: Parameters): PositionEncoding {
  const { fixedBases: bases, fixedBaseDigits: digits, dModel } = config;
  const width = dModel / digits;
  const baseName = (i: number) => `embedding.positions.bases.${i}`;
  const startName = "embedding.positions.start";
  return {
    forward(length, start) {
      return tidy(() => {
        const encoded = bases
          .map((base, i) => {
            const written = reshape(digitsOf(base, digits, length, start), [length, digits, 1]);
            return reshape(mul(written, parameters.get(baseName(i))), [length, dModel]) as Tensor;
          })
          .reduce((a, b) => add(a, b));
        if (start > 0) return encoded as Tensor2D;
        const first = pad(reshape(parameters.get(startName), [1, dModel]) as Tensor2D, [
          [0, length - 1],
          [0, 0],
        ]);
        return add(encoded, first) as Tensor2D;
      });
    },
    pull(dx, sink) {
      const length = dx.shape[1];
      const gradients = tidy(() => {
        const summed = sum(dx, 0) as Tensor2D;
        const ofBases = bases.map((base) => {
          const written = digitsOf(base, digits, length, 0);
          const perDigit = Array.from({ length: digits }, (_, digit) => {
            const column = slice(written, [0, digit], [length, 1]);
            return matMul(column, slice(summed, [0, digit * width], [length, width]), true);
          });
          return concat(perDigit, 0);
        });
        return { ofBases, ofStart: reshape(slice(summed, [0, 0], [1, dModel]), [dModel]) };
      });
      gradients.ofBases.forEach((gradient, i) => sink(baseName(i), gradient));
      sink(startName, gradients.ofStart);
    },
  };
}

/** `[length, digits]`, lowest digit first. */
function digitsOf(base: number, digits: number, length: number, start: number): Tensor2D {
  const values = new Float32Array(length * digits);
  for (let i = 0; i < length; i++) {
    for (let digit = 0, rest = start + i; digit < digits; digit++, rest = Math.floor(rest / base)) {
      values[i * digits + digit] = rest % base;
    }
  }
  return tensor(values, [length, digits]);
}

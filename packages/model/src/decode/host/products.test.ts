import * as fc from "fast-check";
import { Random } from "@reformer-ts/internal-random";
import { expect, it } from "vitest";
import { plainProducts } from "./products";
import { simdProducts } from "./simd-products";

const normals = (count: number, seed: number) => Random.fromSeed(seed).normals(count);

it("SIMD products are the plain ones, whatever the shapes and however many weights are held", () => {
  const simd = simdProducts();
  if (simd === null) throw new Error("this runtime has no SIMD WebAssembly");
  const plain = plainProducts();
  const size = fc.integer({ min: 1, max: 70 });
  const shapes = fc.record({ inputs: size, outputs: size, rows: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(
      shapes,
      fc.boolean(),
      fc.boolean(),
      fc.nat(),
      ({ inputs, outputs, rows }, transposed, biased, seed) => {
        const weight = normals(inputs * outputs, seed);
        const x = normals(rows * inputs, seed + 1);
        const bias = biased ? normals(outputs, seed + 2) : null;
        const [fast, slow] = [simd, plain].map((products) =>
          products.dense(weight, { inputs, outputs, transposed, bias }).apply(x, rows),
        );
        expect(fast!.length).toBe(rows * outputs);
        fast!.forEach((value, i) => expect(Math.abs(value - slow![i]!)).toBeLessThan(2e-5));
      },
    ),
  );
});

it("a wide row takes a larger room and leaves earlier weights as they were", () => {
  const products = simdProducts()!;
  const identity = products.dense(Float32Array.of(1, 0, 0, 1), { inputs: 2, outputs: 2 });
  const wide = products.dense(new Float32Array(40000).fill(1), { inputs: 40000, outputs: 1 });
  expect(wide.apply(new Float32Array(40000).fill(0.5), 1)[0]).toBe(20000);
  expect([...identity.apply(Float32Array.of(3, 4), 1)]).toEqual([3, 4]);
});

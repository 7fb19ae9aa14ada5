/** Slices of any tensor, whoever takes them on the running backend. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, it } from "vitest";

const cut = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.constantFrom<"float32" | "int32" | "bool">("float32", "int32", "bool"),
      fc.tuple(...shape.map((size) => fc.integer({ min: 0, max: size - 1 }))),
      fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
    ),
  )
  .map(([shape, dtype, begin, sizes]) => ({
    shape,
    dtype,
    begin: begin as number[],
    // Whole axes as often as not.
    size: shape.map((size, axis) => {
      const left = size - begin[axis]!;
      return sizes[axis]! % 2 === 0 ? left : (sizes[axis]! >> 1) % (left + 1);
    }),
  }));

it("have the elements that they name, in their order", async () => {
  await fc.assert(
    fc.asyncProperty(cut, async ({ shape, dtype, begin, size }) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const values = Array.from({ length: count }, (_, i) => (dtype === "bool" ? i % 2 : i));
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const x = tf.tensor(values, shape, dtype);
      const piece = tf.slice(x, begin, size);
      expect(piece.shape).toEqual(size);
      let places = [0];
      size.forEach((sizeOfAxis, axis) => {
        const steps = Array.from({ length: sizeOfAxis }, (_, i) => (begin[axis]! + i) * strides[axis]!);
        places = places.flatMap((place) => steps.map((step) => place + step));
      });
      expect([...(await piece.data())]).toEqual(places.map((place) => values[place]));
      tf.dispose([x, piece]);
    }),
  );
});

it.skipIf(tf.getBackend() !== "wasm")(
  "of a tensor that lies on another backend yet are taken after it has come",
  async () => {
    const running = tf.getBackend();
    await tf.setBackend("cpu");
    // More than a memory begins with, so that it grows.
    const x = tf.ones([5000, 4096]);
    await tf.setBackend(running);
    const before = tf.memory().numTensors;
    const piece = tf.slice(x, [4999, 4090], [1, -1]);
    expect([...(await piece.data())]).toEqual([1, 1, 1, 1, 1, 1]);
    piece.dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  },
);

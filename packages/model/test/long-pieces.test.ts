/** What is made piece by piece for long sequences, held against what is made for one position. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "@reformer-ts/internal-random";
import { initializeParameters, resolveConfig } from "../src/index";
import { embedding } from "../src/embedding";
import { keepIntegers } from "../src/kept-integers";
import { axial } from "../src/positions/axial";
import { rotate, rotateRows } from "../src/positions/rotary";
import { turnedByHand } from "./turned-by-hand";

it("rotary positions turn every piece as each position is turned alone", () => {
  const [length, depth] = [33_000, 4];
  const values = Random.fromSeed(1).normals(length * depth);
  tf.tidy(() => {
    const turned = rotate(tf.tensor(values, [1, 1, length, depth])).dataSync();
    const onHost = values.slice();
    rotateRows(onHost.subarray(depth), depth, 1);
    for (const position of [0, 1, 16_383, 16_384, 20_000, 32_999]) {
      const at = position * depth;
      const expected = turnedByHand(values.slice(at, at + depth), depth, position);
      expected.forEach((value, i) => expect(turned[at + i]).toBeCloseTo(value, 5));
      expected.forEach((value, i) => expect(onHost[at + i]).toBeCloseTo(value, 5));
    }
  });
});

it("a long sequence is embedded as its parts are", () => {
  const length = 70_000;
  const config = resolveConfig({ vocabSize: 5, dModel: 8, maxLength: 2 ** 17 });
  const parameters = initializeParameters(config, 1);
  const embed = embedding(config, parameters, { training: false });
  tf.tidy(() => {
    const tokens = tf.tensor2d(
      Int32Array.from({ length }, (_, i) => i % 5),
      [1, length],
      "int32",
    );
    const whole = embed.forward(tokens, 0);
    expect(whole.shape).toEqual([1, length, 8]);
    for (const position of [0, 32_767, 32_768, 65_536, 69_999]) {
      const alone = embed.forward(tf.slice(tokens, [0, position], [1, 1]), 0, position);
      const row = tf.slice(whole, [0, position, 0], [1, 1, -1]);
      expect([...row.dataSync()]).toEqual([...alone.dataSync()]);
    }
  });
  parameters.dispose();
});

it("the tables of axial positions get the sums over their cells, whatever the pieces", () => {
  const [batch, length, dModel] = [2, 70_001, 4];
  const axialShape = [300, 256];
  const config = resolveConfig({ vocabSize: 5, dModel, maxLength: 300 * 256, axialShape, axialDims: [1, 3] });
  const parameters = initializeParameters(config, 1);
  const values = Float32Array.from({ length: batch * length * dModel }, (_, i) => ((i * 7919) % 13) - 6);
  const expected = [new Float64Array(300), new Float64Array(256 * 3)];
  for (let i = 0; i < batch * length; i++) {
    const position = i % length;
    expected[0]![Math.floor(position / 256)]! += values[i * dModel]!;
    for (let d = 0; d < 3; d++) expected[1]![(position % 256) * 3 + d]! += values[i * dModel + 1 + d]!;
  }
  tf.tidy(() => {
    const found: Record<string, number[]> = {};
    axial(config, parameters).pull(tf.tensor3d(values, [batch, length, dModel]), (name, gradient) => {
      found[name] = [...gradient.dataSync()];
      gradient.dispose();
    });
    // Sums of small integers, so rounding has no part in it.
    for (const axis of [0, 1]) expect(found[`embedding.positions.${axis}`]).toEqual([...expected[axis]!]);
  });
  parameters.dispose();
});

it("integers that wait come back as they were, in as few bytes as hold them", () => {
  for (const largest of [255, 65_535, 65_536]) {
    const integers = tf.tensor2d([0, 7, largest, 3], [2, 2], "int32");
    const kept = keepIntegers(integers);
    const restored = kept.restore();
    expect([restored.shape, restored.dtype, ...restored.dataSync()]).toEqual([
      [2, 2],
      "int32",
      0,
      7,
      largest,
      3,
    ]);
    restored.dispose();
    kept.dispose();
  }
});

/** The sum of rows by segment as this package's WebAssembly kernel has it. tfjs' own kernels of that name are not held to it. */
import { type KernelContract, outputTolerance, replaceAttributes } from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { tensor, tensor1d, UnsortedSegmentSum } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";

const segmentsCase = fc.record({
  rows: fc.integer({ min: 1, max: 60 }),
  inner: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
  numSegments: fc.integer({ min: 1, max: 12 }),
  areIntegers: fc.boolean(),
  seed: fc.nat(),
});

type SegmentsCase = typeof segmentsCase extends fc.Arbitrary<infer Case> ? Case : never;

/** Segments from two below 0 to one beyond the last, and the lowest and highest integers: rows of those are dropped. */
function draw({ rows, inner, numSegments, areIntegers, seed }: SegmentsCase) {
  const random = Random.fromSeed(seed);
  const width = inner.reduce((product, size) => product * size, 1);
  const normals = random.normals(rows * width);
  const values = areIntegers ? Int32Array.from(normals, (value) => Math.round(9 * value)) : normals;
  const segments = Int32Array.from({ length: rows }, () => {
    const segment = random.integer(numSegments + 6) - 3;
    if (segment === -3) return -(2 ** 31);
    return segment === numSegments + 2 ? 2 ** 31 - 1 : segment;
  });
  return { values, segments, width };
}

export const segmentSumContract: KernelContract<SegmentsCase> = {
  name: UnsortedSegmentSum,
  cases: segmentsCase,
  example: { rows: 9, inner: [3], numSegments: 4, areIntegers: false, seed: 1 },
  free: ["x"],
  ofAnyType: ["x"],
  anyShape: true,
  call(testCase) {
    const { values, segments } = draw(testCase);
    const { rows, inner, numSegments, areIntegers } = testCase;
    const x = tensor(values, [rows, ...inner], areIntegers ? "int32" : "float32");
    return { inputs: { x, segmentIds: tensor1d(segments, "int32") }, attributes: { numSegments } };
  },
  expected(testCase) {
    const { values, segments, width } = draw(testCase);
    const { inner, numSegments } = testCase;
    const sums = new Float64Array(numSegments * width);
    values.forEach((value, i) => {
      const segment = segments[Math.floor(i / width)]!;
      if (segment >= 0 && segment < numSegments) sums[segment * width + (i % width)]! += value;
    });
    return [{ shape: [numSegments, ...inner], values: sums, tolerance: outputTolerance }];
  },
  refused: {
    "a negative number of segments": replaceAttributes({ numSegments: -1 }),
    "segments of 2^32 bytes": replaceAttributes({ numSegments: 1 << 30 }),
    "half a segment": replaceAttributes({ numSegments: 0.5 }),
  },
};

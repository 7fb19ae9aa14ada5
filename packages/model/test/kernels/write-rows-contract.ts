import { type KernelContract, replaceAttributes } from "@reformer-ts/internal-testkit";
import { tensor } from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { modelKernelNames } from "../../src/kernels/names";
import { drawValues } from "./draw-tensors";

const rowsCase = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 1, max: 40 }),
    dModel: fc.integer({ min: 1, max: 20 }),
    from: fc.nat(),
    rows: fc.nat(),
    seed: fc.nat(),
  })
  .map(({ from, rows, ...sizes }) => {
    const start = from % sizes.length;
    return { ...sizes, start, count: 1 + (rows % (sizes.length - start)) };
  });

type RowsCase = typeof rowsCase extends fc.Arbitrary<infer Case> ? Case : never;

const draw = ({ batch, length, dModel, count, seed }: RowsCase) =>
  drawValues({ rows: [[batch, count, dModel]], stream: [[batch, length, dModel]] }, seed);

export const writeRowsContract: KernelContract<RowsCase> = {
  name: modelKernelNames.writeRows,
  cases: rowsCase,
  example: { batch: 2, length: 9, dModel: 5, start: 3, count: 4, seed: 1 },
  takes: ["stream"],
  call(testCase) {
    const { batch, length, dModel, count, start } = testCase;
    const { rows, stream } = draw(testCase);
    return {
      inputs: {
        rows: tensor(rows, [batch, count, dModel]),
        stream: tensor(stream, [batch, length, dModel]),
      },
      attributes: { start },
    };
  },
  expected(testCase) {
    const { batch, length, dModel, count, start } = testCase;
    const { rows, stream } = draw(testCase);
    for (let example = 0; example < batch; example++) {
      const own = rows.subarray(example * count * dModel, (example + 1) * count * dModel);
      stream.set(own, (example * length + start) * dModel);
    }
    return [{ shape: [batch, length, dModel], values: stream }];
  },
  refused: {
    "rows before the first": replaceAttributes({ start: -1 }),
    "rows beyond the last": replaceAttributes({ start: 6 }),
    "rows far beyond the last": replaceAttributes({ start: 2 ** 31 - 1 }),
    "rows far before the first": replaceAttributes({ start: -(2 ** 31) }),
    "rows beyond 32 bits": replaceAttributes({ start: 2 ** 32 + 3 }),
    "half a row": replaceAttributes({ start: 2.5 }),
    "rows at no place": replaceAttributes({ start: Number.NaN }),
  },
};

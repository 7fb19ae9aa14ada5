import { expect, it } from "vitest";
import type { TrainPoint } from "../../worker/tasks/train";
import { bucketRows, mostRows, thinned } from "./history";

const points = (count: number) =>
  Array.from({ length: count }, (_, step) => ({ step }) as unknown as TrainPoint);

it("thins a long curve to means that keep its end", () => {
  const curve = Array.from({ length: 1000 }, (_, i) => [i, i % 2] as const);
  const thin = thinned(curve);
  expect(thin.length).toBeLessThanOrEqual(60);
  expect(thin.at(-1)![0]).toBe(999);
  expect(Math.abs(thin[0]![1] - 0.5)).toBeLessThan(0.05);
  expect(thinned(curve.slice(0, 10))).toEqual(curve.slice(0, 10));
});

it("keeps the first and the newest map of buckets, however many there are", () => {
  for (const count of [1, mostRows, mostRows + 1, 1000]) {
    const rows = bucketRows(points(count));
    expect([rows[0]!.step, rows.at(-1)!.step]).toEqual([0, count - 1]);
    expect(rows.length).toBe(Math.min(count, mostRows));
  }
});

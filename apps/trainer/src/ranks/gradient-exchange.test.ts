import { tensor1d, type Tensor } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { expectNoLeak } from "@reformer-ts/internal-testkit";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradientExchange } from "./gradient-exchange";

/** Another process that always gives twice what we give, and answers only after being asked a few times. */
function slowTwin(asks: number) {
  const begun: number[] = [];
  return {
    begun,
    allocate: (length: number) => new Float32Array(length),
    beginSum(values: Float32Array) {
      begun.push(values.length);
      let asked = 0;
      return {
        isDone() {
          if (++asked === asks) values.forEach((value, i) => (values[i] = 3 * value));
          return asked >= asks;
        },
      };
    },
  };
}

describe("gradientExchange", () => {
  it("hands on the sums under their names and shapes, step after step", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 9 }), async (lengths, asks) => {
        const total = lengths.reduce((a, b) => a + b, 0);
        const job = slowTwin(asks);
        const exchange = gradientExchange(job, total);
        await expectNoLeak(() => {
          for (const step of [1, 2]) {
            lengths.forEach((length, i) =>
              exchange.sink(`p${i}`, tensor1d(new Float32Array(length).fill(step + i))),
            );
            const summed = new Map<string, Tensor>();
            exchange.flush((name, sum) => summed.set(name, sum));
            expect([...summed.keys()]).toEqual(lengths.map((_, i) => `p${i}`));
            for (const [i, length] of lengths.entries()) {
              const sum = summed.get(`p${i}`)!;
              expect(sum.shape).toEqual([length]);
              expect(sum.dataSync().every((value) => value === 3 * (step + i))).toBe(true);
              sum.dispose();
            }
          }
        });
        expect(job.begun.reduce((a, b) => a + b, 0) % total).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it("begins sums while gradients still arrive, and never sends a name's worth alone when it is small", () => {
    const job = slowTwin(1);
    const exchange = gradientExchange(job, 300_010);
    for (let i = 0; i < 10; i++) exchange.sink(`bias${i}`, tensor1d([i]));
    expect(job.begun).toEqual([]);
    exchange.sink("weight", tensor1d(new Float32Array(300_000)));
    expect(job.begun).toEqual([300_010]);
    exchange.flush((_, sum) => sum.dispose());
    expect(job.begun).toEqual([300_010]);
  });
});

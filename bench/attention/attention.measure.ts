/**
 * Attention forward and backward, 2 heads of 64, chunks of 64, one look back: the shape of all comparisons.
 *
 * Of several repeats the least wall and the least CPU time count, since a busy machine only ever adds. Work is the
 * products of queries with keys and weights with values: two forward, five backward (scores are recomputed).
 */
import { loadavg } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  fullAttentionForward,
  fullAttentionGrad,
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
} from "@reformer-ts/lsh";

const lengths = (process.env["REFORMER_LENGTHS"] ?? "4096,16384,65536").split(",").map(Number);
const [heads, depth, chunkLength] = [2, 64, 64];

test("attention", () => {
  const lines = [`backend ${tf.getBackend()}, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`];
  lines.push("length   what                  wall ms    CPU ms   GFLOP per CPU second");
  for (const length of lengths) {
    const repeats = Math.max(3, Math.min(12, Math.floor(2 ** 19 / length)));
    const line = (what: string, products: number, columns: number, run: () => tf.Tensor[]) => {
      const { wall, cpu } = least(repeats, run);
      const work = (2 * heads * length * columns * depth * products) / 1e6;
      lines.push(
        `${String(length).padEnd(8)} ${what.padEnd(20)} ${wall.toFixed(1).padStart(8)} ${cpu.toFixed(1).padStart(9)} ${(work / cpu).toFixed(1).padStart(9)}`,
      );
    };
    const [query, key, value, dOutput] = [1, 2, 3, 4].map((seed) =>
      tf.randomNormal([1, heads, length, depth], 0, 1, "float32", seed),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const columns = 2 * chunkLength;
    for (const numHashes of [1, 4]) {
      const options = { chunkLength, numBuckets: "auto" as const, maxLength: 65536, numHashes };
      const { buckets, ...result } = lshAttentionForward(query, value, options);
      const saved = { queryKey: query, value, buckets, ...result };
      line(`LSH-${numHashes} forward`, 2 * numHashes, columns, () => {
        const { output, logSumExp, buckets: hashed } = lshAttentionForward(query, value, options);
        return [output, logSumExp, hashed!];
      });
      line(`LSH-${numHashes} backward`, 5 * numHashes, columns, () =>
        Object.values(lshAttentionGrad(dOutput, saved, options)),
      );
      tf.dispose([result.output, result.logSumExp, buckets!]);
    }
    const local = localAttentionForward(query, key, value, { chunkLength });
    line("local forward", 2, columns, () =>
      Object.values(localAttentionForward(query, key, value, { chunkLength })),
    );
    line("local backward", 5, columns, () =>
      Object.values(localAttentionGrad(dOutput, { query, key, value, ...local }, { chunkLength })),
    );
    if (length <= 4096) {
      const full = fullAttentionForward(query, key, value);
      line("full forward", 1, length, () => Object.values(fullAttentionForward(query, key, value)));
      line("full backward", 2.5, length, () =>
        Object.values(fullAttentionGrad(dOutput, { query, key, value, ...full })),
      );
      tf.dispose(Object.values(full));
    }
    tf.dispose([query, key, value, dOutput, ...Object.values(local)]);
  }
  expect(tf.memory().numTensors).toBe(0);
  process.stdout.write(`${lines.join("\n")}\n`);
});

function least(repeats: number, run: () => tf.Tensor[]): { wall: number; cpu: number } {
  let [wall, cpu] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const usage = process.cpuUsage();
    const start = performance.now();
    const results = run();
    results[0]!.dataSync();
    wall = Math.min(wall, performance.now() - start);
    const { user, system } = process.cpuUsage(usage);
    cpu = Math.min(cpu, (user + system) / 1000);
    tf.dispose(results);
  }
  return { wall, cpu };
}

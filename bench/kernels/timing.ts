/** What is timed, and how: of several repeats the least wall time counts, since whatever else runs only adds to it. */
import { cpus } from "node:os";
import * as tf from "@tensorflow/tfjs-core";
import {
  localAttentionForward,
  localAttentionGrad,
  lshAttentionForward,
  lshAttentionGrad,
} from "../../packages/lsh/src/index";

export interface Timing {
  milliseconds: number;
  /** Multiplications and additions of products. */
  work: number;
}

/** @returns milliseconds */
export function least(repeats: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const [heads, length, depth, chunkLength] = [2, 16_384, 64, 64];

/** Attention forward and backward, 16,384 x 2 heads x 64: two products forward, five backward. */
export function attention(repeats: number, kind: "LSH" | "local"): Timing {
  const [query, key, value, dOutput] = [1, 2, 3, 4].map((seed) =>
    tf.randomNormal([1, heads, length, depth], 0, 1, "float32", seed),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const options = { chunkLength, numBuckets: "auto" as const, maxLength: 65_536 };
  const milliseconds = least(repeats, () =>
    tf.tidy(() => {
      if (kind === "local") {
        const result = localAttentionForward(query, key, value, { chunkLength });
        localAttentionGrad(dOutput, { query, key, value, ...result }, { chunkLength }).dValue.dataSync();
      } else {
        const result = lshAttentionForward(query, value, options);
        lshAttentionGrad(dOutput, { queryKey: query, value, ...result }, options).dValue.dataSync();
      }
    }),
  );
  tf.dispose([query, key, value, dOutput]);
  return { milliseconds, work: 7 * 2 * heads * length * 2 * chunkLength * depth };
}

/** Lets composed ops take over. */
export function dropKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend("wasm")) {
    if (kernelName.startsWith("Reformer")) tf.unregisterKernel(kernelName, "wasm");
  }
}

export const say = (line: string) => process.stdout.write(`${line}\n`);

export function sayMachine(): void {
  say(`${cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
}

/** Such as `190 ms, 19.8 GFLOP/s`. */
export function cell({ milliseconds, work }: Timing): string {
  const rate = (work / milliseconds / 1e6).toFixed(1);
  return `${Math.round(milliseconds).toLocaleString("en")} ms, ${rate} GFLOP/s`;
}

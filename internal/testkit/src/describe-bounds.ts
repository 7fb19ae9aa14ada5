/**
 * That a WebAssembly kernel reads and writes nothing but its tensors, whatever is in them: run twice between two patterns,
 * it leaves both as they were and returns the same, and what it refuses it refuses before it asks for memory.
 */
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { withGuardedMemory } from "./guarded-memory";
import {
  callInTidy,
  disposeAll,
  type KernelCall,
  type KernelContract,
  refusal,
  runKernel,
} from "./kernel-contract";

type Change = (call: KernelCall) => KernelCall;

export function describeBounds<Case>(
  { name, cases, call, example }: KernelContract<Case>,
  refused: Record<string, Change>,
  runs: number,
): void {
  const runOnce = (testCase: Case, change: Change, seed: number) =>
    withGuardedMemory(seed, async (memory) => {
      const given = callInTidy(() => change(call(testCase)));
      const before = await valuesOf(Object.values(given.inputs));
      const outputs = runKernel(name, given);
      memory.check();
      expect(await valuesOf(Object.values(given.inputs))).toEqual(before);
      const results = await valuesOf(outputs);
      disposeAll([...outputs, ...Object.values(given.inputs)]);
      return results;
    });

  const changes: Record<string, Change> = {
    "random numbers": (given) => given,
    "numbers that are none": spoilNumbers,
  };
  test.each(Object.keys(changes))(`keeps to its tensors with %s, in ${runs} random cases`, async (what) => {
    const property = fc.asyncProperty(cases, fc.nat(), async (testCase, seed) => {
      const [once, again] = [
        await runOnce(testCase, changes[what]!, seed),
        await runOnce(testCase, changes[what]!, ~seed),
      ];
      expect(again).toEqual(once);
    });
    await fc.assert(property, { numRuns: runs });
  });

  test("refuses before it asks for memory", async () => {
    for (const [what, change] of Object.entries(refused)) {
      await withGuardedMemory(1, async (memory) =>
        tf.tidy(() => {
          const spoiled = change(call(example));
          const blocks = memory.count();
          expect(() => runKernel(name, spoiled), what).toThrow(refusal);
          memory.check();
          expect(memory.count(), what).toBe(blocks);
        }),
      );
    }
  });
}

const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, -3e38, -0];

/** Half of the float inputs' numbers become infinite, huge, or NaN. */
function spoilNumbers({ inputs, attributes }: KernelCall): KernelCall {
  const spoiled = Object.entries(inputs).map(([input, tensor]) => {
    if (tensor?.dtype !== "float32") return [input, tensor];
    const values = tensor.dataSync().map((value, i) => strange[(i * 7919) % 13] ?? value);
    return [input, tf.tensor(values, tensor.shape)];
  });
  return { inputs: Object.fromEntries(spoiled), attributes };
}

async function valuesOf(tensors: readonly (tf.Tensor | undefined)[]): Promise<tf.TypedArray[]> {
  const present = tensors.filter((tensor) => tensor !== undefined);
  return Promise.all(present.map(async (tensor) => (await tensor.data()).slice()));
}

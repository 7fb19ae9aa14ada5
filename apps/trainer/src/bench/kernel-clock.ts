/** Where the time of a step goes, by kernel: tfjs-node computes while it is called, so the time of a call is the kernel's. */
import { engine } from "@tensorflow/tfjs-core";
import type { KernelTime } from "./step-spec";

interface Runner {
  runKernel(name: string, inputs: object, attributes?: object): unknown;
}

/** What passes between kernels: TypeScript and tfjs' own bookkeeping. */
export const between = "(between kernels)";

/** @returns kernels, from the one that took most on */
export function clockKernels(run: () => void): KernelTime[] {
  const runner = engine() as unknown as Runner;
  const { runKernel } = runner;
  const spent = new Map<string, { calls: number; milliseconds: number }>();
  // A kernel may call another: its own time is without the other's.
  let inner = 0;
  runner.runKernel = function (name, inputs, attributes) {
    const outer = inner;
    inner = 0;
    const start = performance.now();
    try {
      return runKernel.call(runner, name, inputs, attributes);
    } finally {
      const whole = performance.now() - start;
      const entry = spent.get(name) ?? { calls: 0, milliseconds: 0 };
      spent.set(name, { calls: entry.calls + 1, milliseconds: entry.milliseconds + whole - inner });
      inner = outer + whole;
    }
  };
  const start = performance.now();
  try {
    run();
  } finally {
    runner.runKernel = runKernel;
  }
  const rest = performance.now() - start - inner;
  return [...spent]
    .map(([kernel, { calls, milliseconds }]) => ({ kernel, calls, seconds: milliseconds / 1000 }))
    .concat({ kernel: between, calls: 0, seconds: rest / 1000 })
    .toSorted((a, b) => b.seconds - a.seconds);
}

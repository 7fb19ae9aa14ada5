/** What the tests of native kernels share: open them or skip loudly, draw inputs, call one contract both ways. */
import {
  getBackend,
  getKernelsForBackend,
  registerKernel,
  tensor,
  unregisterKernel,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { isInputError } from "@reformer-ts/internal-checks";
import { Random } from "@reformer-ts/internal-random";
import { beforeEach } from "vitest";

import { openBackend } from "../../src/backend/index";

/** Opens TensorFlow with fused kernels; without it, or without a compiler, every test of the file is skipped. */
export async function openFused(): Promise<void> {
  const missing = await reasonAgainst();
  if (missing === undefined) return;
  process.stderr.write(`SKIPPED: tests of native kernels do not run, because ${missing}\n`);
  beforeEach((context) => context.skip());
}

async function reasonAgainst(): Promise<string | undefined> {
  try {
    const { kernels } = await openBackend("tensorflow");
    return kernels.kind === "fused" ? undefined : kernels.why;
  } catch (error) {
    if (isInputError(error)) return error.message;
    throw error;
  }
}

/** Normal numbers. */
export function draw(shape: number[], seed: number, deviation = 1): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Random.fromSeed(seed)
      .normals(count)
      .map((value) => value * deviation),
    shape,
  );
}

/** What `work` gives on plain ops, although fused kernels are there. */
export function composed<Result>(work: () => Result): Result {
  const hidden = getKernelsForBackend(getBackend()).filter(({ kernelName }) =>
    kernelName.startsWith("Reformer"),
  );
  for (const { kernelName, backendName } of hidden) unregisterKernel(kernelName, backendName);
  try {
    return work();
  } finally {
    hidden.forEach(registerKernel);
  }
}

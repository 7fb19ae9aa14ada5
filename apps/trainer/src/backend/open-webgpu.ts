import * as tf from "@tensorflow/tfjs-core";

import type { Opening } from "./backends";
import { provideChromiumVulkan } from "./chromium-vulkan";
import { proveWebgpu } from "./prove-webgpu";

/** Dawn's root object. Its devices die with it, so it is kept for the life of the process. */
let dawn: GPU | undefined;

/**
 * WebGPU in Node, through Dawn.
 *
 * @param acceptSoftware take an adapter that only imitates a GPU as well: right for tests, slower than WASM
 */
export async function openWebgpu({ acceptSoftware }: { acceptSoftware: boolean }): Promise<Opening> {
  const outcome = await proveWebgpu();
  if ("reason" in outcome) return { works: false, ...outcome };
  const { description, isSoftware } = outcome.adapter;
  if (isSoftware && !acceptSoftware) {
    return {
      works: false,
      reason: `its only adapter is software (${description})`,
      remedy: "--backend webgpu, which takes it all the same",
    };
  }
  try {
    await provideNavigatorGpu();
  } catch (error) {
    return {
      works: false,
      reason: `Dawn cannot be given a driver (${(error as Error).message})`,
      remedy: "`npm install koffi webgpu`",
    };
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) {
    return {
      works: false,
      reason: `tfjs-backend-webgpu did not start on ${description}`,
      remedy: "another driver",
    };
  }
  const version = tf.version_core;
  return {
    works: true,
    backend: {
      name: "webgpu",
      tfjsName: "webgpu",
      label: `WebGPU through Dawn and tfjs-backend-webgpu ${version}`,
      isSoftware,
      device: isSoftware ? `${description} (software)` : description,
      versions: { "tfjs-backend-webgpu": version },
    },
  };
}

/** Puts `navigator.gpu` and the constants that go with it where a browser has them. */
async function provideNavigatorGpu(): Promise<void> {
  if (dawn !== undefined) return;
  await provideChromiumVulkan();
  const { create, globals } = await import("webgpu");
  dawn = create([]);
  Object.assign(globalThis, globals);
  const host = globalThis as { navigator?: object };
  host.navigator ??= {};
  Object.defineProperty(host.navigator, "gpu", { value: dawn, configurable: true });
}

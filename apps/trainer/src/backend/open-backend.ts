import * as tf from "@tensorflow/tfjs-core";

import { InputError, nearest } from "@reformer-ts/internal-checks";

import { composed, openKernels, openWebgpuKernels, type OpenedKernels } from "../kernels/open-kernels";
import { BACKENDS, type BackendName, type OpenedBackend, type OpenOptions, type Opening } from "./backends";
import { openCpu } from "./open-cpu";
import { openTensorflowCpu, openTensorflowGpu } from "./open-tensorflow";
import { openWasmKernels } from "../kernels/open-wasm-kernels";
import { openWasm } from "./open-wasm";
import { openWebgpu } from "./open-webgpu";

/** What a user may ask for. */
export const BACKEND_CHOICES = ["auto", ...BACKENDS] as const;

/**
 * Makes a backend the running one of this process' tfjs-core.
 *
 * @param name one of {@link BACKEND_CHOICES}; `auto` takes the fastest that works here, `tensorflow` a GPU if it can
 * @throws InputError when there is no such backend, or when one asked for by name cannot be had
 */
export async function openBackend(name: string = "auto", options: OpenOptions = {}): Promise<OpenedBackend> {
  const { log = () => undefined } = options;
  const order = candidatesFor(name);
  const refusals: { candidate: BackendName; reason: string; remedy: string }[] = [];
  for (const candidate of order) {
    const opening = await openExactly(candidate, { ...options, acceptSoftware: name === "webgpu" });
    const others = refusals.map((refusal) => refusal.candidate);
    if (opening.works) {
      const kernels = await kernelsFor(opening.backend, options);
      return { ...opening.backend, kernels, why: explain(name, others) };
    }
    log(`Not ${candidate}: ${opening.reason}.`);
    refusals.push({ candidate, reason: opening.reason, remedy: opening.remedy });
  }
  const { reason, remedy } = refusals.at(-1)!;
  throw new InputError({
    field: "--backend",
    given: `"${name}", which cannot be had here: ${reason}`,
    allowed: `one that works (mend it with ${remedy}, or take --backend auto)`,
  });
}

/** Fused kernels: in C++ for TensorFlow on the CPU, in AssemblyScript for WebAssembly, in WGSL for WebGPU. */
export async function kernelsFor(
  { name, tensorflow }: Omit<OpenedBackend, "why" | "kernels">,
  { kernels = "fused", log }: OpenOptions,
): Promise<OpenedKernels> {
  if (kernels === "composed") return composed("asked for with --kernels composed");
  if (name === "wasm") return openWasmKernels();
  if (name === "webgpu") return openWebgpuKernels();
  if (name !== "tensorflow" || tensorflow === undefined) return composed(`there are none for ${name}`);
  const { home, packageFolder } = tensorflow;
  return openKernels(home === undefined ? undefined : { home, packageFolder }, { log });
}

/** Opens one backend and nothing in its place. */
export async function openExactly(
  name: BackendName,
  { acceptSoftware = true, ...options }: OpenOptions & { acceptSoftware?: boolean } = {},
): Promise<Opening> {
  // tfjs writes advice and "already registered" to the console of whoever embeds it.
  tf.env().set("PROD", true);
  switch (name) {
    case "tensorflow-gpu":
      return openTensorflowGpu(options);
    case "tensorflow":
      return openTensorflowCpu(options);
    case "webgpu":
      return openWebgpu({ acceptSoftware });
    case "wasm":
      return openWasm();
    case "cpu":
      return openCpu();
  }
}

function candidatesFor(name: string): readonly BackendName[] {
  if (name === "auto") return BACKENDS;
  if (name === "tensorflow") return ["tensorflow-gpu", "tensorflow"];
  const known = BACKENDS.find((backend) => backend === name);
  if (known !== undefined) return [known];
  const near = nearest(name, BACKEND_CHOICES);
  throw new InputError({
    field: "--backend",
    given: `"${name}"`,
    allowed: `one of ${BACKEND_CHOICES.join(", ")}${near === undefined ? "" : ` (did you mean ${near}?)`}`,
  });
}

function explain(name: string, refused: readonly BackendName[]): string {
  if (name !== "auto") return `asked for with --backend ${name}`;
  if (refused.length === 0) return "the fastest there is";
  return `the fastest that works here; \`reformer doctor\` says why not ${refused.join(", ")}`;
}

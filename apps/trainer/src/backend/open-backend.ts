import * as tf from "@tensorflow/tfjs-core";

import { InputError, nearest } from "@reformer-ts/internal-checks";

import { BACKENDS, type BackendName, type OpenedBackend, type OpenOptions, type Opening } from "./backends";
import { openCpu } from "./open-cpu";
import { openTensorflowCpu, openTensorflowGpu } from "./open-tensorflow";
import { openWasm } from "./open-wasm";

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
  const refusals: string[] = [];
  let remedy = "";
  for (const candidate of candidatesFor(name)) {
    const opening = await openExactly(candidate, { ...options, acceptSoftware: name === "webgpu" });
    if (opening.works) return { ...opening.backend, why: explain(name, refusals) };
    log(`${candidate} is out: ${opening.reason}.`);
    refusals.push(opening.reason);
    remedy = opening.remedy;
  }
  throw new InputError({
    field: "--backend",
    given: `"${name}", which cannot be had (${refusals.at(-1)})`,
    allowed: `one that works here: mend it with ${remedy}, or take --backend auto`,
  });
}

/** Opens one backend and nothing in its place. */
export async function openExactly(
  name: BackendName,
  options: OpenOptions & { acceptSoftware?: boolean } = {},
): Promise<Opening> {
  // tfjs writes advice and "already registered" to the console of whoever embeds it.
  tf.env().set("PROD", true);
  switch (name) {
    case "tensorflow-gpu":
      return openTensorflowGpu(options);
    case "tensorflow":
      return openTensorflowCpu(options);
    case "webgpu":
      return { works: false, reason: "none", remedy: "none" };
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

function explain(name: string, refusals: readonly string[]): string {
  if (name !== "auto") return `asked for with --backend ${name}`;
  if (refusals.length === 0) return "the fastest there is";
  return `the fastest that works here: ${refusals.join("; ")}`;
}

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { bindingFolder } from "./node-package";

/** What the trainer uses of tfjs-node beyond the tensors that every backend has. */
export interface TfjsNode {
  version: Record<string, string>;
  backend(): { binding: { TF_Version: string }; isUsingGpuDevice: boolean };
  node: { summaryFileWriter(folder: string): SummaryWriter };
}

interface SummaryWriter {
  scalar(name: string, value: number, step: number, description?: string): void;
  flush(): void;
}

/**
 * Loads a tfjs-node(-gpu) into this process, which makes it the running backend.
 *
 * The package brings a tfjs-core of its own; engine and kernel registry hang on the global object, so both copies
 * of tfjs-core work on the same tensors.
 */
export function loadTfjsNode(packageFolder: string): TfjsNode {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  const require = createRequire(join(packageFolder, "package.json"));
  restoreRemovedUtilities(require("node:util") as Record<string, unknown>);
  const muter = join(bindingFolder(packageFolder), "mute_stderr.node");
  const isQuiet = process.env["TF_CPP_MIN_LOG_LEVEL"] === "3" && existsSync(muter);
  const { mute, unmute } = isQuiet ? (require(muter) as Muter) : NOTHING_TO_MUTE;
  mute();
  try {
    return require(packageFolder) as TfjsNode;
  } finally {
    unmute();
  }
}

/** What `native/mute_stderr.cc` offers; only packages that this project installed have it. */
interface Muter {
  mute(): void;
  unmute(): void;
}

const NOTHING_TO_MUTE: Muter = { mute: () => undefined, unmute: () => undefined };

/** Node 23 removed two functions of `util` that tfjs-node 4.22 still calls. */
function restoreRemovedUtilities(util: Record<string, unknown>): void {
  util["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  util["isArray"] ??= Array.isArray;
}

import { join } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { npmInstall } from "./npm-install";

export const TFJS_NODE_VERSION = "4.22.0";
const NODE_API_HEADERS_VERSION = "1.9.0";

/** The Node-API level that tfjs-node's loader asks for on every Node from 18 on: one binding serves them all. */
export const NODE_API_LEVEL = 8;

/** Where a folder made by {@link installNodePackage} keeps tfjs-node. */
export function tfjsNodeIn(folder: string): string {
  return join(folder, "node_modules", "@tensorflow", "tfjs-node");
}

/** Where a tfjs-node package looks for its binding. */
export function bindingFolder(packageFolder: string): string {
  return join(packageFolder, "lib", `napi-v${NODE_API_LEVEL}`);
}

/**
 * Installs tfjs-node's JavaScript and the headers of Node-API into `folder`, by npm and without running the
 * packages' own install scripts, which would fetch the library of 2022.
 */
export async function installNodePackage(folder: string, { npm }: { npm: string }): Promise<void> {
  const dependencies = {
    "@tensorflow/tfjs-node": TFJS_NODE_VERSION,
    "node-api-headers": NODE_API_HEADERS_VERSION,
  };
  const refuse = (complaint: string) =>
    new InputError({
      field: `the download of @tensorflow/tfjs-node ${TFJS_NODE_VERSION} by npm`,
      given: `refused: ${complaint}`,
      allowed:
        "possible from the registry that npm is set up for; until then training runs on the WASM backend",
    });
  await npmInstall(folder, dependencies, { npm, refuse });
}

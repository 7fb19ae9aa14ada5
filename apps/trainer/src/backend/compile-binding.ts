import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { packageFile } from "../package-file";
import { bindingFolder, NODE_API_LEVEL, tfjsNodeIn } from "./node-package";
import { lastComplaint, runCommand } from "./run-command";
import { stage } from "./stage";

export interface BindingPlaces {
  /** The folder that `installNodePackage` made. */
  nodeFolder: string;
  /** The folder with TensorFlow's two libraries and its `include`. */
  tensorflowFolder: string;
  compiler: string;
}

/**
 * Compiles tfjs-node's two source files straight with the compiler, and a small addon that keeps its loading quiet.
 *
 * node-gyp would do the same with make, Python and a download of Node's headers; Node-API's headers come as an npm
 * package and are the same for every Node. The library is found relative to the binding, so the cache may move.
 */
export async function compileBinding({
  nodeFolder,
  tensorflowFolder,
  compiler,
}: BindingPlaces): Promise<void> {
  const tfjsNode = tfjsNodeIn(nodeFolder);
  const folder = bindingFolder(tfjsNode);
  const nodeHeaders = join(nodeFolder, "node_modules", "node-api-headers", "include");
  await mkdir(folder, { recursive: true });
  await compileAddon(join(folder, "mute_stderr.node"), {
    compiler,
    sources: [packageFile("native/mute_stderr.cc")],
    headers: [nodeHeaders],
  });
  await compileAddon(join(folder, "tfjs_binding.node"), {
    compiler,
    sources: ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(tfjsNode, "binding", file)),
    headers: [nodeHeaders, join(tensorflowFolder, "include"), tfjsNode],
    link: [
      `-L${tensorflowFolder}`,
      "-l:libtensorflow_cc.so.2",
      "-l:libtensorflow_framework.so.2",
      `-Wl,-rpath,$ORIGIN/${relative(folder, tensorflowFolder)}`,
    ],
  });
}

interface Addon {
  compiler: string;
  sources: readonly string[];
  headers: readonly string[];
  link?: readonly string[];
}

async function compileAddon(target: string, { compiler, sources, headers, link = [] }: Addon): Promise<void> {
  await stage(target, async (temporary) => {
    const flags = ["-shared", "-fPIC", "-std=c++17", "-O2", `-DNAPI_VERSION=${NODE_API_LEVEL}`];
    const includes = headers.map((folder) => `-I${folder}`);
    const outcome = await runCommand(compiler, [...flags, ...includes, ...sources, "-o", temporary, ...link]);
    if (outcome.code !== 0) {
      throw new InputError({
        field: `the TensorFlow binding, given to ${compiler},`,
        given: `refused: ${lastComplaint(outcome)}`,
        allowed: "accepted, as g++ 9, clang++ 10 and later do; until then training runs on the WASM backend",
      });
    }
  });
}

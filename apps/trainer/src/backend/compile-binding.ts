import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { lastComplaint, runCommand } from "./run-command";
import { stage } from "./stage";
import { tfjsNodeIn } from "./node-package";
import { NODE_API_LEVEL } from "./versions";

export interface BindingPlaces {
  /** The folder that {@link installNodePackage} made. */
  nodeFolder: string;
  /** The folder with TensorFlow's two libraries and its `include`. */
  tensorflowFolder: string;
  compiler: string;
}

/**
 * Compiles tfjs-node's two source files straight with the compiler.
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
  const target = join(tfjsNode, "lib", `napi-v${NODE_API_LEVEL}`, "tfjs_binding.node");
  await mkdir(dirname(target), { recursive: true });
  await stage(target, async (temporary) => {
    const headers = [
      join(nodeFolder, "node_modules", "node-api-headers", "include"),
      join(tensorflowFolder, "include"),
      tfjsNode,
    ];
    const parameters = [
      ...["-shared", "-fPIC", "-std=c++17", "-O2"],
      ...[
        `-DNAPI_VERSION=${NODE_API_LEVEL}`,
        "-DNODE_GYP_MODULE_NAME=tfjs_binding",
        "-DBUILDING_NODE_EXTENSION",
      ],
      ...headers.flatMap((folder) => ["-I", folder]),
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(tfjsNode, "binding", file)),
      ...["-o", temporary, "-L", tensorflowFolder],
      ...["-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2"],
      `-Wl,-rpath,$ORIGIN/${relative(dirname(target), tensorflowFolder)}`,
    ];
    const outcome = await runCommand(compiler, parameters);
    if (outcome.code !== 0) {
      throw new InputError({
        field: `the TensorFlow binding, compiled by ${compiler},`,
        given: `refused (${lastComplaint(outcome)})`,
        allowed: "accepted by a C++17 compiler such as g++ 9 or clang++ 10",
      });
    }
  });
}

/** Fused kernels for tfjs-backend-wasm, of this package and of lsh: `@reformer-ts/model/kernels/wasm`. */
import { getKernel, unregisterKernel, UnsortedSegmentSum } from "@tensorflow/tfjs-core";
import { registerBuild, registerRoom } from "@reformer-ts/internal-wasm";
import {
  type BuildName,
  type RegisteredKernels,
  registerWasmKernels as registerLshKernels,
} from "@reformer-ts/lsh/kernels/wasm";
import { feedForward, feedForwardGrad } from "./feed-forward";
import * as builds from "./generated/builds";
import { heads, headsGrad, mergeHeads, mergeHeadsGrad } from "./heads";
import { tokenHead } from "./token-head";
import { roomName } from "../names";
import { adam, unsortedSegmentSum } from "./updates";

export type { BuildName, RegisteredKernels } from "@reformer-ts/lsh/kernels/wasm";

/**
 * Registers the kernels of lsh and of this package for the backend `wasm`, which has to be open. It may be called
 * twice. From then on models run by them; `explainKernels()` tells which are in use. Where WebAssembly has no SIMD, or
 * the backend runs threads, nothing is registered, and everything goes on by composed ops.
 *
 * @param options.build another than the fastest that this machine can run
 * @throws InputError when the backend has not been opened, or the machine cannot run the build asked for
 */
export async function registerWasmKernels(options: { build?: BuildName } = {}): Promise<RegisteredKernels> {
  const ofLsh = await registerLshKernels(options);
  const kernels = [
    feedForward,
    feedForwardGrad,
    heads,
    headsGrad,
    mergeHeads,
    mergeHeadsGrad,
    tokenHead,
    adam,
    unsortedSegmentSum,
  ];
  // The one on the host, which composed ops go by, makes room for its successor.
  if (ofLsh.build && getKernel(UnsortedSegmentSum, "wasm")) unregisterKernel(UnsortedSegmentSum, "wasm");
  if (ofLsh.build) registerRoom(roomName);
  const ofModel = await registerBuild(builds, kernels, options);
  const names = [...ofLsh.names, ...ofModel.names];
  return { ...ofModel, names, why: ofModel.why.replace(/^\d+/, String(names.length)) };
}

/** Run by the build: the chapter's layers there and back, and memory by depth, as its first settings have them. */
import { openWasm } from "../../../prepare/open-wasm";
import { unheard } from "../../prepared/unheard";
import { initialState } from "../../state/fields";
import { memoryByDepth, type MemoryPoint } from "../../worker/tasks/memory-by-depth";
import { rebuild, type RebuildResult } from "../../worker/tasks/rebuild";
import { depths, fields, memorySizes, settle, sizes } from "./settings";

/** Enough for the slopes to be seen, without a build that waits. */
const deepest = 8;

export interface PreparedLayers {
  layers: RebuildResult;
  memory: MemoryPoint[];
}

export async function prepare(): Promise<PreparedLayers> {
  await openWasm();
  const { layers, seed } = settle(initialState(fields));
  const shallow = depths.filter((depth) => depth <= deepest);
  return {
    layers: await rebuild({ ...sizes, layers, seed }),
    memory: await memoryByDepth({ ...memorySizes, depths: shallow, seed }, unheard),
  };
}
